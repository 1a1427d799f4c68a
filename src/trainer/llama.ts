/**
 * A Llama's layers as compiled kernels, forward and backward. The backward pass is written out by hand (the gradients
 * are checked against finite differences): so it can start from what the forward pass kept, or from a forward pass done
 * again, and every matrix product reads its operands in a layout that the backends compute fast.
 *
 * Ownership: outside of `jit` every function consumes its arrays; `.ref` keeps one. Inside of a traced function nothing
 * needs to be freed. Shapes: B rows of T tokens, N = B * T, D the width, d the width of a head.
 */
import { jit, nn, numpy as np } from '@jax-js/jax';
import type { LoraTarget } from '../core/training/training';
import type { LlamaConfig } from '../weights/llama-config';
import { type Adapters, adapterName } from './lora';

/** A tensor of jax-js: each use consumes a reference, `.ref` takes another. */
export type Tensor = np.Array;
/** Matrices are [out, in], by the last part of their names in the Hugging Face layout. */
export type LayerWeights = Readonly<
  Record<LoraTarget | 'input_layernorm' | 'post_attention_layernorm', Tensor>
>;

/** Rotary positions: the cosines, and the sines with the sign of the half they belong to; both [T, 2, d / 2]. */
export interface Rotary {
  readonly [key: string]: Tensor;
  readonly cos: Tensor;
  readonly sin: Tensor;
}
/** What the backward pass needs of the forward pass. */
export interface Kept {
  readonly [key: string]: Tensor;
  /** Rotated and scaled, [B, kv, g * T, d]. */
  readonly q: Tensor;
  readonly k: Tensor;
  readonly v: Tensor;
  /** Attention, [B, kv, g * T, T]. */
  readonly p: Tensor;
  /** Attended values, [N, heads * d]. */
  readonly o: Tensor;
  /** Between attention and feed-forward, [N, D]. */
  readonly mid: Tensor;
  readonly gate: Tensor;
  readonly up: Tensor;
}
/** Floats per token that `Kept` holds for one layer; attention comes on top with heads * T. */
export const keptPerToken = (c: LlamaConfig): number =>
  (2 * c.heads + 2 * c.kvHeads) * c.headSize + c.hiddenSize + 2 * c.ffnSize;

const MASKED = -1e9;

/** Cosines and sines of positions below `length`, each [length, 2, headSize / 2]; the first half of the sines is negative. */
export function rotaryTable(c: LlamaConfig, length: number): Rotary {
  const half = c.headSize / 2;
  const cos = new Float32Array(length * 2 * half);
  const sin = new Float32Array(length * 2 * half);
  for (let t = 0; t < length; t++) {
    for (let i = 0; i < half; i++) {
      const angle = t * c.ropeTheta ** (-i / half);
      const at = t * 2 * half + i;
      cos[at] = cos[at + half] = Math.cos(angle);
      sin[at + half] = Math.sin(angle);
      sin[at] = -Math.sin(angle);
    }
  }
  const shape = [length, 2, half];
  return { cos: np.array(cos, { shape }), sin: np.array(sin, { shape }) };
}

/** Turns the two halves of each head; `back` turns them back. x is [B, heads, T, d], the tables [T, 2, d / 2]. */
export function rotate(x: Tensor, { cos, sin }: Rotary, back = false): Tensor {
  const { shape } = x;
  const [length = 0, , half = 0] = cos.shape;
  const halves = x.reshape([...shape.slice(0, 2), length, 2, half]);
  const swapped = np.flip(halves.ref, 3).mul(back ? sin.ref.neg() : sin.ref);
  return halves.mul(cos.ref).add(swapped).reshape(shape);
}

const inverseLength = (x: Tensor, eps: number): Tensor =>
  np.reciprocal(np.sqrt(x.ref.mul(x).mean(-1, { keepdims: true }).add(eps)));

/** x is [N, D]. */
export const rmsNorm = (x: Tensor, weight: Tensor, eps: number): Tensor =>
  x.ref.mul(inverseLength(x, eps)).mul(weight);

/** Gradients of `rmsNorm` with respect to x and the weight. */
export function rmsNormBack(
  x: Tensor,
  weight: Tensor,
  dy: Tensor,
  eps: number,
): { readonly dx: Tensor; readonly dw: Tensor } {
  const scale = inverseLength(x.ref, eps);
  const unit = x.mul(scale.ref);
  const dunit = dy.ref.mul(weight);
  const along = dunit.ref.mul(unit.ref).mean(-1, { keepdims: true });
  return { dx: dunit.sub(unit.ref.mul(along)).mul(scale), dw: dy.mul(unit).sum(0) };
}

