/** The curves of one training as they grow, and the figures that follow from them. */
import type { LossPoint, TrainingEvent, TrainingRecord } from '../../core/training/training';

type StepEvent = Extract<TrainingEvent, { type: 'step' }>;
type Sample = TrainingRecord['samples'][number];

/** Steps whose mean is told as the present loss, and whose pace as the present speed. */
export const WINDOW = 10;

export interface TrainingFigures {
  readonly step: number;
  /** Mean of the last steps; null before the first. */
  readonly loss: number | null;
  readonly validationLoss: LossPoint | null;
  readonly tokensPerSecond: number | null;
  readonly secondsPerStep: number | null;
  readonly secondsLeft: number | null;
  readonly seconds: number;
  readonly tokens: number;
  readonly curve: readonly LossPoint[];
  readonly validation: readonly LossPoint[];
  readonly samples: readonly Sample[];
}

export class TrainingCurve {
  readonly #curve: LossPoint[];
  readonly #validation: LossPoint[];
  readonly #samples: Sample[];
  #recent: { readonly tokens: number; readonly seconds: number }[] = [];
  #seconds: number;
  #tokens: number;

  constructor({ curve, validation, samples, seconds, tokens }: TrainingRecord) {
    this.#curve = [...curve];
    this.#validation = [...validation];
    this.#samples = [...samples];
    this.#seconds = seconds;
    this.#tokens = tokens;
  }

  step({ step, loss, tokens, seconds }: StepEvent): void {
    this.#curve.push({ step, loss });
    this.#seconds += seconds;
    this.#tokens += tokens;
    this.#recent = [...this.#recent, { tokens, seconds }].slice(-WINDOW);
  }
  /** Asked again after a resume, a step has one value. */
  validation(point: LossPoint): void {
    replace(this.#validation, point, (one) => one.step === point.step);
  }
  sample(sample: Sample): void {
    replace(this.#samples, sample, (one) => one.step === sample.step && one.prompt === sample.prompt);
  }

  figures(steps: number): TrainingFigures {
    const last = this.#curve.slice(-WINDOW);
    const step = this.#curve.at(-1)?.step ?? 0;
    const seconds = this.#recent.reduce((sum, one) => sum + one.seconds, 0);
    const tokens = this.#recent.reduce((sum, one) => sum + one.tokens, 0);
    const pace = this.#recent.length > 0 ? seconds / this.#recent.length : null;
    return {
      step,
      loss: last.length > 0 ? last.reduce((sum, { loss }) => sum + loss, 0) / last.length : null,
      validationLoss: this.#validation.at(-1) ?? null,
      // Of one that is not being worked on: over all of it.
      tokensPerSecond:
        seconds > 0 ? tokens / seconds : this.#seconds > 0 ? this.#tokens / this.#seconds : null,
      secondsPerStep: pace,
      secondsLeft: pace === null ? null : pace * Math.max(0, steps - step),
      seconds: this.#seconds,
      tokens: this.#tokens,
      curve: [...this.#curve],
      validation: [...this.#validation],
      samples: [...this.#samples],
    };
  }

  /** The record as it is at a step whose checkpoint is written with it. */
  record(record: TrainingRecord, step: number): TrainingRecord {
    return {
      ...record,
      step,
      seconds: this.#seconds,
      tokens: this.#tokens,
      curve: this.#curve.filter((point) => point.step <= step),
      validation: this.#validation.filter((point) => point.step <= step),
      samples: this.#samples.filter((sample) => sample.step <= step),
    };
  }
}

function replace<T>(items: T[], item: T, same: (one: T) => boolean): void {
  const at = items.findIndex(same);
  if (at === -1) items.push(item);
  else items[at] = item;
}
