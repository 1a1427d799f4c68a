/** Ten seconds of real requests for a model: how fast it writes on this device, and what a run would take. */
import type { Failure } from '../../core/errors';
import { measureSpeed, type ModelSpeed, tokensPerKept } from '../../core/models/speed';
import type { Progress } from '../../core/ports';
import { modelConfig } from '../../core/presets';
import type { ModelLine } from '../../models/model-lines';
import type { RunSession } from '../../app/run/run-session.svelte';
import type { Services } from '../../app/services';
import { Job } from '../../app/job.svelte';

const TEST_SECONDS = 10;
const SPEEDS = 'model-speeds';

interface SpeedTest {
  readonly id: string;
  /** Seconds of writing so far; null while the model is loaded. */
  readonly seconds: number | null;
  /** How far the load is, once it says so. */
  readonly loading: Progress | null;
}

export class SpeedTests {
  speeds = $state.raw<Readonly<Record<string, ModelSpeed>>>({});
  test = $state.raw<SpeedTest | null>(null);
  /** Of the newest test that failed. */
  failed = $state.raw<{ readonly id: string; readonly failure: Failure } | null>(null);
  /** Answer tokens that one kept instruction costs. */
  #cost = $state(tokensPerKept([]));
  readonly #job = new Job();

  constructor(
    private readonly services: Pick<Services, 'models' | 'store' | 'builtInSeedSets'>,
    private readonly session: Pick<RunSession, 'active'>,
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

  /** Seconds for so many kept instructions at the measured speed; null before it was measured. */
  secondsFor(id: string, instructions: number): number | null {
    const speed = this.speeds[id];
    return speed && speed.tokensPerSecond > 0 ? (instructions * this.#cost) / speed.tokensPerSecond : null;
  }

  /** The model stays loaded: whoever tests one will use it. */
  async measure({ id, here: info }: Pick<ModelLine, 'id' | 'here'>): Promise<void> {
    if (this.#job.running || this.session.active || !info) return;
    this.failed = null;
    this.test = { id, seconds: null, loading: null };
    let clock: ReturnType<typeof setInterval> | undefined;
    let end: ReturnType<typeof setTimeout> | undefined;
    await this.#job.run(async (signal) => {
      const model = await this.services.models.load(id, signal, (loading) => {
        if (!signal.aborted) this.test = { id, seconds: null, loading };
      });
      const [set] = this.services.builtInSeedSets;
      const seeds = (await set?.load()) ?? [];
      signal.throwIfAborted();
      const began = performance.now();
      const written = (): number => (performance.now() - began) / 1000;
      clock = setInterval(() => (this.test = { id, seconds: written(), loading: null }), 500);
      const over = new AbortController();
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
      await this.services.store.saveSetting(SPEEDS, this.speeds);
    });
    clearInterval(clock);
    clearTimeout(end);
    this.test = null;
    const { failure } = this.#job;
    if (failure) this.failed = { id, failure };
  }
  stop(): void {
    this.#job.cancel();
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
