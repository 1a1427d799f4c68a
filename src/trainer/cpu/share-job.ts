/** What a thread is asked to do with a share of a batch, and what it answers. */
import { startKernels } from './kernels';
import type { ModelPlan, ThreadPlan } from './model-plan';
import type { BatchShare } from './share';
import { type Boundary, SharePass } from './share-pass';

/** One task of a thread. */
export type ShareJob =
  /** The frozen layers. */
  | { readonly kind: 'below'; readonly share: BatchShare }
  /** Gradients of the mean loss, in the thread's own place; `weight` is what a prediction counts. */
  | {
      readonly kind: 'gradients';
      readonly share: BatchShare;
      readonly boundary: Boundary;
      readonly weight: number;
    }
  | { readonly kind: 'loss'; readonly share: BatchShare; readonly boundary: Boundary };

/** The sum of -log p, or what reaches the lowest layer that learns. */
export interface ShareResult {
  readonly lossSum: number;
  readonly boundary: Boundary;
}

/** What a thread begins with. */
export interface ThreadStart {
  readonly memory: WebAssembly.Memory;
  readonly plan: ModelPlan;
  readonly thread: ThreadPlan;
}

/** A thread's passes. */
export const openPass = ({ memory, plan, thread }: ThreadStart): SharePass =>
  new SharePass(startKernels(memory), memory, plan, thread);

/** Does a task; yields between layers. */
export function* runShare(pass: SharePass, job: ShareJob): Generator<void, ShareResult> {
  switch (job.kind) {
    case 'below':
      return { lossSum: 0, boundary: yield* pass.below(job.share) };
    case 'gradients':
      pass.clearGradients();
      return { lossSum: yield* pass.gradients(job.share, job.boundary, job.weight), boundary: [] };
    case 'loss':
      return { lossSum: yield* pass.loss(job.share, job.boundary), boundary: [] };
  }
}
