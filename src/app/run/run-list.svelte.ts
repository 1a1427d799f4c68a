/** The newest runs on this device, as any tab changes them. Reads only their records, never their rows. */
import { type Failure, failureOf } from '../../core/errors';
import type { RunSummary } from '../../core/ports';
import type { Services } from '../services';

const SHOWN = 20;
/** A tab that dies says nothing: while another tab computes a run, its lock is looked at this often. */
const LOOK_MS = 2_000;

export class RunList {
  runs = $state.raw<readonly RunSummary[]>([]);
  /** The run that stopped before its end, if there is one, and whether another tab computes it. */
  unfinished = $state.raw<(RunSummary & { readonly elsewhere: boolean }) | null>(null);
  failure = $state.raw<Failure | null>(null);
  loaded = $state(false);
  #reading: Promise<void> | null = null;
  #again = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly services: Services) {
    services.store.watch(({ kind }) => {
      if (kind === 'run-created') services.markRuns(true);
      // When others are left, the next look marks again.
      if (kind === 'run-deleted') services.markRuns(false);
      if (this.loaded) void this.refresh();
    });
  }

  /** Reads the list; again when something changed while it was read. */
  refresh(): Promise<void> {
    this.#again = true;
    return (this.#reading ??= this.#read().finally(() => (this.#reading = null)));
  }

  async #read(): Promise<void> {
    const { store, locks } = this.services;
    while (this.#again) {
      this.#again = false;
      try {
        this.runs = await store.latestRuns(SHOWN);
        this.failure = null;
        if (this.runs.length > 0) this.services.markRuns(true);
        const unfinished = this.runs.find(({ run, progress }) => !progress.finished && run.source === 'here');
        const holder = unfinished && (await locks.holder('run', unfinished.run.id));
        this.unfinished = unfinished ? { ...unfinished, elsewhere: holder === 'elsewhere' } : null;
      } catch (error) {
        this.failure = failureOf(error);
      }
    }
    this.loaded = true;
    clearTimeout(this.#timer);
    if (this.unfinished?.elsewhere === true) this.#timer = setTimeout(() => void this.refresh(), LOOK_MS);
  }
}
