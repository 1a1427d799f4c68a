/** What core needs from outside; engines, storage and workers implement it, `main.ts` chooses. */
import type { ModelInfo } from './models/stored-model';
import type { PlanPlace } from './plan/plan';
import type { Rating } from './review/rating';
import type { BulkStep, TaskEdit } from './review/task-edits';
import type { Decoding, ModelCall, RunConfig, RunProgress, RunRecord, Switches } from './run';
import type { StopSignal } from './signal';
import type { Candidate, MachineTask, Neighbour, RunId, SeedTask, Task, TaskId } from './task';

/** A request to a chat model. */
export interface ChatTurns {
  /** Empty for none. */
  readonly system: string;
  readonly user: string;
}
/** What a language model reads. */
export interface ModelPrompt {
  /** What a base model continues. */
  readonly prompt: string;
  /** What an instruct model answers; absent: the prompt is the user's turn; null: it continues the prompt as a base model. */
  readonly turns?: ChatTurns | null;
}
/** One request to a language model. */
export interface CompletionRequest extends Decoding, ModelPrompt {
  readonly stop: readonly string[];
  /** 32-bit unsigned; the same request with the same seed gives the same text. */
  readonly seed: number;
}
/** What a language model wrote, and what it cost. */
export interface Completion {
  readonly text: string;
  readonly finishReason: 'stop' | 'length';
  readonly promptTokens: number;
  /** Prompt tokens that were cached and not evaluated again. */
  readonly cachedTokens: number;
  readonly completionTokens: number;
}
/** Called while a request is computed. */
export interface CompletionListener {
  text(delta: string): void;
  /** The engine failed and the request starts over: text so far is void. */
  retry(detail: string): void;
  /** The prompt is being evaluated; engines that do not tell never call it. */
  reading?(progress: PromptProgress): void;
}
/** How much of a prompt has been evaluated, in tokens. */
export interface PromptProgress {
  readonly done: number;
  readonly total: number;
}
/** How likely each of a few answers is to come next. */
export interface Choice {
  /** Probability of each option, in order; the rest belongs to other tokens. */
  readonly probabilities: readonly number[];
  readonly promptTokens: number;
  readonly cachedTokens: number;
}
/** How likely a model finds a given text after a prompt. */
export interface Likelihood {
  /** Sum of the natural logarithms of its tokens' probabilities. */
  readonly logProbability: number;
  /** Tokens of that text. */
  readonly tokens: number;
  readonly promptTokens: number;
  readonly cachedTokens: number;
}
/** A loaded model that completes prompts. */
export interface LanguageModel {
  readonly id: string;
  readonly name: string;
  /** SHA-256 of the weights, hex. */
  readonly hash: string;
  /** Tokens per request, prompt and completion together. */
  readonly contextLength: number;
  /** Where it runs, as shown to the user: `CPU, 2 threads`. */
  readonly device: string;
  /** Concurrent requests; callers keep at most this many in flight. */
  readonly parallel: number;
  /** An instruct model answers `turns`. Absent: a base model. */
  readonly style?: 'base' | 'instruct';
  /** What the user should know about how it runs here. */
  readonly notes?: readonly string[];
  /** @throws AppError engine-failed, engine-timeout, prompt-too-long; AbortError when stopped. */
  complete(
    request: CompletionRequest,
    signal: StopSignal,
    listener?: CompletionListener,
  ): Promise<Completion>;
  /**
   * Compares probabilities instead of parsing an answer; engines that do not give them lack this method.
   * @param options words with different beginnings. @throws as `complete`
   */
  choose?(request: ModelPrompt, options: readonly string[], signal: StopSignal): Promise<Choice>;
  /**
   * How likely `output` is after the prompt; engines that do not tell lack this method.
   * @param output a text that is not empty. @throws as `complete`
   */
  likelihood?(request: ModelPrompt, output: string, signal: StopSignal): Promise<Likelihood>;
}

