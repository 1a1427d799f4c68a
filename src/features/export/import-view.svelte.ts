/** A file from outside on its way in: a backup becomes its run again, a data set is checked, shown, and becomes a run. */
import { type Failure, failureOf } from '../../core/errors';
import { runId } from '../../core/ids';
import { paperConfig } from '../../core/presets';
import type { RunSummary } from '../../core/ports';
import type { RunRecord } from '../../core/run';
import type { BackupCounts } from '../../import/read-backup';
import type { CheckedDataSet, CheckedFile } from '../../import/data-file';
import type { Services } from '../../app/services';
import { teller, type Work } from '../../app/progress';

export interface FoundDataSet extends CheckedDataSet {
  readonly name: string;
}
export interface BroughtIn {
  readonly run: RunRecord;
  readonly counts: BackupCounts;
  /** Whether it was a data set and not a backup. */
  readonly dataSet: boolean;
}

/** For checking, parts of the whole file. */
const SHARES = 1_000;

export class ImportView {
  work = $state.raw<Work | null>(null);
  /** Why a file was not taken. */
  refusal = $state.raw<Failure | null>(null);
  /** A data set that was checked and waits for a yes. */
  found = $state.raw<FoundDataSet | null>(null);
  broughtIn = $state.raw<BroughtIn | null>(null);
  #working: AbortController | null = null;

  constructor(private readonly services: Services) {}

  /** Checks a file. A backup is stored at once; a data set is shown first. The run, when one was stored. */
  async take(file: File): Promise<RunRecord | null> {
    let record: RunRecord | null = null;
    await this.#work(async (signal) => {
      this.found = null;
      const checking = this.#teller(`Checking ${file.name}`, 'bytes', file.size);
      const checked = await this.services.dataFiles.check(file, signal, (share) =>
        checking(Math.round((file.size * Math.round(share * SHARES)) / SHARES)),
      );
      if (checked.kind === 'dataset') this.found = { ...checked, name: file.name };
      else record = await this.#bringBack(checked, signal);
    });
    return record;
  }

  /** Stores the data set that was found as an imported run. */
  async store(): Promise<RunRecord | null> {
    const { found } = this;
    if (!found) return null;
    let record: RunRecord | null = null;
    await this.#work(async (signal) => {
      const { store, dataFiles } = this.services;
      const ratings = found.ratings?.count ?? 0;
      const storing = this.#teller(`Storing ${found.name}`, 'rows', found.tasks + ratings);
      const rows = dataFiles.read(found, signal);
      record = await store.importRun(summaryOf(found, this.services.now()), rows, signal, storing);
      const counts = { tasks: found.tasks, candidates: 0, calls: 0, ratings };
      this.broughtIn = { run: record, counts, dataSet: true };
      this.found = null;
    });
    return record;
  }
  dismiss(): void {
    this.found = null;
    this.refusal = null;
  }
  cancel(): void {
    this.#working?.abort();
  }

  async #bringBack(
    checked: Extract<CheckedFile, { kind: 'backup' }>,
    signal: AbortSignal,
  ): Promise<RunRecord> {
    const { summary, counts } = checked;
    const all = counts.tasks + counts.candidates + counts.calls + counts.ratings;
    const storing = this.#teller(`Storing run ${summary.run.number}`, 'rows', all);
    const rows = this.services.dataFiles.read(checked, signal);
    const run = await this.services.store.importRun(summary, rows, signal, storing);
    this.broughtIn = { run, counts, dataSet: false };
    return run;
  }

  async #work(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    if (this.#working) return;
    const working = new AbortController();
    this.#working = working;
    this.refusal = null;
    this.broughtIn = null;
    try {
      await work(working.signal);
    } catch (error) {
      if (!working.signal.aborted) {
        this.refusal = failureOf(error);
      }
    }
    this.#working = null;
    this.work = null;
  }
  #teller(label: string, unit: Work['unit'], total: number): (done: number) => void {
    return teller(label, unit, total, (work) => (this.work = work));
  }
}

/** The run that a data set becomes. Nobody knows how it was made: `imported` says so, the settings are stand-ins. */
function summaryOf({ name, title, typed, tasks, progress }: FoundDataSet, now: number): RunSummary {
  const run: RunRecord = {
    id: runId(0),
    number: 0,
    createdAt: now,
    config: paperConfig(0, tasks),
    model: { id: 'imported', name: 'imported data set', hash: '' },
    seedSet: { id: 'imported', name: 'none', count: 0 },
    source: 'imported',
    imported: { file: name, format: title, typed },
  };
  return { run, progress };
}
