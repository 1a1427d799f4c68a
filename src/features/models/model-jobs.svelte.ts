/** Models on their way to this device: fetched, taken from files, packed or checked; each can be paused and gone on with. */
import { SvelteMap } from 'svelte/reactivity';
import { type Failure, failureOf } from '../../core/errors';
import type { Progress } from '../../core/ports';
import { teller, type Work } from '../../app/progress';

export interface ModelWork {
  /** Null when it is paused or has failed. */
  readonly work: Work | null;
  readonly failure: Failure | null;
}

export class ModelWorks {
  /** By what is worked on: the id of an offered model, an address, `files`, or the id of a stored model. */
  readonly #works = new SvelteMap<string, ModelWork>();
  // Not reactive: nothing shows it.
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  readonly #running = new Map<string, { readonly stop: AbortController; readonly over: Promise<void> }>();

  of(key: string): ModelWork | undefined {
    return this.#works.get(key);
  }

  /** Does one thing for a model, and holds how far it is. The result, or null when it was paused or failed. */
  async run<T>(
    key: string,
    label: string,
    work: (signal: AbortSignal, tell: (progress: Progress) => void) => Promise<T>,
  ): Promise<T | null> {
    if (this.#running.has(key)) return null;
    const stop = new AbortController();
    let end!: () => void;
    const over = new Promise<void>((resolve) => (end = resolve));
    this.#running.set(key, { stop, over });
    let tell: ((done: number) => void) | null = null;
    let total = 0;
    this.#works.set(key, { work: { label, unit: 'bytes', done: 0, total: 0, seconds: 0 }, failure: null });
    try {
      const result = await work(stop.signal, (progress) => {
        if (stop.signal.aborted) return;
        // A new total is a new stretch: the rate of the one before says nothing about it.
        if (!tell || total !== (progress.total ?? progress.done)) {
          total = progress.total ?? progress.done;
          tell = teller(label, 'bytes', total, (now) => this.#works.set(key, { work: now, failure: null }));
        }
        tell(progress.done);
      });
      this.#works.delete(key);
      return result;
    } catch (error) {
      if (stop.signal.aborted) this.#works.set(key, { work: null, failure: null });
      else {
        const failure = failureOf(error);
        this.#works.set(key, { work: null, failure });
      }
      return null;
    } finally {
      this.#running.delete(key);
      end();
    }
  }

  /** Stops; what came so far stays where the work can be gone on with. */
  pause(key: string): void {
    this.#running.get(key)?.stop.abort();
  }
  /** Stops, waits until it has stopped, and forgets it. */
  async end(key: string): Promise<void> {
    const running = this.#running.get(key);
    running?.stop.abort();
    await running?.over;
    this.#works.delete(key);
  }
}
