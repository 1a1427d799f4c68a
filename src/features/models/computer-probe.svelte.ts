/** How fast this computer is: one short request to a model that is here, kept for later visits. Nothing is fetched for it. */
import { probeModel, type StoredProbe, storedProbe, taskSeconds } from '../../core/models/run-time';
import { modelConfig } from '../../core/presets';
import type { ModelLine } from '../../models/model-lines';
import type { Services } from '../../app/services';
import { Job } from '../../app/job.svelte';

const SETTING = 'computer-probe';

export class ComputerProbe {
  found = $state.raw<StoredProbe | null>(null);
  readonly job = new Job();

  constructor(
    private readonly services: Pick<Services, 'models' | 'store' | 'builtInSeedSets'>,
    private readonly busy: { readonly active: boolean },
  ) {}

  /** Reads what was found before. @throws AppError of the store */
  async open(): Promise<void> {
    this.found = storedProbe(await this.services.store.setting(SETTING)) ?? this.found;
  }

  /** Seconds for so many accepted tasks, estimated by the probe; null before there is one, or for unknown work. */
  secondsFor(work: number | null, tasks: number): number | null {
    return this.found && work !== null ? (tasks * this.found.seconds * work) / this.found.work : null;
  }

  /** Asks a model that is here, which stays loaded. Does nothing while something else is computed. */
  async ask({ id, name, work, here }: ModelLine): Promise<void> {
    if (this.busy.active || !here || work === null) return;
    await this.job.run(async (signal, report) => {
      const model = await this.services.models.load(id, signal, report);
      const seeds = (await this.services.builtInSeedSets[0]?.load()) ?? [];
      const now = (): number => performance.now() / 1000;
      const figures = await probeModel(model, modelConfig(here, 1, 1), seeds, now, signal);
      signal.throwIfAborted();
      if (!figures) return;
      this.found = { name, seconds: taskSeconds(figures), work };
      await this.services.store.saveSetting(SETTING, this.found);
    });
  }
}
