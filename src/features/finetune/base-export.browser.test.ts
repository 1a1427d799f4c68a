import { afterEach, beforeEach, expect, it } from 'vitest';
import type { StoredModel } from '../../core/models/stored-model';
import { IdbRunStore } from '../../storage/idb-run-store';
import { anyTraining } from '../../testing/any-training';
import { randomBase } from '../../testing/base-weights';
import { BUILT_IN_INFO, quietServices } from '../../testing/quiet-services';
import { deleteDatabase } from '../../testing/raw-database';
import { unzipTexts } from '../../testing/zip-files';
import { openLlama } from '../../weights/base-weights';
import { writeInWorker } from '../../workers/weights-client';
import { writeWeights } from './model-export';

const never = new AbortController().signal;
let store: IdbRunStore;
beforeEach(async () => {
  await deleteDatabase();
  store = new IdbRunStore();
});
afterEach(() => store.close());

it('the built-in base is saved whole, where an adapter looks for it, and as GGUF of the same tensors', async () => {
  const services = { ...quietServices(store), weightsWriter: writeInWorker };
  const { id, name, hash } = BUILT_IN_INFO;
  const record = { ...anyTraining('Ada'), id: 't0001', baseModel: { id, name, hash } };
  const save = (format: 'base-hugging-face' | 'base-gguf'): ReturnType<typeof writeWeights> =>
    writeWeights(services, {} as StoredModel, record, format, never, () => undefined);
  const zip = await save('base-hugging-face');
  expect(zip.name).toBe('Built-in-model.zip');
  const files = await unzipTexts(zip.content);
  for (const name of ['config.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json']) {
    expect(Object.keys(files)).toContain(`base-model/${name}`);
  }
  const { config } = await openLlama(randomBase());
  expect(JSON.parse(files['base-model/config.json'] ?? '')).toMatchObject({
    num_hidden_layers: config.layers,
    torch_dtype: 'float32',
  });
  expect(JSON.parse(files['base-model/tokenizer_config.json'] ?? '')).toHaveProperty('eos_token');
  const gguf = await save('base-gguf');
  expect(gguf.name).toBe('Built-in-model.gguf');
  const again = await openLlama({ gguf: gguf.content });
  expect(again.config).toMatchObject({ layers: config.layers, contextLength: config.contextLength });
});
