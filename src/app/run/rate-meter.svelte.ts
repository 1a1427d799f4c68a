/** Rates of a run: how fast it writes, how much it keeps, how long it will take. */
import { secondsLeft } from '../../core/pipeline/estimate';
import type { ModelCall, RunProgress } from '../../core/run';

export interface Rates {
  readonly tokensPerSecond: number | null;
  readonly keptPerMinute: number | null;
  /** A range, because the yield varies. */
  readonly secondsLeft: { readonly low: number; readonly high: number } | null;
  readonly retries: number;
}

const WINDOW_SECONDS = 20;
const ENOUGH_KEPT = 3;

export class RateMeter {
  rates = $state.raw<Rates>(unknownRates(0));
  /** Instructions kept in each minute of this stretch. */
  keptByMinute = $state.raw<readonly number[]>([]);
  #target = 0;
  #retries = 0;
  #keptBefore = 0;
  #secondsBefore = 0;
  #written: { readonly at: number; readonly tokens: number }[] = [];

  /** @param elapsed as `Services.elapsed` */
  constructor(private readonly elapsed: () => number) {}

  begin(progress: RunProgress, target: number): void {
    this.#target = target;
    this.#retries = 0;
    this.#keptBefore = progress.kept;
    this.#secondsBefore = progress.seconds;
    this.#written = [];
    this.keptByMinute = [];
    this.rates = unknownRates(0);
  }
  /** The figures of a run that this tab does not work on. @param goesOn whether another tab does */
  show(progress: RunProgress, target: number, goesOn: boolean): void {
    this.begin(progress, target);
    const tokens = Object.values(progress.stages).reduce((sum, stage) => sum + stage.completionTokens, 0);
    this.rates = {
      tokensPerSecond: progress.modelSeconds > 0 ? tokens / progress.modelSeconds : null,
      keptPerMinute: progress.seconds > 0 ? (60 * progress.kept) / progress.seconds : null,
      secondsLeft: goesOn ? secondsLeft(progress, target) : null,
      retries: 0,
    };
  }
  retried(): void {
    this.#retries++;
  }
  called(call: ModelCall): void {
    this.#written.push({ at: this.elapsed() / 1000, tokens: call.completionTokens });
  }

  update(progress: RunProgress): void {
    const now = this.elapsed() / 1000;
    this.#written = this.#written.filter(({ at }) => now - at <= WINDOW_SECONDS);
    const seconds = progress.seconds - this.#secondsBefore;
    const kept = progress.kept - this.#keptBefore;
    const tokens = this.#written.reduce((sum, entry) => sum + entry.tokens, 0);
    const minute = Math.floor(seconds / 60);
    const byMinute = Array.from({ length: minute + 1 }, (_, i) => this.keptByMinute[i] ?? 0);
    byMinute[minute] = kept - byMinute.slice(0, minute).reduce((sum, n) => sum + n, 0);
    this.keptByMinute = byMinute;
    this.rates = {
      tokensPerSecond: tokens > 0 ? tokens / Math.min(WINDOW_SECONDS, Math.max(seconds, 0.1)) : null,
      keptPerMinute: kept >= ENOUGH_KEPT && seconds > 0 ? (60 * kept) / seconds : null,
      secondsLeft: secondsLeft(progress, this.#target),
      retries: this.#retries,
    };
  }
}

const unknownRates = (retries: number): Rates => ({
  tokensPerSecond: null,
  keptPerMinute: null,
  secondsLeft: null,
  retries,
});