/** The result of one comparison with the whole pool. */
export interface Similarity {
  /** Highest ROUGE-L F1 to a member; 0 for an empty pool. */
  readonly max: number;
  readonly mean: number;
  /** At most `topK`, best first; ties: newest first. Zero scores fill up. */
  readonly nearest: readonly Neighbour[];
}
/** A candidate that was compared with the pool. */
export interface Judged extends Similarity {
  /** Whether it is a member now. */
  readonly joined: boolean;
}
/** Which candidates join the pool. */
export interface JoinRule {
  readonly threshold: number;
  readonly edge: Switches['similarityEdge'];
  /** Those after so many do not, however different they are. */
  readonly most: number;
}
/** The pool for ROUGE-L comparisons, wherever it is computed. */
export interface SimilarityIndex {
  add(entries: readonly { readonly id: TaskId; readonly instruction: string }[]): Promise<void>;
  /** Unknown ids change nothing. */
  remove(id: TaskId): Promise<void>;
  /** An edit; the member keeps its place among ties. */
  replace(id: TaskId, instruction: string): Promise<void>;
  /** Compares the candidates of a round, in order: each with the pool and those before it that joined. */
  judge(
    candidates: readonly { readonly id: TaskId; readonly instruction: string }[],
    topK: number,
    rule: JoinRule,
  ): Promise<readonly Judged[]>;
  clear(tokens: 'ascii' | 'unicode'): Promise<void>;
}

/** Rows written in one transaction, all or none. Writing a row twice changes nothing. */
export interface Commit {
  readonly progress: RunProgress;
  readonly calls?: readonly ModelCall[];
  readonly candidates?: readonly Candidate[];
  readonly tasks?: readonly MachineTask[];
}

/** What a run starts with. */
export interface NewRun {
  readonly config: RunConfig;
  readonly model: RunRecord['model'];
  readonly seedSet: RunRecord['seedSet'];
  readonly seeds: readonly SeedTask[];
  readonly createdAt: number;
  /** The stage of a plan that it is made for: its id is written there in the same transaction. */
  readonly planned?: PlanPlace;
}

/** What the pipeline reads. Every method is one transaction. */
interface RunReads {
  /** Stored calls with these ids, in order; undefined where there is none. */
  calls(ids: readonly string[]): Promise<readonly (ModelCall | undefined)[]>;
  /** Machine tasks of the run without a type or instances, by `seq`. */
  unfinished(runId: RunId): Promise<readonly MachineTask[]>;
  /** All tasks of the run in pages, seeds first, then machine tasks in order. Reads by key ranges. */
  scanTasks(runId: RunId): AsyncIterable<readonly Task[]>;
  progress(runId: RunId): Promise<RunProgress>;
}
/** What the pipeline needs of the store. */
export interface RunJournal extends RunReads {
  commit(commit: Commit): Promise<void>;
}
/**
 * The one writer of a run. All that it writes is refused once another one took the run over, or its record is gone: then
 * nothing is written. @throws AppError run-taken-over, run-gone, and as RunStore
 */
export interface RunWriter extends RunJournal {
  /** Sets how many instructions are wanted; a finished run is opened for more. @returns the run as it is then */
  setTarget(target: number): Promise<RunSummary>;
}

/** A run with its counters. */
export interface RunSummary {
  readonly run: RunRecord;
  readonly progress: RunProgress;
}
/** The rows of a backup, in any order; written in many transactions, visible only when complete. */
export type BackupRow =
  | { readonly kind: 'task'; readonly row: Task }
  | { readonly kind: 'candidate'; readonly row: Candidate }
  | { readonly kind: 'call'; readonly row: ModelCall }
  | { readonly kind: 'rating'; readonly row: Rating };

/** What one write changed. */
export type StoreChange =
  | { readonly kind: 'run-created' | 'run-changed' | 'run-deleted'; readonly runId: RunId }
  | {
      readonly kind: 'rows';
      readonly runId: RunId;
      readonly tasks: readonly Task[];
      readonly removed: readonly TaskId[];
      readonly candidates: readonly Candidate[];
    }
  | {
      readonly kind: 'ratings';
      readonly runId: RunId;
      readonly ratings: readonly Rating[];
      /** Ids of deleted ratings. */
      readonly removed: readonly string[];
    };

/** Small values by key, kept over reloads. @throws AppError as RunStore */
export interface SettingStore {
  setting<T>(key: string): Promise<T | undefined>;
  /** For a value that does not depend on the one before. @param value undefined removes it */
  saveSetting(key: string, value: unknown): Promise<void>;
  /**
   * Changes a value as it stands, whatever other tabs wrote meanwhile.
   * @param change gets undefined where there is none; may be asked again
   */
  changeSetting<T>(key: string, change: (value: T | undefined) => T | undefined): Promise<void>;
  /** Calls `listener` after each change of the value by any tab. Returns a function that ends it. */
  watchSetting(key: string, listener: () => void): () => void;
}

/** What a change of many tasks is to undo; both are written with it. */
export interface BulkNote {
  /** Keeps the change as a step that can be undone. */
  readonly label?: (tasks: number) => string;
  /** The step that this change undoes: it is kept no longer. */
  readonly undone?: string;
}

