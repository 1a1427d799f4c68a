import { safetensors as loaders } from '@jax-js/loaders';
import { openAsBlob, readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { huggingFaceFiles, type HuggingFaceModel } from './hugging-face-files';
import { readLlamaConfig } from './llama-config';
import { readSafetensors } from './safetensors';

// Millions of numbers are looked at one by one.
vi.setConfig({ testTimeout: 30_000 });

const FOLDER = 'public/models/built-in/';
const never = { signal: new AbortController().signal };
const model: HuggingFaceModel = {
  config: JSON.parse(readFileSync(`${FOLDER}config.json`, 'utf8')) as unknown,
  weights: await readSafetensors(await openAsBlob(`${FOLDER}model.safetensors`)),
  tokenizer: await openAsBlob(`${FOLDER}tokenizer.json`),
};
const same = (a: Float32Array, b: Float32Array): boolean =>
  a.length === b.length && a.every((value, i) => Object.is(value, b[i]));
const parsed = async (files: ReadonlyMap<string, Blob>, name: string): Promise<unknown> =>
  JSON.parse(await files.get(name)!.text());

describe('the folder that transformers loads', () => {
  it('holds all that it takes, and the same numbers', async () => {
    const files = await huggingFaceFiles(model, 'F32', never);
    expect([...files.keys()].sort()).toEqual([
      'config.json',
      'generation_config.json',
      'model.safetensors',
      'tokenizer.json',
      'tokenizer_config.json',
    ]);
    const config = await parsed(files, 'config.json');
    expect(config).toMatchObject({ architectures: ['LlamaForCausalLM'], torch_dtype: 'float32' });
    expect(readLlamaConfig(config)).toEqual(readLlamaConfig(model.config));
    expect(await parsed(files, 'tokenizer_config.json')).toMatchObject({
      eos_token: '<|endoftext|>',
      model_max_length: 512,
    });
    expect(await parsed(files, 'generation_config.json')).toMatchObject({ eos_token_id: 0 });
    const { tensors, metadata } = loaders.parse(
      new Uint8Array(await files.get('model.safetensors')!.arrayBuffer()),
    );
    expect(metadata).toEqual({ format: 'pt' });
    expect(Object.keys(tensors).sort()).toEqual([...model.weights.names()].sort());
    for (const [name, { shape, data, dtype }] of Object.entries(tensors)) {
      expect(dtype).toBe('F32');
      expect(shape).toEqual(model.weights.shape(name));
      expect(same(data as Float32Array, await model.weights.readTensor(name)), name).toBe(true);
    }
  });

  it('holds halves when they are wanted, or bfloats', async () => {
    for (const precision of ['F16', 'BF16'] as const) {
      const files = await huggingFaceFiles(model, precision, never);
      const weights = await readSafetensors(files.get('model.safetensors')!);
      for (const [name, { dtype }] of weights.tensors) {
        expect(dtype).toBe(precision);
        const exact = await model.weights.readTensor(name);
        const stored = await weights.readTensor(name);
        if (precision === 'F16') expect(same(stored, exact), name).toBe(true);
        // Eight bits of precision: half a unit in the last place.
        else
          expect(stored.every((value, i) => Math.abs(value - exact[i]!) <= Math.abs(exact[i]!) / 256)).toBe(
            true,
          );
      }
    }
  });

  it('is refused when its parts do not fit', async () => {
    const bad = { failure: { kind: 'bad-file' } };
    const wrong: HuggingFaceModel[] = [
      { ...model, tokenizer: new Blob(['{']) },
      { ...model, tokenizer: new Blob(['{"model":{"vocab":{"a":1}}}']) },
      { ...model, config: { ...(model.config as object), num_hidden_layers: 7 } },
      { ...model, config: null },
    ];
    for (const one of wrong) await expect(huggingFaceFiles(one, 'F16', never)).rejects.toMatchObject(bad);
  });
});
