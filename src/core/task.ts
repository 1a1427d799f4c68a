/**
 * The objects of the method: seed tasks, machine tasks, instances, candidates (paper, section 2). All ids are derived
 * (run, stage, index), so that writing a row twice changes nothing.
 */

export type RunId = string & { readonly brand: 'RunId' };
/** Id of a task, unique over all runs. */
export type TaskId = string & { readonly brand: 'TaskId' };

/** One input-output pair of a task. An empty input means that the task needs none. */
export interface Instance {
  readonly input: string;
  readonly output: string;
}

/** Fields that a seed file may leave out. */
export type OptionalSeedField = 'id' | 'name' | 'is_classification';

/** A task written by people, as in the public JSONL files. `extra` keeps unknown fields. */
export interface SeedTask {
  readonly id: string;
  readonly name: string;
  readonly instruction: string;
  readonly isClassification: boolean;
  readonly instances: readonly Instance[];
  readonly extra?: Readonly<Record<string, unknown>>;
  /** What its file did not have: it is not written back, unless a person gave it a value since. */
  readonly absent?: readonly OptionalSeedField[];
}

/** What is written in a task. */
export type TaskTexts = Pick<SeedTask, 'instruction' | 'instances'>;

/** A seed task as a member of a run's task pool; `sourceId` is its id in the seed file. */
export interface PoolSeed {
  readonly origin: 'seed';
  readonly id: TaskId;
  readonly runId: RunId;
  readonly sourceId: string;
  readonly name: string;
  readonly instruction: string;
  readonly isClassification: boolean;
  readonly instances: readonly Instance[];
}

/** Why an instance was dropped (docs/ALGORITHM.md, section 4). */
export const INSTANCE_REJECT_REASONS = [
  'unfinished',
  'no-mark',
  'empty-output',
  'input-equals-output',
  'trailing-colon',
  'repeats-instruction',
  'contradiction',
  'duplicate',
  'over-limit',
] as const;
/** Why an instance was dropped. */
export type InstanceRejectReason = (typeof INSTANCE_REJECT_REASONS)[number];

export interface DroppedInstance extends Instance {
  readonly reason: InstanceRejectReason;
}

/** A machine task passes three stages and never returns. */
export type Stage =
  | { readonly stage: 'instruction' }
  | { readonly stage: 'identified'; readonly isClassification: boolean }
  | {
      readonly stage: 'complete';
      readonly isClassification: boolean;
      readonly instances: readonly Instance[];
      readonly dropped: readonly DroppedInstance[];
    };

/** A pool member and its ROUGE-L F1 (0 to 1) to the text in question. */
export interface Neighbour {
  readonly id: TaskId;
  readonly rougeL: number;
}

/** Where a machine task came from. */
export interface Provenance {
  readonly requestIndex: number;
  /** Index among the candidates of that completion, from 0. */
  readonly item: number;
  readonly model: string;
  readonly exemplars: readonly TaskId[];
  /** Ten most similar pool members when it was accepted, best first. */
  readonly mostSimilar: readonly Neighbour[];
  /** Mean ROUGE-L over the pool when it was accepted. */
  readonly meanSimilarity: number;
  /** Milliseconds since 1970; never part of an exported data set. */
  readonly createdAt: number;
  /** The model's text before the first edit; absent when never edited. */
  readonly original?: {
    readonly instruction: string;
    /** Null when the type was not known yet. */
    readonly isClassification?: boolean | null;
    readonly instances: readonly Instance[];
  };
}

/** A task written by the model, at its current stage. */
export type MachineTask = Stage & {
  readonly origin: 'machine';
  readonly id: TaskId;
  readonly runId: RunId;
  /** Order of acceptance in the run, from 0; request seeds of later stages derive from it. */
  readonly seq: number;
  readonly instruction: string;
  readonly provenance: Provenance;
};

/** A member of the task pool. */
export type Task = PoolSeed | MachineTask;

/** Why a candidate instruction was rejected, in the order of the rules (docs/ALGORITHM.md, section 3). */
export const REJECT_REASONS = [
  'unfinished',
  'empty',
  'too-short',
  'too-long',
  'blocked-word',
  'asks-for-program',
  'starts-with-punctuation',
  'non-ascii-start',
  'statement',
  'too-similar',
  'surplus',
] as const;
/** Why a candidate was rejected. */
export type RejectReason = (typeof REJECT_REASONS)[number];

/** An instruction that a model wrote, accepted or not, with the deciding rule. */
export interface Candidate {
  /** Equals the id of the machine task when the candidate was kept. */
  readonly id: TaskId;
  readonly runId: RunId;
  readonly requestIndex: number;
  readonly item: number;
  readonly text: string;
  readonly verdict: 'kept' | RejectReason;
  /** Matched word, count of words, or other fact behind the verdict; empty when there is none. */
  readonly detail: string;
  /** Most similar pool member, when similarity was checked. */
  readonly nearest: Neighbour | null;
}