/**
 * Runs, task pools, candidates, raw completions and settings. Every method is one transaction unless it
 * says otherwise; scans read by key ranges in pages, and nothing here reads or counts a whole store.
 * @throws AppError storage-full, storage-unavailable, storage-too-new
 */
export interface RunStore extends RunReads, SettingStore {
  createRun(run: NewRun): Promise<RunRecord>;
  run(id: RunId): Promise<RunSummary | undefined>;
  /** Newest first. */
  latestRuns(limit: number): Promise<readonly RunSummary[]>;
  /** Removes the run and all its rows. */
  deleteRun(id: RunId): Promise<void>;
  /** Makes the caller the writer of the run, in the place of the one before. @throws AppError run-gone */
  claim(id: RunId): Promise<RunWriter>;
  task(id: TaskId): Promise<Task | undefined>;
  candidate(id: TaskId): Promise<Candidate | undefined>;
  call(id: string): Promise<ModelCall | undefined>;
  /**
   * Changes a machine task or pool seed as it stands, adds or removes it, and corrects the run's counters.
   * @param change gets undefined where there is none; gives the same task to leave it, undefined to remove it (its candidate
   * row stays). May be asked again, and may throw: then nothing is written
   * @returns what is stored then. @throws AppError run-gone
   */
  changeTask(id: TaskId, change: (task: Task | undefined) => Task | undefined): Promise<Task | undefined>;
  /**
   * Changes many tasks of one run, all or none, page by page: only a page of them is in memory. `change` is asked with
   * each task as it stands, gives null where it stays, and may be asked again for the same task.
   * @throws AppError run-gone; RangeError when an id is of another run
   * @returns the step that can be undone; null without a label, and when nothing was changed
   * @param onProgress tasks that are done: each counts half when `change` was called, and half when its listeners were
   */
  changeTasks(
    runId: RunId,
    ids: readonly TaskId[],
    change: (task: Task) => Task | null,
    onProgress: (done: number) => void,
    note?: BulkNote,
  ): Promise<BulkStep | null>;
  /** Edits of many tasks of a run that can be undone, oldest first. The newest ten are kept. */
  bulkSteps(runId: RunId): Promise<readonly BulkStep[]>;
  /** What such an edit changed; empty when it was undone before. */
  bulkEdits(id: string): Promise<readonly TaskEdit[]>;
  scanRatings(runId: RunId): AsyncIterable<readonly Rating[]>;
  /** Writes ratings of one run and deletes others (by id). @throws AppError run-gone */
  saveRatings(runId: RunId, ratings: readonly Rating[], removed: readonly string[]): Promise<void>;
  scanCandidates(runId: RunId): AsyncIterable<readonly Candidate[]>;
  scanCalls(runId: RunId): AsyncIterable<readonly ModelCall[]>;
  /**
   * Writes an imported run under a new run id (all ids inside are rewritten). Undone when it fails half way.
   * @throws AppError run-gone when the database was deleted meanwhile; what `rows` throws; AbortError
   */
  importRun(
    summary: RunSummary,
    rows: AsyncIterable<readonly BackupRow[]>,
    signal: StopSignal,
    onProgress: (rows: number) => void,
  ): Promise<RunRecord>;
  /** Removes the rows of imports that were killed. */
  removeAbandoned(): Promise<void>;
  /** Called after each change of a run or its rows by any tab. Returns a function that removes the listener. */
  watch(listener: (change: StoreChange) => void): () => void;
}

/** How far a long step is. Rate and time left are computed where it is shown. */
export interface Progress {
  readonly label: string;
  /** What is counted. Absent: bytes. */
  readonly unit?: 'bytes' | 'rows' | 'tensors' | 'tokens';
  readonly done: number;
  /** Null when it cannot be known. */
  readonly total: number | null;
  /** When it began, by the clock of the page in milliseconds. Set by the job that shows it. */
  readonly since?: number;
}
/** Loads and unloads models; one is loaded at a time. */
export interface ModelHost {
  /** All models that can be chosen, the built-in one first; a source that cannot be read is left out. */
  list(): Promise<readonly ModelInfo[]>;
  /**
   * What is known of one model, from its source alone.
   * @param id of a listed model, or `BUILT_IN`. @throws AppError model-not-here, and those of its source
   */
  find(id: string): Promise<ModelInfo>;
  /**
   * Loads a model and unloads the one before it; a loaded one is returned as it is.
   * @param id as `find` takes it. @throws AppError as `find` does, and those of the engine; AbortError
   */
  load(id: string, signal: StopSignal, onProgress: (progress: Progress) => void): Promise<LanguageModel>;
  unload(): Promise<void>;
}
