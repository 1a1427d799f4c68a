/**
 * Greedy completions of the model during training. Keys and values are in caches of a fixed size, so that one compilation
 * serves every token and layer; prompts are processed together, token by token, and each continues with its own answer.
 */
import { jit, nn, numpy as np, tree } from '@jax-js/jax';
import type { LlamaConfig } from '../weights/llama-config';
import type { DecodeLimits } from './learner';
import { type LayerWeights, type LlamaLayer, rmsNorm, rotate, type Tensor } from './llama';
import type { Adapters } from './lora';
import { type StepRunner, submit } from './step';

/** Keys and values of one layer, [B, kv, C, d]. */
interface Cache {
  readonly [part: string]: Tensor;
  readonly k: Tensor;
  readonly v: Tensor;
}
/** Sizes of caches are multiples of it, so that few are compiled. */
const GRAIN = 64;

/**
 * One token of each row through one layer. `place` [2, C] is 1 at the token's position in its first row, and up to there
 * in its second.
 */
const tokenStep = (c: LlamaConfig, layer: LlamaLayer) =>
  jit(
    (
      w: LayerWeights,
      a: Adapters,
      cache: Cache,
      input: Tensor,
      place: Tensor,
      cos: Tensor,
      sin: Tensor,
    ): { x: Tensor; cache: Cache } => {
      const { heads, kvHeads, headSize: d, normEps } = c;
      const [B = 0] = input.shape;
      const C = place.shape[1] as number;
      const rotary = { cos, sin };
      const h = rmsNorm(input.ref, w.input_layernorm.ref, normEps);
      const split = (x: Tensor, count: number): Tensor => x.reshape([B, count, 1, d]);
      const q = rotate(split(layer.linear(h.ref, 'q_proj', w, a), heads).mul(1 / Math.sqrt(d)), rotary);
      const here = place.ref.slice(0).reshape([1, 1, C, 1]).greater(0);
      const k = np.where(
        here.ref,
        rotate(split(layer.linear(h.ref, 'k_proj', w, a), kvHeads), rotary),
        cache.k,
      );
      const v = np.where(here, split(layer.linear(h, 'v_proj', w, a), kvHeads), cache.v);
      const grouped = q.reshape([B, kvHeads, heads / kvHeads, d]);
      const scores = np.matmul(grouped, k.ref.transpose([0, 1, 3, 2]));
      const seen = place.slice(1).reshape([1, 1, 1, C]).greater(0);
      const p = nn.softmax(np.where(seen, scores, -1e9), -1);
      const o = np.matmul(p, v.ref).reshape([B, heads * d]);
      const mid = input.add(layer.linear(o, 'o_proj', w, a));
      const h2 = rmsNorm(mid.ref, w.post_attention_layernorm.ref, normEps);
      const act = nn.silu(layer.linear(h2.ref, 'gate_proj', w, a)).mul(layer.linear(h2, 'up_proj', w, a));
      return { x: mid.add(layer.linear(act, 'down_proj', w, a)), cache: { k, v } };
    },
  );

/**
 * @param prompts token ids, at least one each
 * @param breathe is called between tokens; it may throw
 * @returns the ids of each answer
 */
export async function decodeGreedily(
  runner: StepRunner,
  prompts: readonly (readonly number[])[],
  { maxNewTokens, endId }: DecodeLimits,
  breathe: () => Promise<void>,
): Promise<number[][]> {
  const { model, ends, layer } = runner;
  const { config } = model;
  const answers = prompts.map((): number[] => []);
  const longest = Math.max(...prompts.map(({ length }) => length));
  const total = Math.min(longest + maxNewTokens, config.contextLength);
  const size = Math.min(GRAIN * Math.ceil(total / GRAIN), config.contextLength);
  const rows = prompts.length;
  const step = tokenStep(config, layer);
  const table = runner.rotary(size);
  const empty = (): Tensor => np.zeros([rows, config.kvHeads, size, config.headSize]);
  const caches: Cache[] = Array.from({ length: config.layers }, () => ({ k: empty(), v: empty() }));
  const next = Int32Array.from(prompts, ([first]) => first ?? endId);
  const done = prompts.map(() => false);
  try {
    for (let at = 0; at < total - 1 && done.includes(false); at++) {
      const place = new Float32Array(2 * size).fill(1, size, size + at + 1);
      place[at] = 1;
      const here = np.array(place, { shape: [2, size] });
      const cos = table.cos.ref.slice([at, at + 1]);
      const sin = table.sin.ref.slice([at, at + 1]);
      const tokens = np.array(next.slice(), { shape: [rows, 1], dtype: np.int32 });
      let x: Tensor = ends.embed(model.ends.embed.ref, tokens).reshape([rows, config.hiddenSize]);
      for (let i = 0; i < config.layers; i++) {
        const own = tree.ref(model.layer(i));
        const adapters = tree.ref(model.adapters(i));
        const out = step(own, adapters, caches[i] as Cache, x, here.ref, cos.ref, sin.ref);
        x = out.x;
        caches[i] = out.cache;
        await submit(x);
      }
      for (const tensor of [here, cos, sin]) tensor.dispose();
      const asked = prompts.some(({ length }, row) => at + 1 >= length && !done[row]);
      if (asked) {
        const { norm, output } = model.ends;
        const chosen = await np.argmax(ends.logits(x, norm.ref, output.ref), -1).data();
        prompts.forEach(({ length }, row) => {
          if (at + 1 < length || done[row]) return;
          const id = chosen[row] as number;
          if (id === endId) done[row] = true;
          else answers[row]?.push(id);
          if ((answers[row]?.length ?? 0) >= maxNewTokens) done[row] = true;
          next[row] = id;
        });
      } else {
        x.dispose();
      }
      prompts.forEach((ids, row) => {
        if (at + 1 < ids.length) next[row] = ids[at + 1] as number;
      });
      await breathe();
    }
  } finally {
    tree.dispose(caches);
    step.dispose();
  }
  return answers;
}
