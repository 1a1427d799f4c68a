/** Page side of the decisions worker: one worker a question, so that stopping is ending it. */
import { proxy, type Remote, wrap } from 'comlink';
import type { DecisionDesk } from '../core/decisions/decision-desk';
import type { ReplayPage, ReplayQuestion, ReplayReport } from '../core/decisions/replay';
import { AppError, failureOf } from '../core/errors';
import type { WhatIfGraph, WhatIfQuestion } from '../core/similarity/what-if';
import type { DecisionsWorkerApi } from './decisions.worker';
import { unlessStopped } from './unless-stopped';

export class DecisionsClient implements DecisionDesk {
  whatIf(
    question: WhatIfQuestion,
    signal: AbortSignal,
    onProgress: (done: number) => void,
  ): Promise<WhatIfGraph> {
    return this.#ask(signal, (remote) => remote.whatIf(question, proxy(onProgress)));
  }

  replay(
    question: ReplayQuestion,
    pages: AsyncIterable<ReplayPage>,
    signal: AbortSignal,
    onProgress: (done: number, total: number) => void,
  ): Promise<ReplayReport> {
    return this.#ask(signal, async (remote) => {
      await remote.begin(question);
      for await (const page of pages) {
        signal.throwIfAborted();
        await remote.add(page);
      }
      return await remote.report(proxy(onProgress));
    });
  }

  async #ask<T>(signal: AbortSignal, work: (remote: Remote<DecisionsWorkerApi>) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    const worker = new Worker(new URL('./decisions.worker.ts', import.meta.url), {
      type: 'module',
      name: 'decisions',
    });
    // comlink alone would wait for ever for a worker that died.
    const death = new Promise<never>((_, reject) => {
      worker.addEventListener('error', (event) => reject(new Error(event.message || 'no reason given')));
    });
    death.catch(() => undefined);
    try {
      return await unlessStopped(Promise.race([work(wrap<DecisionsWorkerApi>(worker)), death]), signal);
    } catch (error) {
      if (error instanceof Error && error.name === 'AbortError') throw error;
      const failure = failureOf(error, (detail) => ({ kind: 'worker-crashed', worker: 'decisions', detail }));
      throw new AppError(failure, { cause: error });
    } finally {
      worker.terminate();
    }
  }
}
