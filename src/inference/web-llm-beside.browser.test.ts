import { afterEach, beforeEach, expect, it } from 'vitest';
import * as webLlm from '@mlc-ai/web-llm';
import { AppError } from '../core/errors';
import { LIBRARY_IMPORTS } from '../models/catalogue';
import { installBeside } from '../models/mlc-beside';
import { checkMlcFolder, storeMlcFolder } from '../models/mlc-models';
import { OpfsModelStore } from '../models/opfs-model-store';
import { Connection } from '../storage/connection';
import { randomBase } from '../testing/base-weights';
import { deleteDatabase } from '../testing/raw-database';
import { linkingLibrary } from '../testing/tiny-mlc';
import { workOnModelFiles } from '../workers/model-file-client';
import { writeInWorker } from '../workers/weights-client';

const never = new AbortController().signal;
const quiet = (): void => undefined;
let connection: Connection;
let store: OpfsModelStore;

const written = (quantisation: 'q0f32' | 'q0f16'): Promise<ReadonlyMap<string, Blob>> =>
  writeInWorker.write({ name: 'tiny', base: randomBase() }, { kind: 'mlc', quantisation }, never, quiet);

beforeEach(async () => {
  await deleteDatabase();
  connection = new Connection();
  store = new OpfsModelStore(connection, workOnModelFiles);
});
afterEach(async () => {
  connection.close();
  for (const scope of await caches.keys()) await caches.delete(scope);
});

it('a finetuned model is there for web-llm beside the library of one of its shape, and of no other', async () => {
  const folder = [...(await written('q0f32'))].map(([name, file]) => ({ name, file }));
  const library = { name: 'base-webgpu.wasm', file: linkingLibrary([...LIBRARY_IMPORTS]) };
  const base = await storeMlcFolder(
    store,
    await checkMlcFolder([...folder, library], 'base'),
    1,
    never,
    quiet,
  );

  const mine = await installBeside(store, base, await written('q0f32'), 'Mine', 2, never, quiet);
  expect(mine).toMatchObject({ name: 'Mine', engine: 'web-llm', style: 'base' });
  expect(mine.webLlm?.library).toBe(base.webLlm?.library);
  const record = {
    model_id: mine.id,
    model: mine.webLlm?.model ?? '',
    model_lib: mine.webLlm?.library ?? '',
  };
  expect(await webLlm.hasModelInCache(mine.id, { cacheBackend: 'cache', model_list: [record] })).toBe(true);

  const refused: unknown = await installBeside(
    store,
    base,
    await written('q0f16'),
    'Other',
    3,
    never,
    quiet,
  ).catch((error: unknown) => error);
  expect(refused instanceof AppError && refused.failure).toMatchObject({
    kind: 'bad-file',
    detail: expect.stringContaining('quantisation q0f16 and q0f32') as string,
  });
});
