/** Every architecture of the list of models loads and writes here, by a tiny file of each. */
import wasmUrl from '@wllama/wllama/esm/wasm/wllama.wasm?url';
import { afterEach, expect, it, vi } from 'vitest';
import { checkGguf } from '../models/gguf-files';
import catalogue from '../models/gguf-catalogue.json';
import { TINY_ARCHITECTURES, tinyGguf } from '../testing/tiny-gguf';
import { LlamaModel } from './llama-model';

// Each load takes seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000 });
const never = new AbortController().signal;
let model: LlamaModel | null = null;
afterEach(() => model?.dispose());

it.each(TINY_ARCHITECTURES)('%s is loaded and writes', async (architecture) => {
  const gguf = tinyGguf(architecture);
  expect(await checkGguf(gguf, 'tiny.gguf')).toMatchObject({ architecture, contextLength: 256 });
  const spec = {
    id: architecture,
    name: architecture,
    style: 'base',
    sha256: '',
    knownAnswer: null,
  } as const;
  const options = { wasmUrl: new URL(wasmUrl, location.href).href, threads: 1, parallel: 2, maxContext: 256 };
  model = new LlamaModel(spec, { gguf }, { ...options, onGpu: false });
  await model.start();
  const request = {
    ...{ prompt: 'Name three birds.', maxTokens: 8, temperature: 0, topP: 1, stop: [] },
    ...{ frequencyPenalty: 0, presencePenalty: 0, seed: 1 },
  };
  const first = await model.complete(request, never);
  expect(first.promptTokens).toBe(16);
  expect(first.completionTokens).toBeGreaterThan(0);
  const again = await model.complete(request, never);
  expect(again.text).toBe(first.text);
});

it('the list has no other', () => {
  for (const { architecture } of catalogue.models) expect(TINY_ARCHITECTURES).toContain(architecture);
});
