/**
 * One step of training, layer by layer. jax-js is lazy and a compiled function allocates all its intermediates at once,
 * so one function for the whole step would hold everything at the same time: here each layer is submitted before the
 * next is asked. What the backward pass needs of a layer is kept when it fits, and computed again when it does not.
 */
import { blockUntilReady, jit, numpy as np, tree } from '@jax-js/jax';
import type { BatchTensors } from '../core/training/batches';
import { AdamW } from './adamw';
import { LlamaEnds, PIECE } from './head';
import { addSquares, type Kept, LlamaLayer, type Rotary, rotaryTable, type Tensor } from './llama';
import { adapterScale } from '../weights/adapter';
import type { StepResult } from './learner';
import { keepsLayers } from './memory';
import type { TrainableLlama } from './trainable-llama';

/** A batch on the device: rows of tokens, and the positions that count in pieces of one size. */
interface DeviceBatch {
  readonly tokens: Tensor;
  readonly pieces: readonly {
    readonly positions: Tensor;
    readonly places: Tensor;
    readonly targets: Tensor;
    readonly weights: Tensor;
  }[];
}

/** Submits what is pending; jax-js would hold all of it until someone reads. On WebGPU without waiting for the result. */
export async function submit(tensor: Tensor): Promise<void> {
  if (tensor.device === 'webgpu') await tensor.ref.gpuBuffer();
  else await blockUntilReady(tensor);
}

const ints = (values: Int32Array<ArrayBuffer>, shape: number[]): Tensor =>
  np.array(values, { shape, dtype: np.int32 });
const zero = (): Tensor => np.array(new Float32Array(1), { shape: [1] }).reshape([]);
const number = async (tensor: Tensor): Promise<number> => (await tensor.data())[0] as number;

/** Consumed by one pass over the model. */
function toDevice(batch: BatchTensors, weight: number): DeviceBatch {
  const { rows, length, positions, targets } = batch;
  const size = rows * length;
  const pieces: DeviceBatch['pieces'][number][] = [];
  for (let at = 0; at < positions.length; at += PIECE) {
    const count = Math.min(PIECE, positions.length - at);
    const own = new Int32Array(PIECE);
    const wanted = new Int32Array(PIECE);
    own.set(positions.subarray(at, at + count));
    wanted.set(targets.subarray(at, at + count));
    const places = new Int32Array(size).fill(PIECE);
    for (let i = 0; i < count; i++) places[own[i] as number] = i;
    pieces.push({
      positions: ints(own, [PIECE]),
      places: ints(places, [size]),
      targets: ints(wanted, [PIECE]),
      weights: np.array(new Float32Array(PIECE).fill(weight, 0, count), { shape: [PIECE] }),
    });
  }
  return { tokens: ints(batch.tokens, [rows, length]), pieces };
}

/** Computes the loss and gradients of batches, layer by layer, and updates the model. */
export class StepRunner {
  readonly layer: LlamaLayer;
  readonly ends: LlamaEnds;
  readonly #adamw: AdamW;
  readonly #addSquares = jit(addSquares);
  readonly #rotary = new Map<number, Rotary>();

  /** @param breathe is called between layers; it may throw to stop before anything was changed */
  constructor(
    readonly model: TrainableLlama,
    weightDecay: number,
    private readonly breathe: () => Promise<void>,
  ) {
    this.layer = new LlamaLayer(model.config, adapterScale(model.method));
    this.ends = new LlamaEnds(model.config);
    this.#adamw = new AdamW(weightDecay);
  }

  /** Tables of rotary positions; owned by this object. */
  rotary(length: number): Rotary {
    let table = this.#rotary.get(length);
    if (!table) this.#rotary.set(length, (table = rotaryTable(this.model.config, length)));
    return table;
  }

