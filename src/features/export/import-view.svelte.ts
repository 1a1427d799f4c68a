/** A file from outside on its way in: a backup becomes its run again, a data set is checked, shown, and becomes a run. */
import { runId } from '../../core/ids';
import { paperConfig } from '../../core/presets';
import type { RunSummary } from '../../core/ports';
import type { RunRecord } from '../../core/run';
import type { BackupCounts } from '../../import/read-backup';
import type { CheckedDataSet, CheckedFile } from '../../import/data-file';
import type { Services } from '../../app/services';
import { Job, type JobWork } from '../../app/job.svelte';

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
  /** Its failure is why a file was not taken. */
  readonly job = new Job();
  /** A data set that was checked and waits for a yes. */
  found = $state.raw<FoundDataSet | null>(null);
  broughtIn = $state.raw<BroughtIn | null>(null);

  constructor(private readonly services: Services) {}

  /** Checks a file. A backup is stored at once; a data set is shown first. The run, when one was stored. */
  async take(file: File): Promise<RunRecord | null> {
    const record = await this.job.run(async (signal, report) => {
      this.broughtIn = null;
      this.found = null;
      const checked = await this.services.dataFiles.check(file, signal, (share) => {
        const done = Math.round((file.size * Math.round(share * SHARES)) / SHARES);
        report({ label: `Checking ${file.name}`, done, total: file.size });
      });
      if (checked.kind === 'backup') return this.#bringBack(checked, signal, report);
      this.found = { ...checked, name: file.name };
      return null;
    });
    return record ?? null;
  }

  /** Stores the data set that was found as an imported run. */
  async store(): Promise<RunRecord | null> {
    const { found } = this;
    if (!found) return null;
    const record = await this.job.run(async (signal, report) => {
      this.broughtIn = null;
      const { store, dataFiles } = this.services;
      const ratings = found.ratings?.count ?? 0;
      const total = found.tasks + ratings;
      const rows = dataFiles.read(found, signal);
      const run = await store.importRun(summaryOf(found, this.services.now()), rows, signal, (done) =>
        report({ label: `Storing ${found.name}`, unit: 'rows', done, total }),
      );
      const counts = { tasks: found.tasks, candidates: 0, calls: 0, ratings };
      this.broughtIn = { run, counts, dataSet: true };
      this.found = null;
      return run;
    });
    return record ?? null;
  }
  dismiss(): void {
    this.found = null;
    this.job.failure = null;
  }

  async #bringBack(
    checked: Extract<CheckedFile, { kind: 'backup' }>,
    ...[signal, report]: Parameters<JobWork<RunRecord>>
  ): Promise<RunRecord> {
    const { summary, counts } = checked;
    const total = counts.tasks + counts.candidates + counts.calls + counts.ratings;
    const rows = this.services.dataFiles.read(checked, signal);
    const run = await this.services.store.importRun(summary, rows, signal, (done) =>
      report({ label: `Storing run ${summary.run.number}`, unit: 'rows', done, total }),
    );
    this.broughtIn = { run, counts, dataSet: false };
    return run;
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
