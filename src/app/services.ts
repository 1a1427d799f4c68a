/** What the state classes need from the world. `main.ts` builds it once; `AppState` holds it. */
import type { Analyst } from '../core/analysis/analyst';
import type { DecisionPreviews } from '../core/decisions/decision-previews';
import type { SeedStore } from '../core/dataset/seed-store';
import type { EvaluationStore } from '../core/evaluation/evaluation-store';
import type { PlanStore } from '../core/plan/plan-store';
import type { TrainingStore } from '../core/training/training-store';
import type { BackupRow, ModelHost, Progress, RunStore, SettingStore, SimilarityIndex } from '../core/ports';
import type { Neighbour, SeedTask } from '../core/task';
import type { CheckedFile, ReadableFile } from '../import/data-file';
import type { DeviceReport } from '../core/models/device-report';
import type { GpuTrust } from '../inference/gpu-trust';
import type { ModelLibrary } from '../models/model-library';
import type { ModelStore } from '../models/model-store';
import type { ServerList } from '../inference/server-list';
import type { WeightsWriter } from '../models/weights-writer';
import type { Trainer, TrainingJob } from '../trainer/trainer';
import type { SecondHome } from './second-home';
import type { WriterLocks } from './writer-locks';

/** One of the two seed sets that ship with the app; `load` fetches its file. */
export interface BuiltInSeedSet {
  readonly id: 'simple' | 'paper';
  readonly name: string;
  readonly note: string;
  readonly count: number;
  load(): Promise<readonly SeedTask[]>;
}

/** What this device offers a run. */
export interface DeviceFacts {
  readonly webAssembly: boolean;
  /** Threads the built-in model may use. */
  readonly threads: number;
  /** Bytes this page may still store; null when the browser does not say. */
  readonly freeBytes: number | null;
  /** Whether the browser promised not to clear our storage. */
  readonly persisted: boolean;
  /** Whether the page came over https or from this computer; if not, browsers keep much from it. */
  readonly secure: boolean;
}

/** Tasks that are never exemplars: a model is judged by them, so none may stand in its training data. */
export interface HeldOutSet {
  readonly id: string;
  readonly name: string;
  readonly count: number;
  load(): Promise<readonly SeedTask[]>;
}

/** Reads files from outside, off the page. */
interface DataFiles {
  /** @throws AppError bad-file when nothing in it can be read; AbortError when stopped. */
  check(file: File, signal: AbortSignal, onProgress: (share: number) => void): Promise<CheckedFile>;
  /** The rows of a file that was checked. */
  read(found: ReadableFile, signal: AbortSignal): AsyncIterable<readonly BackupRow[]>;
}

/** A similarity index of its own for whole data sets: that of the run is not touched. */
interface Comparer extends Pick<SimilarityIndex, 'clear' | 'add'> {
  /** The most similar member of each text; null when there is none. */
  nearest(texts: readonly string[]): Promise<readonly (Neighbour | null)[]>;
  /** Every member with at least this ROUGE-L to each text, in no order. @param floor above 0 */
  neighbours(texts: readonly string[], floor: number): Promise<readonly (readonly Neighbour[])[]>;
}

export interface Services {
  readonly store: RunStore;
  readonly models: ModelHost;
  readonly similarity: SimilarityIndex;
  readonly decisions: DecisionPreviews;
  readonly analysis: Analyst;
  readonly comparer: Comparer;
  /** Another one for a class: both screens may compare at the same time. */
  readonly classComparer: Comparer;
  readonly dataFiles: DataFiles;
  readonly trainer: Trainer;
  readonly trainings: TrainingStore;
  readonly evaluations: EvaluationStore;
  readonly plans: PlanStore;
  readonly modelStore: ModelStore;
  readonly servers: ServerList;
  /** Whether GGUF models run on the GPU. */
  readonly gpuTrust: Pick<GpuTrust, 'fitting' | 'isOn' | 'setOn'>;
  readonly weightsWriter: WeightsWriter;
  /** The built-in model as a trainer reads it. @throws AppError model-file-missing; AbortError */
  builtInWeights(signal: AbortSignal, onProgress: (progress: Progress) => void): Promise<TrainingJob['base']>;
  /** What is kept on this device for the user, also while a recording is played. */
  readonly ownSettings: SettingStore;
  readonly seedSets: SeedStore;
  readonly builtInSeedSets: readonly BuiltInSeedSet[];
  readonly heldOutSets: readonly HeldOutSet[];
  /** They are those of a recording that is played: what is made with them is removed when it ends. */
  readonly recorded?: true;
  /** Of this app; it stands in what is exported. */
  readonly version: string;
  readonly locks: WriterLocks;
  readonly secondHome: SecondHome;
  deviceFacts(): Promise<DeviceFacts>;
  /** How many tabs of this app are open, this one among them. */
  openTabs(): Promise<number>;
  /** What this device offers models, WebGPU too. */
  deviceReport(): Promise<DeviceReport>;
  /** Fetched when it is needed: the first page is light. */
  modelLibrary(): Promise<ModelLibrary>;
  /** Asks the browser to keep our storage; false when it declines. */
  requestPersistence(): Promise<boolean>;
  /** Asks the person for a folder, gives null for a no; null where browsers have no such thing. */
  readonly pickFolder: ((mode: 'read' | 'readwrite') => Promise<FileSystemDirectoryHandle | null>) | null;
  /** Hands a file to the person. */
  saveFile(name: string, content: Blob): void;
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds of a clock that never goes back; that of a recording goes as fast as it is played. */
  elapsed(): number;
  /** Remembers whether runs are stored here (`run-mark.ts`). */
  markRuns(stored: boolean): void;
}
