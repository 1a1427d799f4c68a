/** All that one thread computes for a share of a batch: the frozen layers below, then loss and gradients above. */
import type { Span } from './attention';
import { HeadPass, type Prediction } from './head-pass';
import type { Kernels } from './kernels';
import { LayerPass, panelsOf } from './layer-pass';
import type { KeptPlaces, ModelPlan, ThreadPlan } from './model-plan';
import { Products, widened } from './products';
import { type BatchShare, spansOf } from './share';

/** The input of the lowest layer that learns: for each sequence [token][hiddenSize]. */
export type Boundary = readonly Float32Array<ArrayBuffer>[];

/** One thread's passes. Generators yield between layers, so that the caller can breathe or stop. */
export class SharePass {
  readonly head: HeadPass;
  readonly layers: LayerPass;
  readonly #floats: Float32Array<SharedArrayBuffer>;

  constructor(
    private readonly kernels: Kernels,
    memory: WebAssembly.Memory,
    private readonly plan: ModelPlan,
    private readonly thread: ThreadPlan,
  ) {
    this.#floats = new Float32Array(memory.buffer as unknown as SharedArrayBuffer);
    const products = new Products(kernels, plan, thread);
    this.layers = new LayerPass(kernels, this.#floats, plan, thread, products);
    this.head = new HeadPass(kernels, this.#floats, plan, thread);
  }

  /** What reaches the lowest layer that learns. */
  *below(share: BatchShare): Generator<void, Boundary> {
    const { plan, thread } = this;
    const spans = spansOf(share);
    const slot = this.#slot(0);
    this.layers.placeAngles(spans);
    this.#embed(share, spans, slot.x);
    for (let layer = 0; layer < plan.first; layer++) {
      this.layers.forward(layer, slot, thread.scratch.y, spans);
      this.#copy(thread.scratch.y, slot.x, spans);
      yield;
    }
    return this.#taken(slot.x, share, spans);
  }

  /** Adds the gradients of the mean loss; `weight` is what each prediction counts. The sum of -log p. */
  *gradients(share: BatchShare, boundary: Boundary, weight: number): Generator<void, number> {
    const { plan, thread } = this;
    const spans = spansOf(share);
    this.layers.placeAngles(spans);
    this.#put(boundary, spans, this.#slot(0).x);
    const { first, config } = plan;
    for (let layer = first; layer < config.layers; layer++) {
      const next = layer + 1 < config.layers ? this.#slot(layer + 1 - first).x : thread.scratch.y;
      this.layers.forward(layer, this.#slot(layer - first), next, spans);
      yield;
    }
    const sum = this.head.loss(thread.scratch.y, predictionsOf(share, spans), panelsOf(spans), weight);
    yield;
    for (let layer = config.layers - 1; layer >= first; layer--) {
      this.layers.backward(layer, this.#slot(layer - first), spans, layer === first);
      yield;
    }
    return sum;
  }

  /** The sum of -log p, without gradients. */
  *loss(share: BatchShare, boundary: Boundary): Generator<void, number> {
    const { plan, thread } = this;
    const spans = spansOf(share);
    const slot = this.#slot(0);
    this.layers.placeAngles(spans);
    this.#put(boundary, spans, slot.x);
    for (let layer = plan.first; layer < plan.config.layers; layer++) {
      this.layers.forward(layer, slot, thread.scratch.y, spans);
      this.#copy(thread.scratch.y, slot.x, spans);
      yield;
    }
    return this.head.loss(slot.x, predictionsOf(share, spans), panelsOf(spans), null);
  }

  /** Sets this thread's gradients to zero. */
  clearGradients(): void {
    const at = this.thread.gradients / 4;
    this.#floats.fill(0, at, at + this.plan.learned);
  }

  #slot(index: number): KeptPlaces {
    return this.thread.kept[index] as KeptPlaces;
  }

  #embed(share: BatchShare, spans: readonly Span[], x: number): void {
    const { embedding, config } = this.plan;
    const floats = this.#floats;
    const { hiddenSize } = config;
    for (const [i, { first, panels }] of spans.entries()) {
      const { tokens } = share[i] as BatchShare[number];
      for (let t = 0; t < panels * 8; t++) {
        const to = placeOf(x, first, t, hiddenSize);
        const token = tokens[t];
        if (token === undefined) {
          // What lies behind a sequence is seen by none of its tokens, but must be numbers.
          for (let f = 0; f < hiddenSize; f++) floats[to + 8 * f] = 0;
        } else {
          const row = widened(this.kernels, embedding, token, 1, this.thread.scratch.weights) / 4;
          for (let f = 0; f < hiddenSize; f++) floats[to + 8 * f] = floats[row + f] as number;
        }
      }
    }
  }

  #put(boundary: Boundary, spans: readonly Span[], x: number): void {
    const { hiddenSize } = this.plan.config;
    const floats = this.#floats;
    for (const [i, { first, panels }] of spans.entries()) {
      const rows = boundary[i] as Float32Array;
      for (let t = 0; t < panels * 8; t++) {
        const to = placeOf(x, first, t, hiddenSize);
        for (let f = 0; f < hiddenSize; f++) floats[to + 8 * f] = rows[t * hiddenSize + f] ?? 0;
      }
    }
  }

  #taken(x: number, share: BatchShare, spans: readonly Span[]): Boundary {
    const { hiddenSize } = this.plan.config;
    return spans.map(({ first }, i) => {
      const { tokens } = share[i] as BatchShare[number];
      const rows = new Float32Array(tokens.length * hiddenSize);
      for (let t = 0; t < tokens.length; t++) {
        const from = placeOf(x, first, t, hiddenSize);
        for (let f = 0; f < hiddenSize; f++) rows[t * hiddenSize + f] = this.#floats[from + 8 * f] as number;
      }
      return rows;
    });
  }

  #copy(from: number, to: number, spans: readonly Span[]): void {
    const floats = panelsOf(spans) * this.plan.config.hiddenSize * 8;
    this.#floats.copyWithin(to / 4, from / 4, from / 4 + floats);
  }
}

/** Index of a token's first feature among the floats. */
const placeOf = (x: number, firstPanel: number, token: number, hiddenSize: number): number =>
  x / 4 + (firstPanel + (token >> 3)) * hiddenSize * 8 + (token & 7);

const predictionsOf = (share: BatchShare, spans: readonly Span[]): Prediction[] =>
  share.flatMap(({ positions, targets }, i) =>
    Array.from(positions, (position, at) => ({
      place: ((spans[i] as Span).first << 3) + position,
      target: targets[at] as number,
    })),
  );
