/** The end of a model: last norm, output matrix and loss, for the predictions of a share that count, and their gradients. */
import type { Kernels } from './kernels';
import { HEAD_PANELS, HEAD_ROWS, type ModelPlan, type ThreadPlan } from './model-plan';
import { EIGHT, widened } from './products';

/** A prediction that counts: the token's place among the panels' tokens, and the token that is right after it. */
export interface Prediction {
  readonly place: number;
  readonly target: number;
}

/** One thread's end of the model. */
export class HeadPass {
  constructor(
    private readonly kernels: Kernels,
    private readonly floats: Float32Array<SharedArrayBuffer>,
    private readonly plan: ModelPlan,
    private readonly thread: ThreadPlan,
  ) {}

  /**
   * The sum of -log p of what is right.
   * @param x last layer's output
   * @param weight of each prediction in the loss that is minimised; null for no gradient. With it the gradient with
   * respect to x is written to `scratch.dx`.
   */
  loss(x: number, predictions: readonly Prediction[], panels: number, weight: number | null): number {
    const { floats, plan, thread } = this;
    const { dx } = thread.scratch;
    if (weight !== null) floats.fill(0, dx / 4, dx / 4 + panels * plan.config.hiddenSize * 8);
    let sum = 0;
    const most = HEAD_PANELS * 8;
    for (let at = 0; at < predictions.length; at += most) {
      sum += this.#piece(x, predictions.slice(at, at + most), weight);
    }
    return sum;
  }

  /** Logits of at most `HEAD_PANELS * 8` places, [panel][vocabulary][8] at `scratch.logits`. */
  logits(x: number, places: readonly number[]): void {
    const { kernels: k, plan, thread } = this;
    const { hiddenSize, vocabSize, normEps } = plan.config;
    const s = thread.scratch;
    const panels = Math.ceil(places.length / 8);
    this.#move(x, s.picked, places, false);
    k.rmsNorm(s.picked, plan.norm, s.normed, hiddenSize, panels, normEps);
    this.#rows((from, rows, w) => {
      const y = s.logits + from * EIGHT;
      const wide = hiddenSize * EIGHT;
      k.multiply(w, 4 * hiddenSize, s.normed, wide, y, vocabSize * EIGHT, rows, hiddenSize, panels, 0);
    });
  }

  #piece(x: number, predictions: readonly Prediction[], weight: number | null): number {
    const { kernels: k, floats, plan, thread } = this;
    const { hiddenSize, vocabSize, normEps } = plan.config;
    const s = thread.scratch;
    const places = predictions.map(({ place }) => place);
    const panels = Math.ceil(places.length / 8);
    this.logits(x, places);
    const logitAt = (i: number, token: number): number =>
      s.logits / 4 + ((i >> 3) * vocabSize + token) * 8 + (i & 7);
    const right = predictions.map(({ target }, i) => floats[logitAt(i, target)] as number);
    let sum = 0;
    for (let panel = 0; panel < panels; panel++) {
      const logits = s.logits + panel * vocabSize * EIGHT;
      k.exponentials(logits, vocabSize, s.tops);
      const factors = new Float32Array(8);
      for (let lane = 0; lane < 8; lane++) {
        const i = panel * 8 + lane;
        if (i >= predictions.length) continue;
        const top = floats[s.tops / 4 + lane] as number;
        const total = floats[s.tops / 4 + 8 + lane] as number;
        sum += Math.log(total) + top - (right[i] as number);
        factors[lane] = (weight ?? 0) / total;
      }
      if (weight === null) continue;
      floats.set(factors, s.tops / 4);
      k.scaleTokens(logits, vocabSize, s.tops);
    }
    if (weight === null) return sum;
    for (const [i, { target }] of predictions.entries()) {
      const at = logitAt(i, target);
      floats[at] = (floats[at] as number) - weight;
    }
    // `normed` is free again: it takes the gradient of the norm's output.
    const wide = hiddenSize * EIGHT;
    this.#rows((from, rows, w) => {
      const dy = s.logits + from * EIGHT;
      const add = from > 0 ? 1 : 0;
      k.multiplyTransposed(
        ...([
          w,
          4 * hiddenSize,
          dy,
          vocabSize * EIGHT,
          s.normed,
          wide,
          hiddenSize,
          rows,
          panels,
          add,
        ] as const),
      );
    });
    floats.fill(0, s.pickedDx / 4, s.pickedDx / 4 + panels * hiddenSize * 8);
    k.rmsNormBack(s.picked, plan.norm, s.normed, s.pickedDx, hiddenSize, panels, normEps);
    this.#move(s.pickedDx, s.dx, places, true);
    return sum;
  }

  /** Copies tokens: from their places to the first places, or `back`. */
  #move(from: number, to: number, places: readonly number[], back: boolean): void {
    const { floats, plan } = this;
    const { hiddenSize } = plan.config;
    const start = (base: number, place: number): number =>
      base / 4 + (place >> 3) * hiddenSize * 8 + (place & 7);
    for (const [i, place] of places.entries()) {
      const source = start(from, back ? i : place);
      const target = start(to, back ? place : i);
      for (let f = 0; f < hiddenSize * 8; f += 8) floats[target + f] = floats[source + f] as number;
    }
  }

  /** The output matrix in pieces: first row, number of rows, and where they are as floats. */
  #rows(visit: (from: number, rows: number, w: number) => void): void {
    const { output } = this.plan;
    for (let from = 0; from < output.rows; from += HEAD_ROWS) {
      const rows = Math.min(HEAD_ROWS, output.rows - from);
      visit(from, rows, widened(this.kernels, output, from, rows, this.thread.scratch.weights));
    }
  }
}
