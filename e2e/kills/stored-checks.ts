/** What must be true of stored rows after any kill, and how two states are compared. */
import type { Rating } from '../../src/core/review/rating';
import { type ModelCall, PIPELINE_STAGES, type RunProgress, type RunRecord } from '../../src/core/run';
import type { Candidate, Task } from '../../src/core/task';
import type { TrainingCheckpoint, TrainingRecord } from '../../src/core/training/training';
import type { PutRow, Stored, StoredRow } from './page-tools';

/** Rows that are written once and never again. */
const FINAL = new Set(['calls', 'candidates', 'answers']);
/** Rows that stay once they were acknowledged, though they may be written again. */
const LASTING = new Set([
  ...FINAL,
  'runs',
  'progress',
  'tasks',
  'evaluations',
  'evaluationTasks',
  'trainings',
]);

/** The rows of these stores that are read here. */
interface Rows {
  readonly runs: RunRecord;
  readonly progress: RunProgress;
  readonly tasks: Task;
  readonly candidates: Candidate;
  readonly calls: ModelCall;
  readonly ratings: Rating;
  readonly trainings: TrainingRecord;
  readonly checkpoints: Pick<TrainingCheckpoint, 'step'> & { readonly trainingId: string };
}
const rowsOf = <S extends keyof Rows>(stored: Stored, store: S): readonly Rows[S][] =>
  (stored.stores[store] ?? []).map(({ row }) => row as unknown as Rows[S]);

/** Rows whose transaction had ended before the kill, by store and key. */
export class Acknowledged {
  readonly #rows = new Map<string, PutRow>();
  count = 0;

  take(rows: readonly PutRow[]): void {
    for (const row of rows) {
      if (!LASTING.has(row[0])) continue;
      this.#rows.set(`${row[0]} ${row[1]}`, row);
      this.count++;
    }
  }
  /** What is no longer there, or no longer as it was written. */
  missing(stored: Stored): readonly string[] {
    const lost: string[] = [];
    const found = new Map<string, StoredRow>();
    for (const [store, rows] of Object.entries(stored.stores)) {
      for (const row of rows) found.set(`${store} ${row.key}`, row);
    }
    // Rows of an import are promised once its run is there; before, a later start may remove them.
    const promised = (key: string): boolean => {
      const run = /^r\d+(?=-)/u.exec(key);
      return !run || this.#rows.has(`runs ${run[0]}`) || found.has(`runs ${run[0]}`);
    };
    for (const [name, [store, key, print]] of this.#rows) {
      if (!promised(key)) continue;
      const row = found.get(name);
      if (!row) lost.push(`${name} is gone`);
      else if (FINAL.has(store) && row.print !== print) lost.push(`${name} is not as it was written`);
    }
    return lost;
  }
}

/** Rows of one transaction of which only a part is there: counters that differ from what they count. */
export function torn(stored: Stored): readonly string[] {
  const found: string[] = [];
  const equal = (what: string, counted: number, said: number): void => {
    if (counted !== said) found.push(`${what}: ${counted} rows, the counter says ${said}`);
  };
  const calls = rowsOf(stored, 'calls');
  const tasks = rowsOf(stored, 'tasks');
  const candidates = rowsOf(stored, 'candidates');
  const progresses = rowsOf(stored, 'progress');
  for (const run of rowsOf(stored, 'runs')) {
    const progress = progresses.find(({ runId }) => runId === run.id);
    if (!progress) {
      found.push(`${run.id} has no progress`);
      continue;
    }
    const machine = tasks.filter(({ runId, origin }) => runId === run.id && origin === 'machine');
    const typed = machine.filter((task) => task.origin === 'machine' && task.stage !== 'instruction');
    const whole = machine.flatMap((task) =>
      task.origin === 'machine' && task.stage === 'complete' ? [task.instances.length] : [],
    );
    equal(`${run.id} accepted`, machine.length, progress.kept);
    equal(`${run.id} typed`, typed.length, progress.identified);
    equal(`${run.id} complete`, whole.length, progress.completed);
    equal(
      `${run.id} instances`,
      whole.reduce((sum, count) => sum + count, 0),
      progress.instances,
    );
    if (run.imported) continue;
    const made = PIPELINE_STAGES.reduce((sum, stage) => sum + progress.stages[stage].calls, 0);
    const stored = calls.filter(({ runId }) => runId === run.id);
    equal(`${run.id} calls`, stored.length, made);
    const judged = candidates.filter(({ runId }) => runId === run.id);
    const rejected = Object.values(progress.rejected).reduce((sum, count) => sum + count, 0);
    equal(`${run.id} candidates`, judged.length, progress.kept + rejected);
  }
  const checkpoints = rowsOf(stored, 'checkpoints');
  for (const { id, step, status } of rowsOf(stored, 'trainings')) {
    const checkpoint = checkpoints.find(({ trainingId }) => trainingId === id);
    if (status === 'finished' ? checkpoint : (checkpoint?.step ?? 0) !== step)
      found.push(`${id} says step ${step}, its checkpoint ${checkpoint?.step ?? 'is gone'}`);
  }
  return found;
}

