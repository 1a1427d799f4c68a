/**
 * Greedy answers of a model on the CPU: up to eight prompts are the eight tokens of one panel, and all go on together,
 * token by token. Keys and values stay in lists of the answers' own.
 */
import type { Breathe, DecodeLimits } from '../learner';
import type { Kernels } from './kernels';
import type { KeptPlaces, ModelPlan, ThreadPlan } from './model-plan';
import { Products, widened } from './products';
import { HeadPass } from './head-pass';

/** Keys or values of one layer, [position][feature][prompt]. */
type Cache = Float32Array<ArrayBuffer>;

/** Answers of one thread. */
export class CpuAnswers {
  readonly #floats: Float32Array<SharedArrayBuffer>;
  readonly #products: Products;
  readonly #head: HeadPass;

  constructor(
    private readonly kernels: Kernels,
    memory: WebAssembly.Memory,
    private readonly plan: ModelPlan,
    private readonly thread: ThreadPlan,
    private readonly breathe: Breathe,
  ) {
    this.#floats = new Float32Array(memory.buffer as unknown as SharedArrayBuffer);
    this.#products = new Products(kernels, plan, thread);
    this.#head = new HeadPass(kernels, this.#floats, plan, thread);
  }

  async answer(prompts: readonly (readonly number[])[], limits: DecodeLimits): Promise<number[][]> {
    const answers: number[][] = [];
    for (let at = 0; at < prompts.length; at += 8) {
      answers.push(...(await this.#eight(prompts.slice(at, at + 8), limits)));
    }
    return answers;
  }

  async #eight(
    prompts: readonly (readonly number[])[],
    { maxNewTokens, endId }: DecodeLimits,
  ): Promise<number[][]> {
    const { config } = this.plan;
    const lanes = prompts.length;
    const longest = Math.max(...prompts.map(({ length }) => length));
    const total = Math.min(longest + maxNewTokens, config.contextLength);
    const size = total * config.kvHeads * config.headSize * lanes;
    const caches = Array.from({ length: config.layers }, () => ({
      k: new Float32Array(size),
      v: new Float32Array(size),
    }));
    const answers = prompts.map((): number[] => []);
    const done = prompts.map(() => false);
    const next = prompts.map(([first]) => first ?? endId);
    for (let at = 0; at < total - 1 && done.includes(false); at++) {
      await this.#token(next, at, caches);
      const asked = prompts.map(({ length }, lane) => at + 1 >= length && !done[lane]);
      const chosen = asked.includes(true) ? this.#likeliest(lanes) : [];
      for (const [lane, prompt] of prompts.entries()) {
        if (at + 1 < prompt.length) next[lane] = prompt[at + 1] as number;
        if (!asked[lane]) continue;
        const id = chosen[lane] as number;
        if (id === endId) done[lane] = true;
        else answers[lane]?.push(id);
        if ((answers[lane]?.length ?? 0) >= maxNewTokens) done[lane] = true;
        next[lane] = id;
      }
    }
    return answers;
  }

  /** One token of each prompt through all layers; what comes out is in `scratch.y`. */
  async #token(
    tokens: readonly number[],
    at: number,
    caches: readonly { readonly k: Cache; readonly v: Cache }[],
  ): Promise<void> {
    const { plan, thread, kernels: k } = this;
    const { config: c } = plan;
    const s = thread.scratch;
    const slot = thread.kept[0] as KeptPlaces;
    this.#angles(at);
    this.#embed(tokens, slot.x);
    for (const [layer, own] of plan.layers.entries()) {
      k.rmsNorm(slot.x, own.attentionNorm, s.h, c.hiddenSize, 1, c.normEps);
      this.#products.forward(layer, 'q_proj', s.h, slot.q, 1);
      this.#products.forward(layer, 'k_proj', s.h, slot.k, 1);
      this.#products.forward(layer, 'v_proj', s.h, slot.v, 1);
      k.rotate(slot.q, s.cos, s.sin, c.heads, c.headSize / 2, 1, 1);
      k.rotate(slot.k, s.cos, s.sin, c.kvHeads, c.headSize / 2, 1, 1);
      const cache = caches[layer] as (typeof caches)[number];
      this.#attend(slot, cache, at, tokens.length);
      this.#products.forward(layer, 'o_proj', slot.o, slot.mid, 1);
      k.add(slot.mid, slot.x, c.hiddenSize * 8);
      k.rmsNorm(slot.mid, own.feedForwardNorm, s.h, c.hiddenSize, 1, c.normEps);
      this.#products.forward(layer, 'gate_proj', s.h, slot.gate, 1);
      this.#products.forward(layer, 'up_proj', s.h, slot.up, 1);
      k.gated(slot.gate, slot.up, s.act, c.ffnSize * 8);
      this.#products.forward(layer, 'down_proj', s.act, slot.x, 1);
      k.add(slot.x, slot.mid, c.hiddenSize * 8);
      await this.breathe();
    }
  }