/** Forward and backward pass of one layer, compiled once for all layers of a shape. */
export class LlamaLayer {
  /** Only the output. */
  readonly forward;
  /** Output, and what the backward pass needs. */
  readonly forwardKeep;
  /** Gradients with respect to all weights of the layer and its input; `squares` grows by theirs. */
  readonly backwardFull;
  /** The same with respect to the adapters. */
  readonly backwardAdapters;

  /** @param adapterScale alpha / rank */
  constructor(
    private readonly c: LlamaConfig,
    private readonly adapterScale: number,
  ) {
    this.forward = jit(
      (w: LayerWeights, a: Adapters, x: Tensor, rotary: Rotary): Tensor => this.#forward(w, a, x, rotary).y,
    );
    this.forwardKeep = jit(
      (w: LayerWeights, a: Adapters, x: Tensor, rotary: Rotary): { y: Tensor; kept: Kept } =>
        this.#forward(w, a, x, rotary),
    );
    this.backwardFull = jit(
      (w: LayerWeights, x: Tensor, kept: Kept, rotary: Rotary, dy: Tensor, squares: Tensor) =>
        this.#backward(w, {}, x, kept, rotary, dy, squares, true),
    );
    this.backwardAdapters = jit(
      (w: LayerWeights, a: Adapters, x: Tensor, kept: Kept, rotary: Rotary, dy: Tensor, squares: Tensor) =>
        this.#backward(w, a, x, kept, rotary, dy, squares, false),
    );
  }

  dispose(): void {
    for (const kernel of [this.forward, this.forwardKeep, this.backwardFull, this.backwardAdapters]) {
      kernel.dispose();
    }
  }

  /** x is [N, in]. Without consuming the weights, as all traced helpers here. */
  linear(x: Tensor, name: LoraTarget, w: LayerWeights, adapters: Adapters): Tensor {
    const down = adapters[adapterName(name, 'A')];
    const up = adapters[adapterName(name, 'B')];
    const y = np.dot(x.ref, w[name].ref.transpose());
    if (!down || !up) return y;
    const narrow = np.dot(x, down.ref.transpose());
    return y.add(np.dot(narrow, up.ref.transpose()).mul(this.adapterScale));
  }

