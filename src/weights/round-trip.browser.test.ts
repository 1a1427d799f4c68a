/**
 * Weights there and back: a model that the trainer has changed is written, llama.cpp runs the file, and both say the
 * same. The reference is the trainer's own forward pass with its adapters, in F32.
 */
import { numpy as np, tree } from '@jax-js/jax';
import { safetensors as loaders } from '@jax-js/loaders';
import { type LoadModelParams, Wllama } from '@wllama/wllama';
import wasmUrl from '@wllama/wllama/esm/wasm/wllama.wasm?url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import seeds from '../../seeds/simple_user_tasks.jsonl?raw';
import { layOut } from '../core/training/batches';
import { encodeExample } from '../core/training/encoding';
import { WllamaEngine } from '../engines/wllama/wllama-engine';
import { decodeGreedily } from '../trainer/decode';
import { startJaxOnCpu } from '../trainer/device';
import { StepRunner } from '../trainer/step';
import { ModelTokenizer } from '../trainer/tokenizer';
import { TrainableLlama } from '../trainer/trainable-llama';
import { adapterTensor } from './adapter';
import { huggingFaceFiles } from './hugging-face-files';
import { type LlamaConfig, readLlamaConfig } from './llama-config';
import { writeLlamaGguf } from './llama-gguf';
import type { LlamaWeights } from './llama-weights';
import { MergedWeights } from './merged-weights';
import { readSafetensors, type SafetensorsFile, writeSafetensors } from './safetensors';
import { readTokenizer } from './tokenizer-file';

const FOLDER = '/models/built-in/';
const NEW_TOKENS = 32;
/** As the app computes files in F32: the logarithms of probabilities are the trainer's but for the order of sums. */
const FULL = { cache_type_k: 'f32', cache_type_v: 'f32', flash_attn: false } as const;
const FULL_TOLERANCE = 2e-4;
/** As the app computes other files: keys and values are rounded to halves, and so are sums of attention. */
const HALF_TOLERANCE = 2e-2;
const lora = {
  kind: 'lora',
  rank: 4,
  alpha: 8,
  targets: ['q_proj', 'k_proj', 'v_proj', 'down_proj'],
} as const;
const never = { signal: new AbortController().signal };

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const fetched = async (name: string): Promise<Blob> => (await fetch(FOLDER + name)).blob();
interface UserTask {
  readonly instruction: string;
  readonly instances: readonly { readonly input: string; readonly output: string }[];
}
const tasks = seeds
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as UserTask);
const promptOf = ({ instruction, instances: [one] }: UserTask): string =>
  one?.input ? `${instruction}\nInput: ${one.input}\nOutput:` : `${instruction}\nOutput:`;
/** Half of them ask, half go on with a list, as the app does when it generates. */
const PROMPTS = tasks
  .slice(0, 50)
  .map((task, i) =>
    i % 2 ? promptOf(task) : `Here is a list of different tasks.\n\nTask 1: ${task.instruction}\nTask 2:`,
  );

let base: SafetensorsFile;
let config: LlamaConfig;
let tokenizerFile: Blob;
let tokenizer: ModelTokenizer;
let model: TrainableLlama;
let runner: StepRunner;
let adapter: Blob;
let merged: LlamaWeights;
let answers: number[][];

/** Trained for a few steps, so that its adapters are not those of chance. */
async function train(): Promise<void> {
  const examples = tasks
    .slice(50, 66)
    .map((task) =>
      encodeExample(
        { prompt: promptOf(task), completion: ` ${task.instances[0]?.output ?? ''}${tokenizer.endText}` },
        tokenizer,
      ),
    );
  const short = examples.filter(({ ids }) => ids.length <= 65).slice(0, 8);
  const batch = layOut({ examples: short.map((_, i) => i), length: 64 }, short.length, short);
  let first = 0;
  for (let step = 1; step <= 5; step++) {
    const { grads, loss, gradientNorm } = await runner.gradients(batch);
    await runner.update(grads, step, 5e-3, Math.min(1, 1 / gradientNorm));
    if (step === 1) first = loss;
    else if (step === 5) expect(loss).toBeLessThan(first);
  }
}

