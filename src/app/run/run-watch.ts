/** Looks after the run that is shown here: what any tab changes of it, and whether another tab computes it. */
import type { StoreChange } from '../../core/ports';
import type { RunId } from '../../core/task';
import type { Services } from '../services';

/** A tab that dies says nothing: its lock is looked at this often while another tab computes the run. */
const LOOK_MS = 1_000;

export class RunWatch {
  #timer: ReturnType<typeof setInterval> | undefined;
  #looking: Promise<void> | null = null;
  #again = false;

  /**
   * @param shown the run that is shown; null while this tab computes it, or shows none
   * @param take gets each change of it, and what it is then
   * @param look reads the run again, knowing whether another tab computes it
   */
  constructor(
    private readonly services: Pick<Services, 'store' | 'locks'>,
    private readonly shown: () => RunId | null,
    take: (change: StoreChange) => void,
    private readonly look: (elsewhere: boolean) => Promise<void>,
  ) {
    services.store.watch((change) => {
      if (change.runId !== this.shown()) return;
      take(change);
      void this.now();
    });
  }

  /** Looks now, and again when something came meanwhile. Never fails: what cannot be read is looked at later. */
  now(): Promise<void> {
    this.#again = true;
    return (this.#looking ??= this.#look().finally(() => (this.#looking = null)));
  }

  async #look(): Promise<void> {
    let elsewhere = false;
    while (this.#again) {
      this.#again = false;
      const runId = this.shown();
      if (!runId) break;
      try {
        elsewhere = (await this.services.locks.holder('run', runId)) === 'elsewhere';
        if (this.shown() === runId) await this.look(elsewhere);
      } catch {
        // The next look tells more.
      }
    }
    clearInterval(this.#timer);
    if (elsewhere && this.shown()) this.#timer = setInterval(() => void this.now(), LOOK_MS);
  }
}
