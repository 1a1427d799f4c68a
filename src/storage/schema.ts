/** The database and its versions. Migrations lose nothing: each step brings a database from one version to the next. */
import type { DBSchema, IDBPDatabase, IDBPTransaction, StoreNames } from 'idb';
import type { Answer, EvaluationRecord, EvaluationTask } from '../core/evaluation/evaluation';
import type { GradeRow } from '../core/evaluation/grading';
import type { StoredModel } from '../core/models/stored-model';
import type { SeedSet } from '../core/dataset/seed-store';
import type { PlanRecord } from '../core/plan/plan';
import type { Rating } from '../core/review/rating';
import type { BulkStep, TaskEdit } from '../core/review/task-edits';
import type { ModelCall, RunProgress, RunRecord } from '../core/run';
import type { Candidate, RunId, Task } from '../core/task';
import type { TrainingCheckpoint, TrainingRecord } from '../core/training/training';
import { plainRow } from './plain-row';

export const DATABASE_NAME = 'self-instruct';

export interface Schema extends DBSchema {
  /** The index gives them by number: keys are in that order up to r9999 only. */
  runs: { key: RunId; value: StoredRun; indexes: { 'by-number': number } };
  progress: { key: RunId; value: RunProgress };
  /** The index holds machine tasks alone: seeds have no stage. */
  tasks: { key: string; value: Task; indexes: { 'by-stage': [RunId, string] } };
  candidates: { key: string; value: Candidate };
  calls: { key: string; value: ModelCall };
  seedSets: { key: string; value: SeedSet };
  settings: { key: string; value: unknown };
  ratings: { key: string; value: Rating };
  /** What is stored of each model; the files themselves lie in the origin's private file system. */
  models: { key: string; value: StoredModelRow };
  trainings: { key: string; value: TrainingRecord };
  /** The newest checkpoint of each training that is not finished. */
  checkpoints: { key: string; value: StoredCheckpoint };
  evaluations: { key: string; value: EvaluationRecord };
  /** Apart from their records, which are read as a list. */
  evaluationTasks: { key: string; value: StoredTasks };
  answers: { key: string; value: Answer };
  /** People's grades of answers; their ids begin as those of the answers. */
  grades: { key: string; value: GradeRow };
  /** Edits of many tasks that can be undone. */
  undoSteps: { key: string; value: StoredStep };
  /** What they changed, in pages. */
  undoEdits: { key: string; value: StoredEdits };
  /** Stages of work that go on after a kill; what they made lies in the other stores. */
  plans: { key: string; value: PlanRecord };
  /** Transactions that may not be in a snapshot yet, in their order. */
  outbox: { key: number; value: OutboxEntry };
}
/**
 * The stores that snapshots hold: checkpoints are large, and a finetuning without one begins again; what can be undone is a
 * convenience of this device.
 */
export type SnapshotStore = Exclude<StoreNames<Schema>, 'outbox' | 'checkpoints' | 'undoSteps' | 'undoEdits'>;
/** What one transaction changed. It is written with the changes, so that no kill separates them. */
export interface OutboxEntry {
  /** Random: tells a transaction from another one that got its number after the browser lost some. */
  readonly token: number;
  /** In their order: the key of a row, or the first and the last key of a range that was removed. */
  readonly changes: readonly (readonly [store: SnapshotStore, key: string, to?: string])[];
}
export interface StoredRun extends RunRecord {
  /** Random mark of who writes it: what comes under another mark is refused. Absent until it is first written. */
  readonly writer?: string;
}
export type StoreName = StoreNames<Schema>;
export interface StoredStep extends BulkStep {
  readonly runId: RunId;
  readonly tasks: number;
}
export interface StoredEdits {
  /** `r0001-u000003-0002`: page 2 of step 3. */
  readonly id: string;
  readonly edits: readonly TaskEdit[];
}
export interface StoredTasks {
  readonly evaluationId: string;
  readonly tasks: readonly EvaluationTask[];
}
export interface StoredCheckpoint extends TrainingCheckpoint {
  readonly trainingId: string;
}
export interface StoredModelRow extends StoredModel {
  /** Folder of its files; null when they lie in web-llm's cache. */
  readonly folder: string | null;
}
export type Database = IDBPDatabase<Schema>;
/** The transaction that changes the database's version: it reaches stores that are there already. */
export type Upgrade = IDBPTransaction<Schema, StoreName[], 'versionchange'>;
export type RowStore = 'tasks' | 'candidates' | 'calls';
export const ROW_STORES: readonly RowStore[] = ['tasks', 'candidates', 'calls'];

