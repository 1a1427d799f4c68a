/** One long piece of work at a time, as a screen shows it: its progress, its failure, and the way to stop it. */
import { type Failure, failureOf } from '../core/errors';
import type { Progress } from '../core/ports';
import { unlessStopped } from '../inference/unless-stopped';

/** @param report shows progress; does nothing once the work was cancelled */
export type JobWork<T> = (signal: AbortSignal, report: (progress: Progress) => void) => Promise<T>;

/** What was cancelled may tidy up so long; then it is no longer waited for. */
const GRACE_MS = 9_000;

export class Job {
  /** Null before the work reports any. */
  progress = $state.raw<Progress | null>(null);
  /** Of the newest work; null again when the next begins. */
  failure = $state.raw<Failure | null>(null);
  running = $state(false);
  #controller: AbortController | null = null;
  #ended: Promise<unknown> = Promise.resolve();

  /** Resolves when the work that was begun last has ended, also after it was cancelled. */
  get ended(): Promise<unknown> {
    return this.#ended;
  }

  /** Does `work`, unless other work is running. @returns undefined when it was refused, cancelled or failed */
  async run<T>(work: JobWork<T>): Promise<T | undefined> {
    return this.#controller ? undefined : this.replace(work);
  }

  /** Does `work` and cancels what is running. @returns undefined when it was cancelled or failed */
  async replace<T>(work: JobWork<T>): Promise<T | undefined> {
    this.cancel();
    const controller = new AbortController();
    this.#controller = controller;
    this.failure = null;
    this.running = true;
    const { signal } = controller;
    const report = (progress: Progress): void => {
      if (signal.aborted) return;
      const { label, total, since } = this.progress ?? {};
      // Another label or total is another step: the rate of the one before says nothing about it.
      const same = label === progress.label && total === progress.total;
      this.progress = { ...progress, since: (same ? since : undefined) ?? performance.now() };
    };
    const done = unlessStopped(work(signal, report), signal, GRACE_MS).then(
      (result) => (signal.aborted ? undefined : result),
      (error: unknown) => {
        if (!signal.aborted) this.failure = failureOf(error);
        return undefined;
      },
    );
    this.#ended = done;
    const result = await done;
    if (this.#controller === controller) {
      this.#controller = null;
      this.running = false;
      this.progress = null;
    }
    return result;
  }

  /** What is cancelled reports nothing more; `run` refuses other work until it has ended. */
  cancel(): void {
    this.#controller?.abort();
    this.progress = null;
  }

  /** Short work that nobody needs to stop: only its failure is shown. @returns undefined when it failed */
  async attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      this.failure = failureOf(error);
      return undefined;
    }
  }
}
