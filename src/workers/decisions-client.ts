/** Page side of the decisions worker: one worker a question, so that stopping is ending it. */
import type { Remote } from 'comlink';
import type { DecisionPreviews } from '../core/decisions/decision-previews';
import type { ReplayPage, ReplayQuestion, ReplayReport } from '../core/decisions/replay';
import type { WhatIfGraph, WhatIfQuestion } from '../core/similarity/what-if';
import type { DecisionsWorkerApi } from './decisions.worker';
import { WorkerHandle, withWorker } from './worker-call';

const decisionsWorker = (): WorkerHandle<Remote<DecisionsWorkerApi>> =>
  new WorkerHandle(
    'decisions',
    () =>
      new Worker(new URL('./decisions.worker.ts', import.meta.url), { type: 'module', name: 'decisions' }),
  );

export class DecisionsClient implements DecisionPreviews {
  whatIf(
    question: WhatIfQuestion,
    signal: AbortSignal,
    onProgress: (done: number) => void,
  ): Promise<WhatIfGraph> {
    return withWorker(decisionsWorker(), (worker) =>
      worker.call((remote, { listener }) => remote.whatIf(question, listener(onProgress)), { signal }),
    );
  }

  /** @throws AppError worker-crashed; AbortError; what reading the pages throws */
  replay(
    question: ReplayQuestion,
    pages: AsyncIterable<ReplayPage>,
    signal: AbortSignal,
    onProgress: (done: number, total: number) => void,
  ): Promise<ReplayReport> {
    return withWorker(decisionsWorker(), async (worker) => {
      await worker.call((remote) => remote.begin(question), { signal });
      for await (const page of pages) await worker.call((remote) => remote.add(page), { signal });
      return worker.call((remote, { listener }) => remote.report(listener(onProgress)), { signal });
    });
  }
}