  #linearBack(
    x: Tensor,
    name: LoraTarget,
    w: LayerWeights,
    adapters: Adapters,
    dy: Tensor,
    grads: Record<string, Tensor>,
    full: boolean,
  ): Tensor {
    const dx = np.dot(dy.ref, w[name].ref);
    if (full) {
      grads[name] = np.dot(dy.transpose(), x);
      return dx;
    }
    const down = adapters[adapterName(name, 'A')];
    const up = adapters[adapterName(name, 'B')];
    if (!down || !up) return dx;
    const scaled = dy.mul(this.adapterScale);
    const narrow = np.dot(x.ref, down.ref.transpose());
    const dnarrow = np.dot(scaled.ref, up.ref);
    grads[adapterName(name, 'B')] = np.dot(scaled.transpose(), narrow);
    grads[adapterName(name, 'A')] = np.dot(dnarrow.ref.transpose(), x);
    return dx.add(np.dot(dnarrow, down.ref));
  }

  /** [N, heads * d] to [B, heads, T, d]. */
  #split(x: Tensor, B: number, T: number): Tensor {
    const heads = (x.shape[1] ?? 0) / this.c.headSize;
    return x.reshape([B, T, heads, this.c.headSize]).transpose([0, 2, 1, 3]);
  }

  /** [B, heads, T, d] to [N, heads * d]. */
  #join(x: Tensor): Tensor {
    const [B = 0, heads = 0, T = 0, d = 0] = x.shape;
    return x.transpose([0, 2, 1, 3]).reshape([B * T, heads * d]);
  }

  #forward(w: LayerWeights, a: Adapters, input: Tensor, rotary: Rotary): { y: Tensor; kept: Kept } {
    const { heads, kvHeads, headSize: d, normEps } = this.c;
    const [B = 0, T = 0, D = 0] = input.shape;
    const perKv = heads / kvHeads;
    // Products with an unknown 1 force the result of a transposition to be written out before a matrix product:
    // fused into the product, it falls off the backends' fast path.
    const one = rotary.cos.ref.slice(0, 0, 0);
    const x = input.reshape([B * T, D]);
    const h = rmsNorm(x.ref, w.input_layernorm.ref, normEps);
    const q = rotate(this.#split(this.linear(h.ref, 'q_proj', w, a), B, T).mul(1 / Math.sqrt(d)), rotary);
    const k = rotate(this.#split(this.linear(h.ref, 'k_proj', w, a), B, T), rotary);
    const v = this.#split(this.linear(h, 'v_proj', w, a), B, T).mul(one.ref);
    const grouped = q.reshape([B, kvHeads, perKv * T, d]);
    const scores = np
      .matmul(grouped.ref, k.ref.transpose([0, 1, 3, 2]).mul(one.ref))
      .reshape([B, kvHeads, perKv, T, T]);
    const causal = np.tri(T, T, 0, { dtype: np.bool });
    const p = nn.softmax(np.where(causal, scores, MASKED), -1).reshape([B, kvHeads, perKv * T, T]);
    const o = this.#join(np.matmul(p.ref, v.ref).reshape([B, heads, T, d])).mul(one);
    const mid = x.add(this.linear(o.ref, 'o_proj', w, a));
    const h2 = rmsNorm(mid.ref, w.post_attention_layernorm.ref, normEps);
    const gate = this.linear(h2.ref, 'gate_proj', w, a);
    const up = this.linear(h2, 'up_proj', w, a);
    const y = mid.ref.add(this.linear(nn.silu(gate.ref).mul(up.ref), 'down_proj', w, a));
    return { y: y.reshape([B, T, D]), kept: { q: grouped, k, v, p, o, mid, gate, up } };
  }

  #backward(
    w: LayerWeights,
    a: Adapters,
    input: Tensor,
    kept: Kept,
    rotary: Rotary,
    output: Tensor,
    squares: Tensor,
    full: boolean,
  ): { dx: Tensor; grads: Record<string, Tensor>; squares: Tensor } {
    const { heads, kvHeads, headSize: d, normEps } = this.c;
    const [B = 0, T = 0, D = 0] = input.shape;
    const perKv = heads / kvHeads;
    const one = rotary.cos.ref.slice(0, 0, 0);
    const grads: Record<string, Tensor> = {};
    const back = (x: Tensor, name: LoraTarget, dy: Tensor): Tensor =>
      this.#linearBack(x, name, w, a, dy, grads, full);
    const { q, k, v, p, o, mid, gate, up } = kept;
    const dy = output.reshape([B * T, D]);
    const x = input.reshape([B * T, D]);

    const sigmoid = nn.sigmoid(gate.ref);
    const silu = gate.ref.mul(sigmoid.ref);
    const dact = back(silu.ref.mul(up.ref), 'down_proj', dy.ref);
    const h2 = rmsNorm(mid.ref, w.post_attention_layernorm.ref, normEps);
    const dgate = dact.ref.mul(up).mul(sigmoid.ref.mul(gate.mul(np.subtract(1, sigmoid)).add(1)));
    const dh2 = back(h2.ref, 'gate_proj', dgate).add(back(h2, 'up_proj', dact.mul(silu)));
    const lower = rmsNormBack(mid, w.post_attention_layernorm.ref, dh2, normEps);
    const dmid = dy.add(lower.dx);

    const dheads = this.#split(back(o, 'o_proj', dmid.ref), B, T).mul(one.ref);
    const dout = dheads.reshape([B, kvHeads, perKv * T, d]);
    const dv = np.matmul(p.ref.transpose([0, 1, 3, 2]), dout.ref);
    const dp = np.matmul(dout, v.transpose([0, 1, 3, 2]).mul(one.ref));
    const along = dp.ref.mul(p.ref).sum(-1, { keepdims: true });
    const ds = p.mul(dp.sub(along));
    const dq = rotate(np.matmul(ds.ref, k).reshape([B, heads, T, d]), rotary, true);
    const dk = rotate(np.matmul(ds.transpose([0, 1, 3, 2]), q), rotary, true);
    const h = rmsNorm(x.ref, w.input_layernorm.ref, normEps);
    const dh = back(h.ref, 'q_proj', this.#join(dq.mul(1 / Math.sqrt(d))).mul(one.ref))
      .add(back(h.ref, 'k_proj', this.#join(dk).mul(one.ref)))
      .add(back(h, 'v_proj', this.#join(dv).mul(one)));
    const upper = rmsNormBack(x, w.input_layernorm.ref, dh, normEps);
    if (full) {
      grads['input_layernorm'] = upper.dw;
      grads['post_attention_layernorm'] = lower.dw;
    }
    return { dx: dmid.add(upper.dx).reshape([B, T, D]), grads, squares: addSquares(squares, grads) };
  }
}

/** The running sum of squared gradients, for clipping. */
export function addSquares(squares: Tensor, grads: Readonly<Record<string, Tensor>>): Tensor {
  let sum = squares;
  for (const grad of Object.values(grads)) sum = sum.add(grad.ref.mul(grad.ref).sum());
  return sum;
}
