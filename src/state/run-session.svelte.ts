/** The run that is open in this tab: starts, pauses and resumes the pipeline and holds what screens show of it. */
import { createContext } from 'svelte';
import type { Failure } from '../core/errors';
import type { Exemplar } from '../core/pipeline/events';
import type { Progress } from '../core/ports';
import type { PipelineStage, RunConfig, RunProgress, RunRecord } from '../core/run';
import type { Candidate, MachineTask, RunId, SeedTask, TaskId } from '../core/task';

/** A model call being computed, with its text so far. */
export interface LiveCall {
  readonly key: string;
  readonly stage: PipelineStage;
  readonly index: number;
  readonly prompt: string;
  readonly exemplars: readonly Exemplar[];
  readonly classificationOnly: boolean;
  readonly task: { readonly id: TaskId; readonly instruction: string } | null;
  text: string;
  done: boolean;
}

export type RunStatus =
  | 'none' // no run is open in this tab
  | 'loading' // model or pool is being prepared
  | 'running'
  | 'pausing' // requests in flight are being stopped
  | 'paused'
  | 'finished'
  | 'failed'; // paused by a failure; `failure` says which

/** What a screen shows of the rates; null until it can be known. */
export interface Rates {
  readonly tokensPerSecond: number | null;
  readonly keptPerMinute: number | null;
  readonly secondsLeft: { readonly low: number; readonly high: number } | null;
  readonly retries: number;
}

export interface RunRequest {
  readonly config: RunConfig;
  readonly seedSet: RunRecord['seedSet'];
  readonly seeds: readonly SeedTask[];
}

/** The public face of the session; screens may not see more. */
export interface RunSessionView {
  readonly status: RunStatus;
  readonly run: RunRecord | null;
  readonly progress: RunProgress | null;
  readonly loading: Progress | null;
  readonly failure: Failure | null;
  /** Calls in flight and the last finished instruction call, newest last. */
  readonly calls: readonly LiveCall[];
  /** The instruction call in the spotlight, and the verdicts on its text. */
  readonly spotlight: LiveCall | null;
  readonly spotlightVerdicts: readonly Candidate[];
  /** Newest first, at most 12. */
  readonly recent: readonly Candidate[];
  /** Texts of pool members, by id, for neighbours. */
  textOf(id: TaskId): { readonly instruction: string; readonly origin: 'seed' | 'machine' } | undefined;
  /** The newest stage of a kept task; undefined when not kept in this session. */
  taskOf(id: TaskId): MachineTask | undefined;
  readonly rates: Rates;
  /** One value per minute of the run so far: instructions kept in it. */
  readonly keptByMinute: readonly number[];
  /** Whether the browser promised to keep our storage; null before it was asked. */
  readonly persisted: boolean | null;
  start(request: RunRequest): Promise<void>;
  resume(runId: RunId): Promise<void>;
  /** Stops after storing what is finished; requests in flight are dropped and asked again on resume. */
  pause(): Promise<void>;
  /** Lets the run end here: it counts as finished with what it has. */
  finishNow(): Promise<void>;
  /** Saves what this tab still holds in memory, for when the store cannot be written. */
  saveFromMemory(): void;
}

export const [getRunSession, setRunSession] = createContext<RunSessionView>();
