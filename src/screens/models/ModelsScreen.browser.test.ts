import '../../app.css';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import type { ModelInfo } from '../../core/models/stored-model';
import { LocalShelf } from '../../models/local-shelf';
import { OpfsModelStore } from '../../models/opfs-model-store';
import type { Services } from '../../state/services';
import { Connection } from '../../storage/connection';
import { IdbRunStore } from '../../storage/idb-run-store';
import ModelsHarness from '../../testing/ModelsHarness.svelte';
import { quietServices } from '../../testing/quiet-services';
import { deleteDatabase } from '../../testing/raw-database';
import { workOnModelFiles } from '../../workers/model-files';

const BUILT_IN_INFO: ModelInfo = {
  id: 'built-in-0.1',
  name: 'Built-in model',
  engine: 'llama.cpp',
  origin: 'built-in',
  style: 'base',
  bytes: 6_432_096,
  contextLength: 512,
  licence: null,
  hash: 'x',
};
let store: IdbRunStore;
let connection: Connection;
let models: OpfsModelStore;
let services: Services;
const saved: { name: string; bytes: number }[] = [];

const gguf = async (): Promise<File> => {
  const response = await fetch('/models/built-in/model.gguf');
  return new File([await response.blob()], 'stick.gguf');
};
const rowOf = (name: string) => page.getByRole('listitem').filter({ hasText: name });

async function choose(label: string, file: File): Promise<void> {
  await userEvent.upload(page.getByLabelText(label), file);
}

beforeEach(async () => {
  await page.viewport(1280, 1000);
  await deleteDatabase();
  const root = await navigator.storage.getDirectory();
  for await (const name of (root as unknown as { keys(): AsyncIterable<string> }).keys()) {
    await root.removeEntry(name, { recursive: true });
  }
  store = new IdbRunStore();
  connection = new Connection();
  models = new OpfsModelStore(connection, workOnModelFiles);
  saved.length = 0;
  const quiet = quietServices(store);
  services = {
    ...quiet,
    modelStore: models,
    modelShelf: () => Promise.resolve(new LocalShelf(models, store, () => 1)),
    models: {
      ...quiet.models,
      list: async () => [BUILT_IN_INFO, ...(await models.list())],
      load: () =>
        Promise.resolve({
          id: 'built-in-0.1',
          name: 'Built-in model',
          hash: 'x',
          contextLength: 512,
          device: 'here',
          parallel: 1,
          complete: async (_request, signal, listener) => {
            await new Promise((resolve) => setTimeout(resolve, 20));
            signal.throwIfAborted();
            listener?.text('word');
            return {
              text: 'word',
              finishReason: 'stop',
              promptTokens: 5,
              cachedTokens: 0,
              completionTokens: 1,
            } as const;
          },
        }),
    },
    builtInSeedSets: [
      {
        id: 'simple',
        name: 'Simple',
        note: '',
        count: 1,
        load: () =>
          Promise.resolve([
            { id: 's', name: 's', instruction: 'Name a bird.', isClassification: false, instances: [] },
          ]),
      },
    ],
    saveFile: (name, content) => void saved.push({ name, bytes: content.size }),
  };
  void render(ModelsHarness, { services });
});
afterEach(() => {
  connection.close();
  store.close();
});

describe('the Models screen', () => {
  it('says what the device has, and keeps what it cannot run apart', async () => {
    await expect.element(page.getByText('This browser has no WebGPU.')).toBeVisible();
    await expect.element(page.getByRole('heading', { name: 'Runs well here' })).toBeVisible();
    await expect.element(page.getByText('Needs more than this device has')).toBeVisible();
    await expect.element(page.getByText(/SmolLM2 360M/u).first()).not.toBeVisible();
  });

  it('takes a GGUF file, checks it, gives it out and deletes it', async () => {
    await choose('Drop a .gguf file or a zip of MLC files, or choose it', await gguf());
    const row = rowOf('Stored on this device.');
    await expect.element(row).toBeVisible();
    await expect.element(row.getByText('In use')).toBeVisible();
    const [stored] = await models.list();
    expect(stored).toMatchObject({
      engine: 'llama.cpp',
      origin: 'file',
      bytes: 6_432_096,
      source: 'stick.gguf',
    });

    await row.getByRole('button', { name: /Check files/u }).click();
    await expect.element(page.getByText('All files are as they were stored.')).toBeVisible();
    await row.getByRole('button', { name: /Save/u }).click();
    await vi.waitFor(() => expect(saved).toHaveLength(1));
    expect(saved[0]?.bytes).toBe(6_432_096);

    await row.getByRole('button', { name: /Delete/u }).click();
    await page.getByRole('button', { name: 'Delete it' }).click();
    await vi.waitFor(async () => expect(await models.list()).toEqual([]));
  });

  it('says what is wrong with a file, and keeps nothing of it', async () => {
    await choose(
      'Drop a .gguf file or a zip of MLC files, or choose it',
      new File(['no model at all'], 'photo.gguf'),
    );
    await expect.element(page.getByRole('alert')).toHaveTextContent('not a usable GGUF file');
    expect(await models.list()).toEqual([]);
    expect(await models.unfinished()).toEqual([]);
  });

  it('measures the speed and says what a run would take', { timeout: 20_000 }, async () => {
    const row = rowOf('Comes with this page.');
    await row.getByRole('button', { name: /Test speed/u }).click();
    await expect.element(page.getByText(/Writing for ten seconds/u)).toBeVisible();
    await expect.element(row.getByText(/tokens\/s/u), { timeout: 15_000 }).toBeVisible();
    await expect.element(row.getByText(/≈ .* min|≈ .* s/u)).toBeVisible();
  });
});
