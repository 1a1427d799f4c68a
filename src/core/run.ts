/** A run's settings, model calls and progress: what is stored to resume and repeat it. */
import type { RejectReason, RunId, TaskId } from './task';

/** The three kinds of requests (paper, section 2.2). */
export type PipelineStage = 'instructions' | 'classification' | 'instances';
/** The stages in the order in which a task passes them. */
export const PIPELINE_STAGES: readonly PipelineStage[] = ['instructions', 'classification', 'instances'];

/** Sampling parameters of one stage (docs/ALGORITHM.md, section 2). Temperature 0 is greedy. */
export interface Decoding {
  readonly temperature: number;
  readonly topP: number;
  readonly frequencyPenalty: number;
  readonly presencePenalty: number;
  readonly maxTokens: number;
}

/** Always the likeliest token, without penalties. */
export const GREEDY = { temperature: 0, topP: 1, frequencyPenalty: 0, presencePenalty: 0 } as const;

/**
 * Filters of this project's own, which neither paper nor reference code have. A run that was stored before one of them
 * existed does not name it: there it is off.
 */
export const OWN_FILTERS = ['statements', 'repetitions'] as const;
/** One of these filters. */
export type OwnFilter = (typeof OWN_FILTERS)[number];
/** Whether a filter of our own is on. */
type OwnFilterSwitches = Readonly<Record<OwnFilter, 'reject' | 'keep'>>;

/** How the public code reads completions and encodes rows, to the letter. First value of each: ours. */
interface ReadingSwitches {
  /** How the prompt numbers its list: `Task 9:` or `9.`, which is then the form that a strict split knows. */
  readonly listForm: 'task' | 'number';
  /** `numbered`: `Output 2 :` is a mark as well. */
  readonly exampleMarks: 'plain' | 'numbered';
  /**
   * A second `Output:` or `Input:` in one example: is part of the output, or ends it. Where it is `complete`, the example
   * counts as whole, also in a completion that was cut later.
   */
  readonly secondMark: 'complete' | 'text' | 'end';
  /** A completion without a mark. */
  readonly unmarked: 'output' | 'drop';
  /** `Input:` after a class label. */
  readonly labelledInput: 'strip' | 'keep';
  /** How two of the seven layouts of finetuning end. */
  readonly layoutEnd: 'line' | 'blank-line';
  /** Where a completion of finetuning begins with a space. */
  readonly completionStart: 'space' | 'after-output';
}

/**
 * Where paper and code disagree, and filters of our own (docs/ALGORITHM.md, section 8). First value of each: ours. A run
 * that was stored before a switch existed does not name it.
 */
export interface Switches extends Partial<OwnFilterSwitches>, Partial<ReadingSwitches> {
  readonly instructionCase: 'keep' | 'capitalize';
  readonly unfinished: 'drop-last' | 'drop-response';
  readonly listSplit: 'any-number' | 'strict';
  readonly exampleSplit: 'line-start' | 'anywhere';
  readonly inputWithoutOutput: 'drop' | 'as-output';
  readonly emptyInputContradiction: 'drop' | 'keep';
  readonly inputLabel: 'keep' | 'strip-half';
  readonly stopAtSixteen: 'line-start' | 'anywhere';
  readonly similarityTokens: 'ascii' | 'unicode';
  /** `above`: rejected when ROUGE-L > threshold. `from`: rejected when >= threshold. */
  readonly similarityEdge: 'above' | 'from';
  /** Which machine tasks may be exemplars: every accepted instruction, or only tasks with instances. */
  readonly exemplarPool: 'instructions' | 'tasks-with-instances';
  readonly order: 'task-by-task' | 'stage-by-stage';
}

/** What was done before these switches existed. */
const BEFORE: OwnFilterSwitches & ReadingSwitches = {
  statements: 'keep',
  repetitions: 'keep',
  listForm: 'task',
  exampleMarks: 'plain',
  secondMark: 'text',
  unmarked: 'output',
  labelledInput: 'strip',
  layoutEnd: 'line',
  completionStart: 'space',
};
/** The switches with those that a stored run does not name. */
export const completeSwitches = (switches: Switches): Required<Switches> => ({
  ...BEFORE,
  ...switches,
});

