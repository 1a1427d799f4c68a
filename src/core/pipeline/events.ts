/** Events of the pipeline; screens and scripts use nothing else. */
import type { ModelCall, PipelineStage, RunProgress } from '../run';
import type { Candidate, MachineTask, TaskId } from '../task';

/** One instruction shown to the model, with its origin. */
export interface Exemplar {
  readonly id: TaskId;
  readonly origin: 'seed' | 'machine';
  readonly instruction: string;
}

/** A model call that has begun. */
export interface StartedCall {
  readonly stage: PipelineStage;
  readonly index: number;
  readonly prompt: string;
  /** For instruction requests: the instructions listed in the prompt, in order. */
  readonly exemplars: readonly Exemplar[];
  readonly classificationOnly: boolean;
  /** For later stages: the task in question. */
  readonly task: { readonly id: TaskId; readonly instruction: string } | null;
}

/** One thing that happened in a run. */
export type PipelineEvent =
  | { readonly type: 'call-started'; readonly call: StartedCall }
  | { readonly type: 'text'; readonly stage: PipelineStage; readonly index: number; readonly delta: string }
  | {
      /** The model is evaluating the prompt. Tokens. */
      readonly type: 'reading';
      readonly stage: PipelineStage;
      readonly index: number;
      readonly done: number;
      readonly total: number;
    }
  | {
      readonly type: 'call-retried';
      readonly stage: PipelineStage;
      readonly index: number;
      readonly detail: string;
    }
  | { readonly type: 'call-finished'; readonly call: ModelCall }
  | { readonly type: 'verdict'; readonly candidate: Candidate }
  | { readonly type: 'task'; readonly task: MachineTask }
  | { readonly type: 'progress'; readonly progress: RunProgress }
  | { readonly type: 'finished'; readonly progress: RunProgress };
