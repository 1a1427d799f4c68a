/** What the Decisions screen needs computed, independent of where that happens. */
import type { WhatIfGraph, WhatIfQuestion } from '../similarity/what-if';
import type { StopSignal } from '../signal';
import type { ReplayPage, ReplayQuestion, ReplayReport } from './replay';

/** Computes what other settings would have decided; in the app a worker does. */
export interface DecisionPreviews {
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
