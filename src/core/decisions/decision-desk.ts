/** What a screen asks about the decisions of a run, wherever it is computed. */
import type { WhatIfGraph, WhatIfQuestion } from '../similarity/what-if';
import type { StopSignal } from '../signal';
import type { ReplayPage, ReplayQuestion, ReplayReport } from './replay';

/** Answers what other settings would have decided; a worker computes it. */
export interface DecisionDesk {
  /** @throws AppError worker-crashed; AbortError when stopped */
  whatIf(
    question: WhatIfQuestion,
    signal: StopSignal,
    onProgress: (done: number) => void,
  ): Promise<WhatIfGraph>;
  /** @throws what the pages throw; AppError worker-crashed; AbortError when stopped */
  replay(
    question: ReplayQuestion,
    pages: AsyncIterable<ReplayPage>,
    signal: StopSignal,
    onProgress: (done: number, total: number) => void,
  ): Promise<ReplayReport>;
}