/** Instructions of one run that are there more than once in one place of it. */
export function doubled(stored: Stored): readonly string[] {
  const seen = new Set<string>();
  const found: string[] = [];
  for (const task of rowsOf(stored, 'tasks')) {
    if (task.origin !== 'machine') continue;
    const place = `${task.runId} task ${task.seq}`;
    if (seen.has(place)) found.push(`${place} is there twice`);
    seen.add(place);
  }
  return found;
}

/** Rows of runs that have no record: no screen shows them. */
export function orphans(stored: Stored): number {
  const known = new Set(rowsOf(stored, 'runs').map(({ id }) => String(id)));
  const stores = ['tasks', 'candidates', 'calls', 'ratings', 'progress'] as const;
  const rows = stores.flatMap((store): readonly { readonly runId: string }[] => rowsOf(stored, store));
  return rows.filter(({ runId }) => !known.has(runId)).length;
}

/** What another run of the same work may have otherwise: times, what the model had cached, names drawn at random. */
const FREE = new Set([
  ...['createdAt', 'storedAt', 'seconds', 'callSeconds', 'modelSeconds', 'firstAcceptedSeconds'],
  ...['cachedTokens', 'number', 'promised', 'folder', 'writer'],
]);
/** Settings, and what waits to be written into a snapshot: it is there for a moment. */
const APART = new Set(['settings', 'outbox']);

/** The state as lines, one a row, without what is free to differ; runs are named by their order. */
export function canonical(stored: Stored): readonly string[] {
  const runs = rowsOf(stored, 'runs').map(({ id }) => id);
  const renamed = new Map(runs.map((id, i) => [String(id), `run${i + 1}`]));
  const known = new Set(renamed.keys());
  const lines: string[] = [];
  for (const [store, rows] of Object.entries(stored.stores)) {
    if (APART.has(store)) continue;
    for (const { row } of rows) {
      // What a killed import left is counted apart.
      const { runId } = row;
      if (typeof runId === 'string' && !known.has(runId)) continue;
      const text = JSON.stringify(row, (key, value: unknown) => (FREE.has(key) ? undefined : value));
      lines.push(`${store} ${text.replace(/\br\d{4}\b/gu, (id) => renamed.get(id) ?? id)}`);
    }
  }
  for (const [size, sha256] of stored.files) lines.push(`file ${size} ${sha256}`);
  return lines.sort();
}

/** Lines that only one of both has; empty when the two are the same. */
export function differences(reference: readonly string[], found: readonly string[]): readonly string[] {
  const count = (lines: readonly string[]): Map<string, number> => {
    const counts = new Map<string, number>();
    for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
    return counts;
  };
  const [left, right] = [count(reference), count(found)];
  const missing = [...left].filter(([line, times]) => (right.get(line) ?? 0) < times);
  const extra = [...right].filter(([line, times]) => (left.get(line) ?? 0) < times);
  return [...missing.map(([line]) => `- ${line}`), ...extra.map(([line]) => `+ ${line}`)];
}