  #attend(
    { q, k, v, o }: Pick<KeptPlaces, 'q' | 'k' | 'v' | 'o'>,
    cache: { readonly k: Cache; readonly v: Cache },
    at: number,
    lanes: number,
  ): void {
    const floats = this.#floats;
    const { heads, kvHeads, headSize: d } = this.plan.config;
    const width = kvHeads * d;
    for (let f = 0; f < width; f++) {
      for (let lane = 0; lane < lanes; lane++) {
        cache.k[(at * width + f) * lanes + lane] = floats[k / 4 + f * 8 + lane] as number;
        cache.v[(at * width + f) * lanes + lane] = floats[v / 4 + f * 8 + lane] as number;
      }
    }
    const scale = 1 / Math.sqrt(d);
    const shares = new Float64Array(at + 1);
    for (let head = 0; head < heads; head++) {
      const own = Math.floor((head * kvHeads) / heads) * d;
      const from = head * d * 8;
      for (let lane = 0; lane < lanes; lane++) {
        let most = -Infinity;
        for (let j = 0; j <= at; j++) {
          let score = 0;
          for (let i = 0; i < d; i++) {
            score +=
              (floats[q / 4 + from + i * 8 + lane] as number) *
              (cache.k[(j * width + own + i) * lanes + lane] as number);
          }
          shares[j] = score * scale;
          most = Math.max(most, score * scale);
        }
        let sum = 0;
        for (let j = 0; j <= at; j++) sum += shares[j] = Math.exp((shares[j] as number) - most);
        for (let i = 0; i < d; i++) {
          let value = 0;
          for (let j = 0; j <= at; j++) {
            value += (shares[j] as number) * (cache.v[(j * width + own + i) * lanes + lane] as number);
          }
          floats[o / 4 + from + i * 8 + lane] = value / sum;
        }
      }
    }
  }

  #angles(at: number): void {
    const { headSize, ropeTheta } = this.plan.config;
    const { cos, sin } = this.thread.scratch;
    for (let i = 0; i < headSize / 2; i++) {
      const angle = at * ropeTheta ** (-i / (headSize / 2));
      this.#floats.fill(Math.cos(angle), cos / 4 + i * 8, cos / 4 + i * 8 + 8);
      this.#floats.fill(Math.sin(angle), sin / 4 + i * 8, sin / 4 + i * 8 + 8);
    }
  }

  #embed(tokens: readonly number[], x: number): void {
    const { embedding, config } = this.plan;
    const floats = this.#floats;
    floats.fill(0, x / 4, x / 4 + config.hiddenSize * 8);
    for (const [lane, token] of tokens.entries()) {
      const row = widened(this.kernels, embedding, token, 1, this.thread.scratch.weights) / 4;
      for (let f = 0; f < config.hiddenSize; f++) {
        floats[x / 4 + f * 8 + lane] = floats[row + f] as number;
      }
    }
  }

  #likeliest(lanes: number): number[] {
    const { scratch, kept } = this.thread;
    this.#head.logits(
      (kept[0] as KeptPlaces).x,
      Array.from({ length: lanes }, (_, lane) => lane),
    );
    const floats = this.#floats;
    return Array.from({ length: lanes }, (_, lane) => {
      let best = 0;
      let most = -Infinity;
      for (let id = 0; id < this.plan.config.vocabSize; id++) {
        const logit = floats[scratch.logits / 4 + id * 8 + lane] as number;
        if (logit > most) [best, most] = [id, logit];
      }
      return best;
    });
  }
}
