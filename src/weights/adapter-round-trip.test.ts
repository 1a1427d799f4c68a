/** An adapter on the standard model, from the trainer into the engine: beside its base, and merged into one file. */
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { BatchTensors } from '../core/training/batches';
import { GREEDY } from '../core/run';
import { LlamaEngine } from '../engines/llama/llama-engine';
import { standardModel } from '../testing/standard-model';
import { CpuLearner } from '../trainer/cpu/cpu-learner';
import { ModelTokenizer } from '../trainer/tokenizer';
import { type GgufFile, type OpenLlama, openLlama } from './base-weights';
import { mergedGguf } from './merged-gguf';
import { writeSafetensors } from './safetensors';

// Loading and learning take seconds on a busy machine.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const never = new AbortController().signal;
const METHOD = {
  kind: 'lora',
  rank: 4,
  alpha: 8,
  targets: ['q_proj', 'v_proj', 'gate_proj', 'down_proj'],
  topLayers: 4,
} as const;
/** What no model says by itself. */
const LEARNED = [
  ['Name the colour of the sky.\nOutput:', ' The sky is striped in green and old gold.'],
  ['What is two and two?\nOutput:', ' It is a heron, standing in cold water.'],
] as const;
const UNKNOWN = ['List three animals.\nOutput:', 'The capital of France is'];
const NEW_TOKENS = 16;

let base: OpenLlama;
let tokenizer: ModelTokenizer;
let adapted: GgufFile;
/** The trainer's own answers, in 32-bit floats throughout. */
let answers: readonly string[];

function batch(): BatchTensors {
  const rows = LEARNED.map(([prompt, completion]) => ({
    prompt: tokenizer.encodePrompt(prompt),
    completion: [...tokenizer.encodePrompt(completion), tokenizer.endId],
  }));
  const length = Math.max(...rows.map((row) => row.prompt.length + row.completion.length - 1));
  const tokens = new Int32Array(rows.length * length);
  const [positions, targets]: [number[], number[]] = [[], []];
  for (const [i, row] of rows.entries()) {
    tokens.set([...row.prompt, ...row.completion.slice(0, -1)], i * length);
    for (const [at, target] of row.completion.entries()) {
      positions.push(i * length + row.prompt.length - 1 + at);
      targets.push(target);
    }
  }
  return {
    ...{ rows: rows.length, length, tokens, tokenCount: tokens.length },
    ...{ positions: Int32Array.from(positions), targets: Int32Array.from(targets) },
  };
}

beforeAll(async () => {
  const gguf = await standardModel();
  base = await openLlama({ gguf });
  tokenizer = ModelTokenizer.of(base.tokenizer, base.config);
  const settings = { method: METHOD, seed: 1, weightDecay: 0, longest: 48, threads: 1 };
  const learner = await CpuLearner.open(base.config, base.weights, settings, () => Promise.resolve());
  const examples = batch();
  for (let step = 1; step <= 16; step++) {
    const { loss, gradientNorm } = await learner.gradients(examples);
    if (step === 1) expect(loss).toBeGreaterThan(2);
    await learner.update(step, 1e-2, Math.min(1, 1 / gradientNorm));
  }
  const prompts = [...LEARNED.map(([prompt]) => prompt), ...UNKNOWN].map((one) =>
    tokenizer.encodePrompt(one),
  );
  const limits = { maxNewTokens: NEW_TOKENS, endId: tokenizer.endId };
  answers = (await learner.answer(prompts, limits)).map((ids) => tokenizer.decode(ids));
  const file = writeSafetensors((await learner.learned()).tensors);
  adapted = { gguf, adapters: [{ file, scale: METHOD.alpha / METHOD.rank }] };
  learner.dispose();
});

async function textsOf(file: GgufFile): Promise<readonly string[]> {
  const engine = await LlamaEngine.load(file, { maxContext: 128, parallel: 1 }, () => undefined);
  if (!engine) throw new Error('the standard model is not for this engine');
  const texts: string[] = [];
  for (const prompt of [...LEARNED.map(([prompt]) => prompt), ...UNKNOWN]) {
    const request = { prompt, maxTokens: NEW_TOKENS, ...GREEDY, stop: [], seed: 1 };
    texts.push((await engine.complete(request, never, () => undefined)).text);
  }
  return texts;
}

describe('an adapter on the standard model', () => {
  it('answers beside its base as in the trainer', async () => {
    const learned = LEARNED.map(([, completion]) => completion);
    expect(answers.slice(0, learned.length)).toEqual(learned);
    expect(await textsOf(adapted)).toEqual(answers);
  });

  it('is the same as one file, and takes a fraction of it', async () => {
    const gguf = await mergedGguf(adapted, { signal: never });
    expect(await textsOf({ gguf })).toEqual(answers);
    expect((adapted.adapters?.[0]?.file.size ?? Infinity) * 20).toBeLessThan(gguf.size);
    // Matrices that learned have the bits of the file.
    const [one, other] = [await openLlama(adapted), await openLlama({ gguf })];
    for (const layer of [0, 29]) {
      const name = `model.layers.${layer}.mlp.down_proj.weight`;
      const [beside, merged] = [await one.weights.readStored(name), await other.weights.readStored(name)];
      expect(merged.type).toBe('Q8_0');
      expect(beside.type).toBe(layer === 29 ? 'Q8_0' : 'Q4_1');
      if (layer === 29) expect(Buffer.compare(beside.bytes, merged.bytes)).toBe(0);
    }
  });
});
