/**
 * Calls into a worker, each of which ends. comlink alone waits forever for a worker that died; here a call also ends
 * when its worker dies, when it is silent for too long, and when the caller's signal aborts.
 */
import { proxy, type ProxyMarked, releaseProxy, wrap } from 'comlink';
import { AppError, type Failure, failureOf, isAbort } from '../core/errors';
import { SILENCE_TICKS, Watchdog } from '../io/watchdog';
import { carryFailures } from './worker-errors';

/** Silence of a worker that was asked to stop; then it is ended, so that stopping takes 10 seconds at most. */
export const STOP_TICKS = 2;

export interface CallOptions<R> {
  /**
   * One rule for every worker: when the signal aborts, the call rejects with AbortError at once. Where the worker can be
   * asked to stop, it is asked, and the call ends with the worker's own last answer instead; a worker that has not ended
   * after `STOP_TICKS` hangs, so it is ended and the call rejects with AbortError.
   */
  readonly signal?: AbortSignal;
  readonly stop?: {
    readonly ask: (remote: R) => Promise<void>;
    /** Whether each sign of life gives it that time again: it has something to put away. */
    readonly renewed?: boolean;
  };
  /** Ticks of silence that are borne, until the first sign of life and after each. Each call of a listener is one. */
  readonly ticks?: number;
}

/** What a call offers to the work it does. */
export interface CurrentCall {
  /** Notes a sign of life, and how many ticks of silence are borne after it. */
  readonly alive: (ticks: number) => void;
  /**
   * Gives the worker a function of the page. Its call is a sign of life, and while the page is busy with it the worker
   * may be silent. What still arrives after the call has ended is dropped.
   */
  readonly listener: <A extends unknown[], T>(listen: (...args: A) => T) => ((...args: A) => T) & ProxyMarked;
}

/** What runs from the start of one worker to its end. */
interface Life<R> {
  readonly worker: Worker;
  readonly remote: R & Record<typeof releaseProxy, () => void>;
  /** Rejects the calls in flight. */
  readonly calls: Set<(error: AppError) => void>;
  over: boolean;
}

/**
 * A worker that is started by the first call, and again by the first call after it died or was terminated. `R` is what
 * can be called, as comlink's `Remote` gives it.
 */
export class WorkerHandle<R> {
  #life: Life<R> | null = null;
  #ended = false;

  /**
   * @param name of the worker, for failures
   * @param options.prepare called first in every new worker; its messages arrive before those of any call
   * @param options.once whether there is only one worker: calls after its end are rejected
   * @param options.silence what its silence is called; `worker-silent` when absent
   */
  constructor(
    private readonly name: string,
    private readonly spawn: () => Worker,
    private readonly options: {
      readonly prepare?: (remote: R) => Promise<unknown>;
      readonly tickMs?: number;
      readonly once?: boolean;
      readonly silence?: (seconds: number) => Failure;
    } = {},
  ) {}

  /** Whether the last worker died or was terminated, and no other has been started since. */
  get ended(): boolean {
    return this.#ended;
  }
  get running(): boolean {
    return this.#life !== null;
  }

  /** Starts a worker now instead of at the first call. */
  start(): void {
    this.#life ??= this.#start();
  }

  /**
   * @throws AppError as the worker's code throws it; worker-crashed when the worker dies or is terminated; unexpected when
   * its code throws anything else, which ends the worker, because its state is unknown then; worker-silent; AbortError
   */
  async call<T>(
    work: (remote: R, current: CurrentCall) => Promise<T>,
    { signal, stop, ticks = SILENCE_TICKS }: CallOptions<R> = {},
  ): Promise<T> {
    signal?.throwIfAborted();
    if (this.options.once && this.#ended) throw new AppError(this.#crash('ended'));
    const life = (this.#life ??= this.#start());
    const watchdog = new Watchdog((seconds) => {
      if (signal?.aborted) end(stopped());
      this.#end(life, this.#silent(seconds));
    }, this.options.tickMs);
    let end: (error: Error) => void = () => undefined;
    const ended = new Promise<never>((_, reject) => (end = reject));
    const abort = (): void => {
      if (!stop) end(stopped());
      if (!stop || life.over) return;
      stop.ask(life.remote).catch(() => undefined);
      watchdog.hurry(STOP_TICKS);
    };
    const counts = (): boolean => signal?.aborted !== true || stop?.renewed === true;
    const current: CurrentCall = {
      alive: (next) => {
        if (counts()) watchdog.alive(next);
      },
      listener: (listen) =>
        proxy((...args) => {
          if (!life.calls.has(end)) return undefined as never;
          return counts() ? watchdog.during(() => listen(...args)) : listen(...args);
        }),
    };
    life.calls.add(end);
    signal?.addEventListener('abort', abort);
    watchdog.alive(ticks);
    try {
      return await Promise.race([work(life.remote, current), ended]);
    } catch (error) {
      if (error instanceof AppError || isAbort(error)) throw error;
      const failure = failureOf(error);
      this.#end(life, failure);
      throw new AppError(failure, { cause: error });
    } finally {
      watchdog.stop();
      life.calls.delete(end);
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Ends the worker; the calls in flight are rejected with `failure`. */
  terminate(failure = this.#crash('ended')): void {
    this.#ended = true;
    if (this.#life) this.#end(this.#life, failure);
  }

  #start(): Life<R> {
    carryFailures();
    const worker = this.spawn();
    const life: Life<R> = { worker, remote: wrap<unknown>(worker) as never, calls: new Set(), over: false };
    const crashed = (event: Event): void => {
      const message = event instanceof ErrorEvent ? event.message : '';
      this.#end(life, this.#crash(message || 'no reason given'));
    };
    worker.addEventListener('error', crashed);
    worker.addEventListener('messageerror', crashed);
    this.options.prepare?.(life.remote).catch((error: unknown) => this.#end(life, failureOf(error)));
    this.#ended = false;
    return life;
  }

  #end(life: Life<R>, failure: Failure): void {
    if (life.over) return;
    life.over = true;
    // Another call may have started a new worker since.
    if (this.#life === life) {
      this.#life = null;
      this.#ended = true;
    }
    life.remote[releaseProxy]();
    life.worker.terminate();
    for (const reject of life.calls) reject(new AppError(failure));
  }

  #crash(detail: string): Failure {
    return { kind: 'worker-crashed', worker: this.name, detail };
  }
  #silent(seconds: number): Failure {
    return this.options.silence?.(seconds) ?? { kind: 'worker-silent', worker: this.name, seconds };
  }
}

/** One worker for one piece of work: it ends with the work, however that ends. */
export async function withWorker<R, T>(
  worker: WorkerHandle<R>,
  work: (worker: WorkerHandle<R>) => Promise<T>,
): Promise<T> {
  try {
    return await work(worker);
  } finally {
    worker.terminate();
  }
}

const stopped = (): DOMException => new DOMException('Stopped', 'AbortError');