  /**
   * Gradients of a batch, group by group as in `model.states`. Nothing of the model is changed.
   * @returns the gradients belong to the caller
   */
  async gradients(batch: BatchTensors): Promise<StepResult & { readonly grads: Record<string, Tensor>[] }> {
    const { model, ends, layer } = this;
    const { config, full } = model;
    const rotary = this.rotary(batch.length);
    const device = toDevice(batch, 1 / Math.max(batch.positions.length, 1));
    const keep = keepsLayers(config, batch.rows, batch.length, config.layers - model.first);
    const inputs: Tensor[] = [];
    const kept: Kept[] = [];
    const grads: Record<string, Tensor>[] = [];

    let x = ends.embed(model.ends.embed.ref, device.tokens.ref);
    for (let i = 0; i < model.first; i++) {
      x = layer.forward(tree.ref(model.layer(i)), {}, x, tree.ref(rotary));
      await this.#between(x);
    }
    for (let i = model.first; i < config.layers; i++) {
      inputs[i] = x.ref;
      const own = tree.ref(model.layer(i));
      const adapters = tree.ref(model.adapters(i));
      if (keep) {
        const forward = layer.forwardKeep(own, adapters, x, tree.ref(rotary));
        x = forward.y;
        kept[i] = forward.kept;
      } else {
        x = layer.forward(own, adapters, x, tree.ref(rotary));
      }
      await this.#between(x);
    }

    const head = await this.#head(x, device);
    let dx = head.dx;
    let squares = zero();
    for (let i = config.layers - 1; i >= model.first; i--) {
      const input = inputs[i] as Tensor;
      const adapters = model.adapters(i);
      let own = kept[i];
      if (!own) {
        const again = layer.forwardKeep(
          tree.ref(model.layer(i)),
          tree.ref(adapters),
          input.ref,
          tree.ref(rotary),
        );
        again.y.dispose();
        own = again.kept;
      }
      const weights = tree.ref(model.layer(i));
      const back = full
        ? layer.backwardFull(weights, input, own, tree.ref(rotary), dx, squares)
        : layer.backwardAdapters(weights, tree.ref(adapters), input, own, tree.ref(rotary), dx, squares);
      grads[i] = back.grads;
      ({ dx, squares } = back);
      await this.#between(dx);
    }
    if (head.grads) {
      const { norm, output } = head.grads;
      const start = config.tiedEmbeddings ? output : np.zeros(model.ends.embed.shape);
      const embedding = ends.embedBack(start, dx, device.tokens);
      const own = { embed_tokens: embedding, norm, ...(config.tiedEmbeddings ? {} : { lm_head: output }) };
      squares = this.#addSquares(squares, tree.ref(own));
      grads[config.layers] = own;
    } else {
      dx.dispose();
      device.tokens.dispose();
    }
    return { loss: await number(head.loss), gradientNorm: Math.sqrt(await number(squares)), grads };
  }

  /** Consumes the gradients and changes the model. */
  async update(
    grads: Record<string, Tensor>[],
    step: number,
    learningRate: number,
    shrink: number,
  ): Promise<void> {
    const { states } = this.model;
    for (const [i, state] of states.entries()) {
      const next = this.#adamw.update(state, grads[i] ?? {}, step, learningRate, shrink);
      states[i] = next;
      for (const tensor of tree.flatten(next)[0]) await submit(tensor);
    }
  }

  /** The sum of -log p over the tokens that count, without gradients. */
  async lossSum(batch: BatchTensors): Promise<number> {
    const { model, ends } = this;
    const rotary = this.rotary(batch.length);
    const device = toDevice(batch, 1);
    let x = ends.embed(model.ends.embed.ref, device.tokens);
    for (let i = 0; i < model.config.layers; i++) {
      x = this.layer.forward(tree.ref(model.layer(i)), tree.ref(model.adapters(i)), x, tree.ref(rotary));
      await this.#between(x);
    }
    const { norm, output } = model.ends;
    let loss = zero();
    for (const { positions, places, targets, weights } of device.pieces) {
      places.dispose();
      loss = ends.loss(ends.pick(x.ref, positions), norm.ref, output.ref, targets, weights, loss);
    }
    x.dispose();
    return number(loss);
  }

  dispose(): void {
    this.layer.dispose();
    this.ends.dispose();
    this.#adamw.dispose();
    this.#addSquares.dispose();
    for (const table of this.#rotary.values()) tree.dispose(table);
    this.#rotary.clear();
  }

  async #between(x: Tensor): Promise<void> {
    await submit(x);
    await this.breathe();
  }

  /** Loss, and its gradient with respect to the last layer's output; consumes `x` and the batch's pieces. */
  async #head(
    x: Tensor,
    { pieces }: DeviceBatch,
  ): Promise<{ loss: Tensor; dx: Tensor; grads: { norm: Tensor; output: Tensor } | null }> {
    const { ends, model } = this;
    const { norm, output } = model.ends;
    let dx: Tensor = np.zeros(x.shape);
    let loss = zero();
    let grads = model.full ? { norm: np.zeros(norm.shape), output: np.zeros(output.shape) } : null;
    for (const { positions, places, targets, weights } of pieces) {
      const picked = ends.pick(x.ref, positions);
      let rows: Tensor;
      if (grads) {
        const back = ends.backwardFull(picked, norm.ref, output.ref, targets, weights, { loss, ...grads });
        rows = back.dx;
        ({ loss, ...grads } = back.sums);
      } else {
        const back = ends.backwardFrozen(picked, norm.ref, output.ref, targets, weights, loss);
        rows = back.dx;
        loss = back.loss;
      }
      dx = ends.spread(dx, rows, places);
      await this.#between(dx);
    }
    x.dispose();
    return { loss, dx, grads };
  }
}
