/**
 * Imports a file: a backup or a hand-in restores its run; a data set is checked, shown, and becomes a run; a snapshot is shown and takes
 * the place of everything.
 */
import { runId } from '../../core/ids';
import { paperConfig } from '../../core/presets';
import { HAND_IN_SUFFIX } from '../../core/classroom/hand-in';
import type { BackupRow, RunSummary } from '../../core/ports';
import type { RunRecord } from '../../core/run';
import type { BackupCounts } from '../../import/read-backup';
import type { CheckedDataSet, ReadableFile } from '../../import/data-file';
import type { Services } from '../../app/services';
import { restoreLessons, restoreRun } from '../../app/restore-hand-in';
import { Job, type JobWork } from '../../app/job.svelte';
import type { FoundSnapshot } from '../../app/second-home';
import { WORDS } from './words';

/** A data set that was checked, with the name of its file. */
export interface FoundDataSet extends CheckedDataSet {
  readonly name: string;
}
/** The run that was stored from a file. */
interface StoredImport {
  readonly kind: ReadableFile['kind'];
  readonly run: RunRecord;
  readonly counts: BackupCounts;
  /** Lessons of a hand-in that were left out: other answers to them are here. */
  readonly lessonsLeftOut?: number;
}

/** Steps of the progress of a check, as parts of the whole file. */
const STEPS = 1_000;

/** The import on the Export screen. */
export class ImportView {
  /** Its failure is why a file was refused. */
  readonly job = new Job();
  /** A data set that was checked and waits for confirmation. */
  found = $state.raw<FoundDataSet | null>(null);
  stored = $state.raw<StoredImport | null>(null);
  /** A snapshot that was read whole and waits for confirmation. */
  snapshot = $state.raw<FoundSnapshot | null>(null);

  constructor(private readonly services: Services) {}

  /** Checks a file. A backup is stored at once; a data set is shown first. @returns the run, when one was stored */
  async read(file: File): Promise<RunRecord | undefined> {
    return this.job.run(async (signal, report) => {
      this.stored = null;
      this.found = null;
      this.snapshot = null;
      if (file.name.endsWith(HAND_IN_SUFFIX)) return this.#restore(file, signal, report);
      const checked = await this.services.dataFiles.check(file, signal, (share) => {
        const done = Math.round((file.size * Math.round(share * STEPS)) / STEPS);
        report({ label: WORDS.imports.checking(file.name), done, total: file.size });
      });
      if (checked.kind === 'dataset') {
        this.found = { ...checked, name: file.name };
        return undefined;
      }
      if (checked.kind === 'snapshot') {
        this.snapshot = await this.services.secondHome.read(file, signal, report);
        return undefined;
      }
      const { summary, counts } = checked;
      const label = WORDS.imports.storingRun(summary.run.number);
      return this.#store(checked, summary, counts, label, signal, report);
    });
  }

  /** Stores the data set that was found as an imported run. */
  async store(): Promise<RunRecord | undefined> {
    const { found } = this;
    if (!found) return undefined;
    return this.job.run(async (signal, report) => {
      this.stored = null;
      const summary = summaryOf(found, this.services.now());
      const counts = { tasks: found.tasks, candidates: 0, calls: 0, ratings: found.ratings?.count ?? 0 };
      const label = WORDS.imports.storing(found.name);
      const run = await this.#store(found, summary, counts, label, signal, report);
      this.found = null;
      return run;
    });
  }
  /** Puts the snapshot that was found in the place of everything, and loads the page again. */
  async restore(): Promise<void> {
    const { snapshot } = this;
    const { secondHome } = this.services;
    if (!snapshot) return;
    const restored = await this.job.run(async (signal, report) => {
      // So that what is here is in the snapshots that stay.
      await secondHome.flush();
      await secondHome.restore(snapshot, null, signal, report);
      return true;
    });
    if (restored) secondHome.restart();
  }
  dismiss(): void {
    this.found = null;
    this.snapshot = null;
    this.job.failure = null;
  }

  /** A hand-in: its run, and its lessons at their step. */
  async #restore(file: File, ...[signal, report]: Parameters<JobWork<RunRecord>>): Promise<RunRecord> {
    const { readHandIn } = await import('../../import/read-hand-in');
    const handIn = await readHandIn(file, signal);
    const run = await restoreRun(handIn, this.services, signal, report);
    const lessonsLeftOut = await restoreLessons(handIn, this.services);
    const of = (kind: BackupRow['kind']): number =>
      handIn.run.rows.reduce((sum, row) => sum + (row.kind === kind ? 1 : 0), 0);
    const counts = { tasks: of('task'), candidates: of('candidate'), calls: 0, ratings: of('rating') };
    this.stored = { kind: 'backup', run, counts, lessonsLeftOut };
    return run;
  }

  async #store(
    file: ReadableFile,
    summary: RunSummary,
    counts: BackupCounts,
    label: string,
    ...[signal, report]: Parameters<JobWork<RunRecord>>
  ): Promise<RunRecord> {
    const total = counts.tasks + counts.candidates + counts.calls + counts.ratings;
    const rows = this.services.dataFiles.read(file, signal);
    const run = await this.services.store.importRun(summary, rows, signal, (done) =>
      report({ label, unit: 'rows', done, total }),
    );
    this.stored = { kind: file.kind, run, counts };
    return run;
  }
}

/** The run that a data set becomes. How it was made is unknown: `imported` says so, the settings are stand-ins. */
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
