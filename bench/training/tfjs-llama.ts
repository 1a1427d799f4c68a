/**
 * The same Llama and the same step of AdamW, written with TensorFlow.js as well as its WebAssembly backend allows: only
 * positions that count reach the output matrix, too, and places are gathered on the way back instead of multiplied.
 */
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import * as tf from '@tensorflow/tfjs-core';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threaded from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import type { BatchTensors } from '../../src/core/training/batches';
import { type LlamaConfig, llamaTensors } from '../../src/weights/llama-config';
import type { SafetensorsFile } from '../../src/weights/safetensors';

type Weights = Record<string, tf.Tensor>;
const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

export class TfjsLlama {
  #first: Weights;
  #second: Weights;
  #step = 0;
  readonly #tokens: tf.Tensor1D;
  readonly #positions: tf.Tensor1D;
  readonly #targets: tf.Tensor2D;
  /** For each position the row of the picked ones, one behind them where it is none. */
  readonly #places: tf.Tensor1D;
  readonly #cos: tf.Tensor;
  readonly #sin: tf.Tensor;
  readonly #mask: tf.Tensor;

  private constructor(
    private readonly c: LlamaConfig,
    private weights: Weights,
    private readonly batch: BatchTensors,
  ) {
    const { rows, length, tokens, positions, targets } = batch;
    const zeros = (): Weights =>
      Object.fromEntries(Object.entries(weights).map(([name, tensor]) => [name, tf.zerosLike(tensor)]));
    this.#first = zeros();
    this.#second = zeros();
    this.#tokens = tf.tensor1d(tokens, 'int32');
    this.#positions = tf.tensor1d(positions, 'int32');
    const hot = tf.buffer([positions.length, c.vocabSize]);
    targets.forEach((token, i) => hot.set(1, i, token));
    this.#targets = hot.toTensor() as tf.Tensor2D;
    const places = new Int32Array(rows * length).fill(positions.length);
    positions.forEach((position, i) => (places[position] = i));
    this.#places = tf.tensor1d(places, 'int32');
    const half = c.headSize / 2;
    const angle = (i: number): number =>
      Math.floor(i / c.headSize) * c.ropeTheta ** (-((i % c.headSize) % half) / half);
    const table = (of: (x: number) => number): tf.Tensor =>
      tf.tensor(
        Float32Array.from({ length: length * c.headSize }, (_, i) => of(angle(i))),
        [1, 1, length, c.headSize],
      );
    this.#cos = table(Math.cos);
    this.#sin = table(Math.sin);
    this.#mask = tf.tensor(
      Float32Array.from({ length: length * length }, (_, i) =>
        i % length > Math.floor(i / length) ? -1e9 : 0,
      ),
      [1, 1, 1, length, length],
    );
  }

  static async load(config: LlamaConfig, file: SafetensorsFile, batch: BatchTensors): Promise<TfjsLlama> {
    setWasmPaths({
      'tfjs-backend-wasm.wasm': plain,
      'tfjs-backend-wasm-simd.wasm': simd,
      'tfjs-backend-wasm-threaded-simd.wasm': threaded,
    });
    if (!(await tf.setBackend('wasm'))) throw new Error('tfjs has no WebAssembly here');
    await tf.ready();
    const weights: Weights = {};
    for (const [name, shape] of llamaTensors(config)) {
      weights[name] = tf.tensor(await file.readTensor(name), [...shape]);
    }
    return new TfjsLlama(config, weights, batch);
  }

  /** The loss before the step. */
  async step(learningRate: number, clipNorm: number): Promise<number> {
    const names = Object.keys(this.weights);
    const { value, grads } = tf.valueAndGrads((...tensors: tf.Tensor[]) =>
      this.#loss(Object.fromEntries(names.map((name, i) => [name, tensors[i] as tf.Tensor]))),
    )(names.map((name) => this.weights[name] as tf.Tensor));
    const squares = tf.tidy(() => tf.addN(grads.map((grad) => grad.square().sum())));
    const [loss = NaN] = await value.data();
    const norm = Math.sqrt((await squares.data())[0] ?? NaN);
    const shrink = Math.min(1, clipNorm / norm);
    const step = ++this.#step;
    const next: { weights: Weights; first: Weights; second: Weights } = {
      weights: {},
      first: {},
      second: {},
    };
    names.forEach((name, i) => {
      const [w, m, v] = tf.tidy((): tf.Tensor[] => {
        const grad = (grads[i] as tf.Tensor).mul(shrink);
        const first = (this.#first[name] as tf.Tensor).mul(BETA1).add(grad.mul(1 - BETA1));
        const second = (this.#second[name] as tf.Tensor).mul(BETA2).add(grad.square().mul(1 - BETA2));
        const root = second
          .div(1 - BETA2 ** step)
          .sqrt()
          .add(EPSILON);
        const change = first.div(1 - BETA1 ** step).div(root);
        return [(this.weights[name] as tf.Tensor).sub(change.mul(learningRate)), first, second];
      });
      next.weights[name] = w as tf.Tensor;
      next.first[name] = m as tf.Tensor;
      next.second[name] = v as tf.Tensor;
    });
    tf.dispose([this.weights, this.#first, this.#second, grads, value, squares]);
    this.weights = next.weights;
    this.#first = next.first;
    this.#second = next.second;
    return loss;
  }

  #rmsNorm(x: tf.Tensor, weight: tf.Tensor): tf.Tensor {
    return x.mul(x.square().mean(-1, true).add(this.c.normEps).rsqrt()).mul(weight);
  }

  #rotate(x: tf.Tensor): tf.Tensor {
    const [a, b] = tf.split(x, 2, -1) as [tf.Tensor, tf.Tensor];
    return x.mul(this.#cos).add(tf.concat([b.neg(), a], -1).mul(this.#sin));
  }

  #embed(embedding: tf.Tensor): tf.Tensor {
    const tokens = this.#tokens;
    const shape = embedding.shape as [number, number];
    return tf.customGrad((table) => ({
      value: tf.gather(table as tf.Tensor, tokens),
      // Duplicate indices are added up.
      gradFunc: (dy: tf.Tensor) => tf.scatterND(tokens.reshape([-1, 1]), dy, shape),
    }))(embedding);
  }

  #pick(x: tf.Tensor): tf.Tensor {
    return tf.customGrad((all) => ({
      value: tf.gather(all as tf.Tensor, this.#positions),
      gradFunc: (dy: tf.Tensor) =>
        tf.gather(
          dy.pad([
            [0, 1],
            [0, 0],
          ]),
          this.#places,
        ),
    }))(x);
  }

  #loss(w: Weights): tf.Scalar {
    const { c } = this;
    const { rows: B, length: T } = this.batch;
    const { heads, kvHeads, headSize: d } = c;
    const perKv = heads / kvHeads;
    const weight = (name: string): tf.Tensor => w[name] as tf.Tensor;
    const linear = (x: tf.Tensor, name: string): tf.Tensor => tf.matMul(x, weight(name), false, true);
    const split = (x: tf.Tensor, count: number): tf.Tensor =>
      x.reshape([B, T, count, d]).transpose([0, 2, 1, 3]);
    let x = this.#embed(weight('model.embed_tokens.weight'));
    for (let i = 0; i < c.layers; i++) {
      const own = `model.layers.${i}.`;
      const h = this.#rmsNorm(x, weight(`${own}input_layernorm.weight`));
      const q = this.#rotate(split(linear(h, `${own}self_attn.q_proj.weight`), heads).mul(1 / Math.sqrt(d)));
      const k = this.#rotate(split(linear(h, `${own}self_attn.k_proj.weight`), kvHeads));
      const v = split(linear(h, `${own}self_attn.v_proj.weight`), kvHeads);
      const scores = tf.matMul(q.reshape([B, kvHeads, perKv * T, d]), k, false, true);
      const p = tf.softmax(scores.reshape([B, kvHeads, perKv, T, T]).add(this.#mask));
      const o = tf.matMul(p.reshape([B, kvHeads, perKv * T, T]), v).reshape([B, heads, T, d]);
      const joined = o.transpose([0, 2, 1, 3]).reshape([B * T, heads * d]);
      const mid = x.add(linear(joined, `${own}self_attn.o_proj.weight`));
      const h2 = this.#rmsNorm(mid, weight(`${own}post_attention_layernorm.weight`));
      const gate = linear(h2, `${own}mlp.gate_proj.weight`);
      const act = gate.mul(gate.sigmoid()).mul(linear(h2, `${own}mlp.up_proj.weight`));
      x = mid.add(linear(act, `${own}mlp.down_proj.weight`));
    }
    const last = this.#rmsNorm(this.#pick(x), weight('model.norm.weight'));
    const logits = linear(last, c.tiedEmbeddings ? 'model.embed_tokens.weight' : 'lm_head.weight');
    const right = logits.mul(this.#targets).sum(-1);
    return tf.logSumExp(logits, -1).sub(right).mean();
  }
}
