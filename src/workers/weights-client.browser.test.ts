import { describe, expect, it } from 'vitest';
import { randomBase } from '../testing/base-weights';
import type { WeightsForm } from '../models/weights-writer';
import { readSafetensors } from '../weights/safetensors';
import { writeInWorker } from './weights-client';

const never = (): AbortSignal => new AbortController().signal;
const MODEL = { name: 'Tiny', base: randomBase() };
const write = (form: WeightsForm, told: (done: number) => void = () => undefined) =>
  writeInWorker.write(MODEL, form, never(), ({ done }) => told(done));

describe('weights written off the page', () => {
  it('are a GGUF file in both precisions, with progress on the way', async () => {
    const told: number[] = [];
    const [half, whole] = await Promise.all([
      write({ kind: 'gguf', precision: 'F16' }, (done) => told.push(done)),
      write({ kind: 'gguf', precision: 'F32' }),
    ]);
    const [small, large] = [half.get('model.gguf'), whole.get('model.gguf')];
    expect(new TextDecoder().decode(await small?.slice(0, 4).arrayBuffer())).toBe('GGUF');
    expect(large?.size).toBeGreaterThan(small?.size ?? Infinity);
    expect(told.length).toBeGreaterThan(5);
  });

  it('are a folder that transformers loads', async () => {
    const files = await write({ kind: 'hugging-face', precision: 'F16' });
    for (const name of ['config.json', 'tokenizer.json', 'model.safetensors'])
      expect(files.has(name)).toBe(true);
    const { tensors } = await readSafetensors(files.get('model.safetensors') ?? new Blob());
    expect(tensors.get('model.embed_tokens.weight')).toMatchObject({ dtype: 'F16', shape: [260, 8] });
  });

  it('are shards for web-llm with the tokenizer beside them', async () => {
    const files = await write({ kind: 'mlc', quantisation: 'q0f16' });
    expect([...files.keys()]).toEqual(
      expect.arrayContaining([
        'mlc-chat-config.json',
        'tensor-cache.json',
        'tokenizer.json',
        'params_shard_0.bin',
      ]),
    );
  });

  it('of files that do not fit are refused in words, and stopping ends the work', async () => {
    const foreign = { name: 'x', base: randomBase({ model_type: 'gpt2' }) };
    const form = { kind: 'gguf', precision: 'F16' } as const;
    await expect(writeInWorker.write(foreign, form, never(), () => undefined)).rejects.toMatchObject({
      failure: { kind: 'bad-file' },
    });
    const stopped = new AbortController();
    const work = writeInWorker.write(MODEL, form, stopped.signal, () => undefined);
    stopped.abort();
    await expect(work).rejects.toMatchObject({ name: 'AbortError' });
  });
});
