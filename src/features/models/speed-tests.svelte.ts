/** Ten seconds of real requests for a model: how fast it writes on this device, and what a run would take. */
import { measureSpeed, type ModelSpeed, tokensPerKept } from '../../core/models/speed';
import { modelConfig } from '../../core/presets';
import type { ModelLine } from '../../models/model-lines';
import type { Services } from '../../app/services';
import { Job } from '../../app/job.svelte';
import { WORDS } from './words';

const TEST_SECONDS = 10;
const SPEEDS = 'model-speeds';

export class SpeedTests {
  speeds = $state.raw<Readonly<Record<string, ModelSpeed>>>({});
  /** The model of the newest test. */
  model = $state<string | null>(null);
  readonly job = new Job();
  /** Completion tokens per accepted instruction. */
  #cost = $state(tokensPerKept([]));

  constructor(
    private readonly services: Pick<Services, 'models' | 'store' | 'builtInSeedSets'>,
    private readonly busy: { readonly active: boolean },
  ) {}

  /** Reads what was measured before. @throws AppError of the store */
  async open(): Promise<void> {
    const [runs, speeds] = await Promise.all([
      this.services.store.latestRuns(20),
      this.services.store.setting(SPEEDS),
    ]);
    this.#cost = tokensPerKept(runs.map(({ progress }) => progress));
    if (isSpeeds(speeds)) this.speeds = speeds;
  }

  /** Seconds for so many accepted instructions at the measured speed; null before it was measured. */
  secondsFor(id: string, instructions: number): number | null {
    const speed = this.speeds[id];
    return speed && speed.tokensPerSecond > 0 ? (instructions * this.#cost) / speed.tokensPerSecond : null;
  }

  /** The model stays loaded: who tests one will use it. */
  async measure({ id, here: info }: Pick<ModelLine, 'id' | 'here'>): Promise<void> {
    if (this.job.running || this.busy.active || !info) return;
    this.model = id;
    const over = new AbortController();
    let clock: ReturnType<typeof setInterval> | undefined;
    let end: ReturnType<typeof setTimeout> | undefined;
    await this.job.run(async (signal, report) => {
      const model = await this.services.models.load(id, signal, report);
      const seeds = (await this.services.builtInSeedSets[0]?.load()) ?? [];
      signal.throwIfAborted();
      const began = performance.now();
      const show = (): void => {
        const seconds = (performance.now() - began) / 1000;
        report({ label: WORDS.speed.writing, done: Math.min(seconds, TEST_SECONDS), total: TEST_SECONDS });
      };
      clock = setInterval(show, 500);
      end = setTimeout(() => over.abort(), TEST_SECONDS * 1000);
      const speed = await measureSpeed(
        model,
        modelConfig(info, 1, 1),
        seeds,
        () => performance.now() / 1000,
        AbortSignal.any([signal, over.signal]),
      );
      signal.throwIfAborted();
      this.speeds = { ...this.speeds, [id]: speed };
      // Another tab may have measured another model meanwhile.
      await this.services.store.changeSetting(SPEEDS, (stored: unknown) => ({
        ...(isSpeeds(stored) ? stored : {}),
        [id]: speed,
      }));
    });
    clearInterval(clock);
    clearTimeout(end);
  }
}

function isSpeeds(value: unknown): value is Readonly<Record<string, ModelSpeed>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every(
      (one: unknown) => typeof (one as ModelSpeed | null)?.tokensPerSecond === 'number',
    )
  );
}
