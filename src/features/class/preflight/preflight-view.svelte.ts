/** Runs the check before a lesson. */
import { failureOf } from '../../../core/errors';
import { probeModel, taskSeconds } from '../../../core/models/run-time';
import { STANDARD_MODEL } from '../../../core/models/standard-model';
import type { Progress } from '../../../core/ports';
import { modelConfig } from '../../../core/presets';
import type { AppState } from '../../../app/app-state.svelte';
import { Job } from '../../../app/job.svelte';
import { tabWork } from '../../../app/tab-work';
import { preflight, type PreflightFacts, type PreflightResult, reportText } from './preflight';

export class PreflightView {
  readonly job = new Job();
  result = $state.raw<PreflightResult | null>(null);
  readonly #app: Pick<AppState, 'services' | 'choice'>;
  readonly #busy: { readonly active: boolean };

  constructor(app: AppState) {
    this.#app = app;
    this.#busy = tabWork(app);
  }

  async check(): Promise<void> {
    const { services } = this.#app;
    const facts = await this.job.run(async (signal, report): Promise<PreflightFacts> => {
      const [device, { webAssembly }, models, tabs] = await Promise.all([
        services.deviceReport(),
        services.deviceFacts(),
        services.models.list(),
        services.openTabs(),
      ]);
      return {
        device,
        webAssembly,
        inMemory: services.secondHome.inMemory,
        tabs,
        standardHere: models.some(({ id }) => id === STANDARD_MODEL.id),
        speed: await this.#speed(signal, report),
      };
    });
    if (facts) this.result = preflight(facts);
  }
  /** For the IT desk. */
  text(result: PreflightResult): string {
    return reportText(result, location, this.#app.services.version);
  }

  /** Asks the chosen model; not while something is computed, which needs its own model loaded. */
  async #speed(signal: AbortSignal, report: (progress: Progress) => void): Promise<PreflightFacts['speed']> {
    const { services, choice } = this.#app;
    await choice.ready;
    const { info } = choice;
    if (!info) return 'none';
    if (this.#busy.active) return 'busy';
    if (info.engine === 'server') return 'server';
    try {
      const model = await services.models.load(info.id, signal, report);
      const seeds = (await services.builtInSeedSets[0]?.load()) ?? [];
      const now = (): number => performance.now() / 1000;
      const figures = await probeModel(model, modelConfig(info, 1, 1), seeds, now, signal);
      return figures ? { model: model.name, seconds: taskSeconds(figures) } : 'little';
    } catch (error) {
      signal.throwIfAborted();
      return failureOf(error);
    }
  }
}
