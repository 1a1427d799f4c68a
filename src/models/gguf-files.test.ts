import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { complaint } from '../testing/complaint';
import { checkGguf } from './gguf-files';

const builtIn = await readFile(new URL('../../public/models/built-in/model.gguf', import.meta.url));

const refusal = (file: Blob, name = 'x.gguf'): Promise<string> => complaint(checkGguf(file, name));
/** A file with text entries and no or one small tensor. */
function small(entries: Record<string, string | number>, tensors = 1): Blob {
  const bytes: number[] = [];
  const u32 = (value: number): void =>
    void bytes.push(...[0, 8, 16, 24].map((shift) => (value >>> shift) & 255));
  const u64 = (value: number): void => {
    u32(value);
    u32(0);
  };
  const text = (value: string): void => {
    const encoded = new TextEncoder().encode(value);
    u64(encoded.length);
    bytes.push(...encoded);
  };
  u32(0x46554747);
  u32(3);
  u64(tensors);
  u64(Object.keys(entries).length);
  for (const [key, value] of Object.entries(entries)) {
    text(key);
    u32(typeof value === 'string' ? 8 : 4);
    if (typeof value === 'string') text(value);
    else u32(value);
  }
  for (let i = 0; i < tensors; i++) {
    text('w');
    u32(1);
    u64(8);
    u32(0);
    u64(0);
  }
  return new Blob([Uint8Array.from(bytes), new Uint8Array(32 + 32)]);
}
const llama = { 'general.architecture': 'llama', 'tokenizer.ggml.model': 'gpt2' };

it('tells what the built-in model is', async () => {
  const facts = await checkGguf(new Blob([builtIn]), 'model.gguf');
  expect(facts).toMatchObject({ architecture: 'llama', contextLength: 512, style: 'base' });
  expect(facts.name).not.toBe('');
  expect(facts.parameters).toBeGreaterThan(1_000_000);
});

it.each([
  ['SmolLM2-360M-Instruct-Q8_0.gguf', {}, 'instruct'],
  ['gemma-3-1b-it-Q4_K_M.gguf', {}, 'instruct'],
  ['model.gguf', { 'general.name': 'TinyLlama 1.1B Chat' }, 'instruct'],
  ['Qwen3-0.6B-Base.gguf', { 'tokenizer.chat_template': '{{ x }}' }, 'base'],
  ['Qwen3-0.6B.gguf', { 'tokenizer.chat_template': '{{ x }}' }, 'instruct'],
  ['SmolLM2-360M.gguf', {}, 'base'],
  ['model.gguf', { 'general.finetune': 'Instruct' }, 'instruct'],
])('takes %s with %j for %s', async (name, entries, style) => {
  expect((await checkGguf(small({ ...llama, ...entries }), name)).style).toBe(style);
});

it('names what is wrong with a file that cannot be used', async () => {
  expect(await refusal(new Blob(['<!doctype html>']), 'page.gguf')).toContain('does not begin with "GGUF"');
  expect(await refusal(new Blob([builtIn.subarray(0, builtIn.length / 2)]))).toContain('incomplete');
  expect(await refusal(small({ ...llama, 'general.architecture': 'clip' }))).toContain('image part');
  expect(await refusal(small({ ...llama, 'general.architecture': 'nomic-bert' }))).toContain(
    'compares texts',
  );
  expect(await refusal(small({ ...llama, 'general.type': 'adapter' }))).toContain('adapter');
  expect(await refusal(small({ ...llama, 'split.count': 3 }))).toContain('one of 3 parts');
  expect(await refusal(small({ 'general.architecture': 'llama' }))).toContain('no tokenizer');
  expect(await refusal(small({ 'tokenizer.ggml.model': 'gpt2' }))).toContain('no model type');
  expect(await refusal(small(llama, 0))).toContain('no weights');
  expect(await refusal(small(llama, 2))).toContain('twice');
});
