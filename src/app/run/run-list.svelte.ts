/** The newest runs on this device. Reads only their records, never their rows. */
import { type Failure, failureOf } from '../../core/errors';
import type { RunSummary } from '../../core/ports';
import type { RunId } from '../../core/task';
import { markRuns, runsWereStored } from './run-mark';
import type { Services } from '../services';

const SHOWN = 20;

export class RunList {
  runs = $state.raw<readonly RunSummary[]>([]);
  failure = $state.raw<Failure | null>(null);
  loaded = $state(false);
  /** Runs were stored here, and nobody deleted them: the browser cleared the database. */
  lost = $state(false);

  constructor(private readonly services: Services) {
    services.store.watch(({ kind }) => {
      if (kind === 'run-created') markRuns(true);
      // When others are left, the next look marks again.
      if (kind === 'run-deleted') markRuns(false);
    });
  }

  get unfinished(): RunSummary | undefined {
    return this.runs.find(({ run, progress }) => !progress.finished && run.source === 'here');
  }
  async refresh(): Promise<void> {
    try {
      this.runs = await this.services.store.latestRuns(SHOWN);
      this.failure = null;
      if (this.runs.length > 0) markRuns(true);
      this.lost = this.runs.length === 0 && runsWereStored();
    } catch (error) {
      this.failure = failureOf(error);
    }
    this.loaded = true;
  }
  forgetLost(): void {
    markRuns(false);
    this.lost = false;
  }
  async remove(id: RunId): Promise<void> {
    await this.services.store.deleteRun(id);
    await this.refresh();
  }
}
