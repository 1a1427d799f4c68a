import { beforeEach, expect, it } from 'vitest';
import type { StoredModel } from '../core/models/stored-model';
import { failureOf } from '../testing/failure-of';
import { MemoryModelStore } from '../testing/memory-model-store';
import { storedGguf } from '../testing/stored-gguf';
import { adapterConfig, adapterTensors } from '../weights/adapter';
import { openLlama } from '../weights/base-weights';
import { writeSafetensors } from '../weights/safetensors';
import { adapterOfFolder, storeAdapter } from './adapter-folder';
import { ggufOf } from './model-weights';

const never = new AbortController().signal;
const LORA = { kind: 'lora', rank: 2, alpha: 8, targets: ['q_proj', 'down_proj'] } as const;
let store: MemoryModelStore;
let base: StoredModel;
let weights: Blob;

beforeEach(async () => {
  store = new MemoryModelStore();
  base = await storedGguf(store, 'base', 'A Tiny Model');
  const { config } = await openLlama(await ggufOf(store, base));
  weights = writeSafetensors(
    [...adapterTensors(config, LORA)].map(([name, shape]) => ({
      ...{ name, shape, dtype: 'F32' as const },
      bytes: new Uint8Array(new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.5).buffer),
    })),
  );
});
const folder = (more: Readonly<Record<string, unknown>> = {}, content: Blob | null = weights) => [
  {
    name: 'x/adapter_config.json',
    file: new Blob([
      JSON.stringify({ ...(JSON.parse(adapterConfig(LORA, 'owner/a-tiny-model', 2)) as object), ...more }),
    ]),
  },
  ...(content ? [{ name: 'x/adapter_model.safetensors', file: content }] : []),
];
async function taken(more: Readonly<Record<string, unknown>> = {}, content: Blob | null = weights) {
  const found = await adapterOfFolder(folder(more, content), 'Tuned');
  if (!found) throw new Error('no adapter');
  return storeAdapter(store, found, 1, never, () => undefined);
}
async function refusal(more: Readonly<Record<string, unknown>>, content: Blob | null = weights) {
  const failure = await failureOf(taken(more, content));
  return failure.kind === 'bad-file' ? failure.detail : failure.kind;
}

it('is stored beside the base that it fits on, and computes with it', async () => {
  const model = await taken();
  expect(model).toMatchObject({ name: 'Tuned', adapter: { base: { hash: base.hash }, scale: 4 } });
  const files = await ggufOf(store, model);
  const [plain, tuned] = await Promise.all([openLlama({ gguf: files.gguf }), openLlama(files)]);
  const name = 'model.layers.1.self_attn.q_proj.weight';
  const [before, after] = await Promise.all([plain, tuned].map((one) => one.weights.readTensor(name)));
  // Two ranks of 0.5 by 0.5, times four.
  expect((after?.[3] ?? 0) - (before?.[3] ?? 0)).toBeCloseTo(2, 4);
  expect((await taken({ use_rslora: true })).adapter?.scale).toBeCloseTo(8 / Math.SQRT2);
});

it('is told by its name where several models have such matrices, else refused', async () => {
  const other = await storedGguf(store, 'other', 'Another');
  expect((await taken()).adapter?.base.name).toBe(base.name);
  expect((await taken({ base_model_name_or_path: './another' })).adapter?.base.name).toBe(other.name);
  expect(await refusal({ base_model_name_or_path: './base-model' })).toContain('A Tiny Model');
});

it('is the one that lies above its checkpoints; of several side by side none is guessed', async () => {
  const checkpoint = folder({}, new Blob(['not read'])).map(({ name, file }) => ({
    name: `x/9/${name}`,
    file,
  }));
  const found = await adapterOfFolder([...checkpoint, ...folder()], 'Tuned');
  expect(found?.file).toBe(weights);
  const beside = folder().map(({ name, file }) => ({ name: name.replace('x/', 'y/'), file }));
  const failure = await failureOf(adapterOfFolder([...beside, ...folder()], 'Tuned'));
  expect(failure).toMatchObject({
    kind: 'bad-file',
    detail: expect.stringContaining('side by side') as string,
  });
});

it('is refused with a reason when it is of another kind, damaged, or without its base', async () => {
  expect(await refusal({ use_dora: true })).toContain('use_dora');
  expect(await refusal({ peft_type: 'IA3' })).toContain('peft_type');
  expect(await refusal({ rank_pattern: { q_proj: 4 } })).toContain('rank_pattern');
  expect(await refusal({ init_lora_weights: 'pissa' })).toContain('init_lora_weights');
  expect(await refusal({ alora_invocation_tokens: [1] })).toContain('alora_invocation_tokens');
  expect(await refusal({ r: 3 })).toContain('rank');
  expect(await refusal({}, writeSafetensors([]))).toContain('rank');
  expect(await refusal({}, null)).toContain('adapter_model.safetensors');
  await store.delete('base');
  expect(await refusal({})).toContain('owner/a-tiny-model');
  expect(await store.list()).toEqual([]);
  expect(await adapterOfFolder([{ name: 'x/model.bin', file: new Blob(['x']) }], 'x')).toBe(null);
});