beforeAll(async () => {
  config = readLlamaConfig(JSON.parse(await (await fetched('config.json')).text()));
  base = await readSafetensors(await fetched('model.safetensors'));
  tokenizerFile = await fetched('tokenizer.json');
  tokenizer = ModelTokenizer.of(await readTokenizer(tokenizerFile), config);
  await startJaxOnCpu();
  model = await TrainableLlama.load(config, base, lora, 1);
  runner = new StepRunner(model, 0, () => Promise.resolve());
  await train();
  adapter = writeSafetensors(await model.learnedTensors());
  merged = await MergedWeights.open(base, { file: adapter, scale: lora.alpha / lora.rank });
  const limits = { maxNewTokens: NEW_TOKENS, endId: tokenizer.endId };
  const prompts = PROMPTS.map((prompt) => tokenizer.encodePrompt(prompt));
  answers = await decodeGreedily(runner, prompts, limits, () => Promise.resolve());
});
afterAll(() => {
  runner.dispose();
  model.dispose();
});

const gguf = async (weights: LlamaWeights, precision: 'F16' | 'F32'): Promise<Blob> =>
  writeLlamaGguf(
    { name: 'round trip', config, weights },
    await readTokenizer(tokenizerFile),
    precision,
    never,
  );

/** log p of each token of the answer, and how far the best one is ahead of the next, by the trainer. */
async function trainerScores(at: number): Promise<{ logProb: number; margin: number }[]> {
  const prompt = tokenizer.encodePrompt(PROMPTS[at]!);
  const ids = [...prompt, ...answers[at]!];
  const length = 64 * Math.ceil(ids.length / 64);
  const tokens = new Int32Array(length);
  tokens.set(ids);
  const positions = Int32Array.from({ length: 64 }, (_, i) => Math.min(prompt.length - 1 + i, length - 1));
  const { ends, layer } = runner;
  let x = ends.embed(model.ends.embed.ref, np.array(tokens, { shape: [1, length], dtype: np.int32 }));
  for (let i = 0; i < config.layers; i++) {
    x = layer.forward(
      tree.ref(model.layer(i)),
      tree.ref(model.adapters(i)),
      x,
      tree.ref(runner.rotary(length)),
    );
  }
  const picked = ends.pick(x, np.array(positions, { shape: [64], dtype: np.int32 }));
  const logits = await ends.logits(picked, model.ends.norm.ref, model.ends.output.ref).data();
  return answers[at]!.map((id, i) => {
    const row = logits.subarray(i * config.vocabSize, (i + 1) * config.vocabSize);
    let [best, next, sum] = [-Infinity, -Infinity, 0];
    for (const logit of row) [best, next] = logit > best ? [logit, best] : [best, Math.max(next, logit)];
    for (const logit of row) sum += Math.exp(logit - best);
    return { logProb: row[id]! - best - Math.log(sum), margin: best - next };
  });
}

interface Scored {
  readonly text: string;
  readonly ids: readonly number[];
  readonly logProbs: readonly number[];
}
/** llama.cpp without the app around it, to give it other settings and to see probabilities. */
async function withLlama<T>(
  files: Blob[],
  settings: LoadModelParams,
  use: (answer: (prompt: string) => Promise<Scored>) => Promise<T>,
): Promise<T> {
  const silent = (): void => undefined;
  const logger = { debug: silent, log: silent, warn: silent, error: silent };
  const wllama = new Wllama({ default: new URL(wasmUrl, location.href).href }, { logger });
  wllama.setCompat(null);
  await wllama.loadModel(files, {
    n_gpu_layers: 0,
    n_threads: 1,
    n_parallel: 1,
    n_ctx: 512,
    n_ubatch: 32,
    kv_unified: false,
    ...settings,
  });
  try {
    return await use(async (prompt) => {
      const request = { prompt, max_tokens: NEW_TOKENS, temperature: 0, logprobs: 1, seed: 1 };
      const { choices } = (await wllama.createCompletion(request)) as unknown as {
        choices: { text: string; logprobs: { content: { id: number; logprob: number }[] } }[];
      };
      const { text, logprobs } = choices[0]!;
      const { content } = logprobs;
      return { text, ids: content.map(({ id }) => id), logProbs: content.map(({ logprob }) => logprob) };
    });
  } finally {
    await wllama.exit();
  }
}
/**
 * The largest difference of log p over these prompts. Tokens must be the same, or the trainer's best two so near that
 * the tolerance swaps them; then the prompt counts up to there.
 */