/** A named set of switches. */
export type PresetName = 'ours' | 'paper' | 'reference';

/** Everything that determines a run's result, besides model and seed tasks. */
export interface RunConfig {
  readonly seed: number;
  /** Machine instructions to keep before the run is finished. */
  readonly target: number;
  readonly preset: PresetName;
  readonly switches: Switches;
  /** In-context instructions per request, and how many of them may be machine-written (paper: 8 and 2). */
  readonly exemplars: number;
  readonly machineExemplars: number;
  readonly rougeThreshold: number;
  /** Instruction requests that see the same pool (paper: 5). */
  readonly batchSize: number;
  /** Every n-th instruction request asks for classification tasks only; 0 = never. */
  readonly classificationEvery: number;
  /** Few-shot examples offered per stage; fewer are used when the context is small. */
  readonly classificationShots: number;
  readonly instanceShots: number;
  readonly maxInstances: number;
  /** Words that no instruction may have; the 13 of the public code when missing. */
  readonly blockedWords?: readonly string[];
  /**
   * `text` (the default, as in the paper) parses the answer; `probability` compares the probabilities of Yes and No, where
   * the engine gives them.
   */
  readonly classificationBy?: 'text' | 'probability';
  /**
   * Where probabilities decide: how many times as likely as No the answer Yes must be at least; absent: 1. A small model
   * that hardly ever says Yes still finds it likelier where it is right (docs/types.md).
   */
  readonly classificationOdds?: number;
  /** How an instruct model of llama.cpp is asked: absent, by turns; or it continues the paper's lists as a base model does. */
  readonly ask?: 'continue' | 'turns';
  readonly decoding: Readonly<Record<PipelineStage, Decoding>>;
}

/** A run as it is stored. */
export interface RunRecord {
  readonly id: RunId;
  readonly number: number;
  readonly createdAt: number;
  readonly config: RunConfig;
  readonly model: { readonly id: string; readonly name: string; readonly hash: string };
  readonly seedSet: { readonly id: string; readonly name: string; readonly count: number };
  /** Recorded or imported runs cannot be resumed. */
  readonly source: 'here' | 'imported';
  /** A data set from a file: model, seeds and settings are unknown, those in the record are placeholders. */
  readonly imported?: ImportedFrom;
}
interface ImportedFrom {
  readonly file: string;
  readonly format: string;
  /** Whether the file has the types of its tasks. */
  readonly typed: boolean;
}

/** Sums over the finished model calls of one stage. */
export interface StageFigures {
  readonly calls: number;
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly completionTokens: number;
  /** Sum over calls of the seconds each took; calls overlap. */
  readonly callSeconds: number;
}

/** The run's cursor and counters. Written in the same transaction as the rows it counts. */
export interface RunProgress {
  readonly runId: RunId;
  /** Rounds of `batchSize` instruction requests whose verdicts are stored. */
  readonly rounds: number;
  /** Machine tasks accepted so far, and the next `seq`. */
  readonly nextSeq: number;
  readonly kept: number;
  readonly rejected: Readonly<Partial<Record<RejectReason, number>>>;
  readonly identified: number;
  readonly classification: number;
  readonly completed: number;
  readonly instances: number;
  readonly droppedInstances: number;
  readonly stages: Readonly<Record<PipelineStage, StageFigures>>;
  /** Wall seconds with at least one model request being computed, and wall seconds in all. */
  readonly modelSeconds: number;
  readonly seconds: number;
  readonly firstAcceptedSeconds: number | null;
  readonly finished: boolean;
}

/** One finished model call with its input and output. */
export interface ModelCall {
  readonly id: string;
  readonly runId: RunId;
  readonly stage: PipelineStage;
  readonly index: number;
  /** The task whose type or instances were requested; null for instruction requests. */
  readonly taskId: TaskId | null;
  readonly exemplars: readonly TaskId[];
  readonly classificationOnly: boolean;
  readonly prompt: string;
  readonly text: string;
  readonly finishReason: 'stop' | 'length';
  /** Probabilities of Yes and No, where the type was decided by them. */
  readonly odds?: { readonly yes: number; readonly no: number };
  readonly seed: number;
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly completionTokens: number;
  readonly seconds: number;
  readonly createdAt: number;
}
