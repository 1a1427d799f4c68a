/** The newest runs on this device. Reads only their records, never their rows. */
import { createContext } from 'svelte';
import { type Failure, failureOf } from '../core/errors';
import type { RunSummary } from '../core/ports';
import type { RunId } from '../core/task';
import type { Services } from './services';

const SHOWN = 20;

export class RunList {
  runs = $state.raw<readonly RunSummary[]>([]);
  failure = $state.raw<Failure | null>(null);
  loaded = $state(false);

  constructor(private readonly services: Services) {}

  get unfinished(): RunSummary | undefined {
    return this.runs.find(({ run, progress }) => !progress.finished && run.source === 'here');
  }
  async refresh(): Promise<void> {
    try {
      this.runs = await this.services.store.latestRuns(SHOWN);
      this.failure = null;
    } catch (error) {
      this.failure = failureOf(error, (detail) => ({ kind: 'storage-unavailable', detail }));
    }
    this.loaded = true;
  }
  async remove(id: RunId): Promise<void> {
    await this.services.store.deleteRun(id);
    await this.refresh();
  }
}
export const [getRunList, setRunList] = createContext<RunList>();
