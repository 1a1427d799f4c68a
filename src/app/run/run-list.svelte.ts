/** The newest runs on this device. Reads only their records, never their rows. */
import { type Failure, failureOf } from '../../core/errors';
import type { RunSummary } from '../../core/ports';
import type { RunId } from '../../core/task';
import { markRuns } from './run-mark';
import type { Services } from '../services';

const SHOWN = 20;

export class RunList {
  runs = $state.raw<readonly RunSummary[]>([]);
  failure = $state.raw<Failure | null>(null);
  loaded = $state(false);

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
    } catch (error) {
      this.failure = failureOf(error);
    }
    this.loaded = true;
  }
  async remove(id: RunId): Promise<void> {
    await this.services.store.deleteRun(id);
    await this.refresh();
  }
}