async function worstDifference(
  prompts: readonly number[],
  files: Blob[],
  settings: LoadModelParams,
  tolerance: number,
): Promise<number> {
  return withLlama(files, settings, async (answer) => {
    let worst = 0;
    for (const at of prompts) {
      const { ids, logProbs } = await answer(PROMPTS[at]!);
      for (const [i, { logProb, margin }] of (await trainerScores(at)).entries()) {
        if (ids[i] !== answers[at]![i]) {
          expect(margin, PROMPTS[at]).toBeLessThan(2 * tolerance);
          break;
        }
        worst = Math.max(worst, Math.abs(logProb - logProbs[i]!));
      }
    }
    return worst;
  });
}
const some = PROMPTS.map((_, i) => i).filter((i) => i % 10 === 0);

describe('the merged model', () => {
  it('as GGUF F32 goes on as in the trainer: 50 prompts, 32 tokens, greedily', async () => {
    const engine = await WllamaEngine.load(await gguf(merged, 'F32'), {
      wasmUrl: new URL(wasmUrl, location.href).href,
      threads: 1,
      parallel: 4,
      maxContext: 512,
      onGpu: false,
    });
    const texts: string[] = [];
    for (let at = 0; at < PROMPTS.length; at += 4) {
      const four = PROMPTS.slice(at, at + 4).map(async (prompt) => {
        const request = { prompt, maxTokens: NEW_TOKENS, temperature: 0, topP: 1, stop: [], seed: 1 };
        const none = { frequencyPenalty: 0, presencePenalty: 0 };
        return (await engine.complete({ ...request, ...none }, never.signal, () => undefined)).text;
      });
      texts.push(...(await Promise.all(four)));
    }
    expect(texts).toEqual(answers.map((ids) => tokenizer.decode(ids)));
    expect(new Set(texts).size).toBeGreaterThan(40);
  });

  it('has the same logits, in F32 and in F16', async () => {
    const full = await worstDifference(some, [await gguf(merged, 'F32')], FULL, FULL_TOLERANCE);
    expect(full).toBeLessThan(FULL_TOLERANCE);
    const half = await worstDifference(some, [await gguf(merged, 'F16')], {}, HALF_TOLERANCE);
    expect(half).toBeLessThan(HALF_TOLERANCE);
  });

  it('is the base model plus alpha / rank times the product of the adapter', async () => {
    const learned = await readSafetensors(adapter);
    const [a, b] = await Promise.all(
      (['A', 'B'] as const).map((side) => learned.readTensor(adapterTensor(1, 'q_proj', side))),
    );
    const name = 'model.layers.1.self_attn.q_proj.weight';
    const [before, after] = [await base.readTensor(name), await merged.readTensor(name)];
    const width = config.hiddenSize;
    let moved = 0;
    for (const [i, value] of after.entries()) {
      let product = 0;
      for (let r = 0; r < lora.rank; r++) {
        product += b![Math.floor(i / width) * lora.rank + r]! * a![r * width + (i % width)]!;
      }
      moved = Math.max(moved, Math.abs(product));
      expect(Math.abs(value - before[i]! - (lora.alpha / lora.rank) * product)).toBeLessThan(1e-5);
    }
    expect(moved).toBeGreaterThan(1e-4);
  });
});

it('the built-in model written in F16 says what the shipped file says', async () => {
  const texts = (file: Blob): Promise<string[]> =>
    withLlama([file], {}, async (answer) => {
      const all: string[] = [];
      for (const at of some) all.push((await answer(PROMPTS[at]!)).text);
      return all;
    });
  expect(await texts(await gguf(base, 'F16'))).toEqual(await texts(await fetched('model.gguf')));
});

it('halves in safetensors are read by a second reader', async () => {
  const source = {
    config: JSON.parse(await (await fetched('config.json')).text()) as unknown,
    weights: merged,
  };
  const files = await huggingFaceFiles({ ...source, tokenizer: tokenizerFile }, 'F16', never);
  const { tensors } = loaders.parse(new Uint8Array(await files.get('model.safetensors')!.arrayBuffer()));
  expect(Object.keys(tensors).sort()).toEqual([...merged.names()].sort());
  for (const [name, { dtype, data, shape }] of Object.entries(tensors)) {
    expect([dtype, shape]).toEqual(['F16', merged.shape(name)]);
    const exact = await merged.readTensor(name);
    // Half a unit in the last of eleven bits, or half of the smallest number.
    const off = exact.filter((value, i) => {
      const stored = Number((data as unknown as ArrayLike<number>)[i]);
      return Math.abs(stored - value) > Math.max(Math.abs(value) * 2 ** -11, 2 ** -25);
    });
    expect(off.length, name).toBe(0);
  }
});