/** Step n brings version n to n + 1. */
const MIGRATIONS: readonly ((database: Database, upgrade: Upgrade) => void)[] = [
  (database) => {
    database.createObjectStore('runs', { keyPath: 'id' });
    database.createObjectStore('progress', { keyPath: 'runId' });
    database.createObjectStore('tasks', { keyPath: 'id' }).createIndex('by-stage', ['runId', 'stage']);
    database.createObjectStore('candidates', { keyPath: 'id' });
    database.createObjectStore('calls', { keyPath: 'id' });
    database.createObjectStore('seedSets', { keyPath: 'id' });
    database.createObjectStore('settings');
  },
  (database) => {
    database.createObjectStore('ratings', { keyPath: 'id' });
  },
  (database, upgrade) => {
    upgrade.objectStore('runs').createIndex('by-number', 'number');
    database.createObjectStore('models', { keyPath: 'id' });
    database.createObjectStore('trainings', { keyPath: 'id' });
    database.createObjectStore('checkpoints', { keyPath: 'trainingId' });
    database.createObjectStore('evaluations', { keyPath: 'id' });
    database.createObjectStore('evaluationTasks', { keyPath: 'evaluationId' });
    database.createObjectStore('answers', { keyPath: 'id' });
    database.createObjectStore('grades', { keyPath: 'id' });
  },
  (database) => {
    database.createObjectStore('outbox', { autoIncrement: true });
  },
  (database) => {
    database.createObjectStore('undoSteps', { keyPath: 'id' });
    database.createObjectStore('undoEdits', { keyPath: 'id' });
  },
  (database) => {
    database.createObjectStore('plans', { keyPath: 'id' });
  },
  (_database, upgrade) => {
    // A request that fails ends the upgrade: then nothing has changed.
    plainSources(upgrade).catch(() => undefined);
  },
];
/** A step of the migration: rewrites all such rows, and notes it for the snapshots. */
async function plainSources(upgrade: Upgrade): Promise<void> {
  const changes: OutboxEntry['changes'][number][] = [];
  for (const name of ['models', 'settings'] as const) {
    const store = upgrade.objectStore(name);
    const [keys, rows] = [await store.getAllKeys(), await store.getAll()];
    for (const [i, key] of keys.entries()) {
      const [plain, row] = plainRow(name, key, rows[i]);
      if (plain === key && row === rows[i]) continue;
      if (plain !== key) void store.delete(key);
      void store.put(row, name === 'settings' ? plain : undefined);
      changes.push([name, key], [name, plain]);
    }
  }
  if (changes.length === 0) return;
  const token = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  void upgrade.objectStore('outbox').put({ token, changes });
}
/** All stores of this version. */
export const STORES: readonly StoreName[] = [
  'runs',
  'progress',
  ...ROW_STORES,
  'seedSets',
  'settings',
  'ratings',
  'models',
  'trainings',
  'checkpoints',
  'evaluations',
  'evaluationTasks',
  'answers',
  'grades',
  'outbox',
  'undoSteps',
  'undoEdits',
  'plans',
];
export const DATABASE_VERSION = MIGRATIONS.length;

/** @param to an older version, for tests */
export function migrate(database: Database, from: number, upgrade: Upgrade, to = DATABASE_VERSION): void {
  for (const step of MIGRATIONS.slice(from, to)) step(database, upgrade);
}

/** All rows of a run: ids begin with the run's id and a hyphen. `kind` narrows to `s` seeds or `m` machine tasks. */
export const runRange = (runId: RunId, kind = ''): IDBKeyRange =>
  IDBKeyRange.bound(`${runId}-${kind}`, `${runId}-${kind}\uffff`);
