/** Ends a request that received nothing for long. */
import { TICK_MS, Watchdog } from './watchdog';

export class StallWatch {
  readonly #controller = new AbortController();
  readonly #watchdog: Watchdog;
  /** Whether it ended the request, and not the caller. */
  stalled = false;

  /** @param ticks without data after which the request ends */
  constructor(
    private readonly outer: AbortSignal,
    ticks: number,
    tickMs = TICK_MS,
  ) {
    this.#watchdog = new Watchdog(() => {
      this.stalled = true;
      this.stop();
    }, tickMs);
    this.#watchdog.alive(ticks);
    outer.addEventListener('abort', this.#abort);
    if (outer.aborted) this.#abort();
  }

  /** Aborts at a stall and when the outer signal does. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }
  /** Silence that is borne, in seconds. */
  get seconds(): number {
    return this.#watchdog.seconds;
  }
  /** Data came; up to `ticks` may pass until the next, as many as before when absent. */
  alive(ticks?: number): void {
    this.#watchdog.alive(ticks);
  }
  /** Also ends what is still being read. */
  stop(): void {
    this.#watchdog.stop();
    this.outer.removeEventListener('abort', this.#abort);
    this.#controller.abort();
  }
  readonly #abort = (): void => this.#controller.abort();
}

/** The same response; each piece of its body is a sign of life, and its end ends the watch. */
export function watchedResponse({ body, headers, status }: Response, watch: StallWatch): Response {
  const reader = body?.getReader();
  if (!reader) {
    watch.stop();
    return new Response(null, { headers, status });
  }
  // Read piece by piece: a stream that pipes drops what it holds when the connection breaks.
  const signs = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        const { done, value } = await reader.read();
        if (done) {
          watch.stop();
          controller.close();
        } else {
          watch.alive();
          controller.enqueue(value);
        }
      },
      cancel(reason) {
        watch.stop();
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(signs, { headers, status });
}
