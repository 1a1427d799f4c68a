import wasmUrl from '@wllama/wllama/esm/wasm/wllama.wasm?url';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { STANDARD_HASH, STANDARD_REQUESTS, STANDARD_TEXTS } from '../testing/standard-texts';
import { LlamaModel } from './llama-model';

/** The standard model in a real worker. */
const FOLDER = `/models/${STANDARD_HASH}/`;
const never = new AbortController().signal;
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let model: LlamaModel;
beforeAll(async () => {
  const { pieces } = (await (await fetch(`${FOLDER}manifest.json`)).json()) as {
    readonly pieces: readonly { readonly sha256: string }[];
  };
  const blobs = pieces.map(async ({ sha256 }) => (await fetch(`${FOLDER}${sha256}.bin`)).blob());
  const options = { wasmUrl, threads: 1, parallel: 2, maxContext: 2048, onGpu: false };
  const spec = { id: 'standard', name: 'standard', sha256: STANDARD_HASH, knownAnswer: null };
  model = new LlamaModel(spec, { gguf: new Blob(await Promise.all(blobs)) }, options);
  await model.start();
});
afterAll(() => model.dispose());

it('writes the same text on every machine', async () => {
  const texts = STANDARD_REQUESTS.map(async (request) => (await model.complete(request, never)).text);
  expect(await Promise.all(texts)).toEqual(STANDARD_TEXTS);
});
