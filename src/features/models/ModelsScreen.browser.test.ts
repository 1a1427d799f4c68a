import '../../app.css';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import type { DeviceReport } from '../../core/models/device-report';
import { GGUF_FILE, type StoredModel } from '../../core/models/stored-model';
import { LocalModelLibrary } from '../../models/local-model-library';
import { Mirror } from '../../models/mirror';
import type { FetchableModel, ModelLibrary } from '../../models/model-library';
import { OpfsModelStore, type UnfinishedModel } from '../../models/opfs-model-store';
import type { Services } from '../../app/services';
import { Connection } from '../../storage/connection';
import { IdbRunStore } from '../../storage/idb-run-store';
import { gpuFacts } from '../../testing/gpu-facts';
import { AppState } from '../../app/app-state.svelte';
import ModelsScreen from './ModelsScreen.svelte';
import InApp from '../../testing/InApp.svelte';
import { PLAIN_DEVICE } from '../../testing/plain-device';
import { BUILT_IN_INFO, quietServices } from '../../testing/quiet-services';
import { deleteDatabase } from '../../testing/raw-database';
import { storedGguf } from '../../testing/stored-gguf';
import { zipOf } from '../../testing/zip-files';
import { adapterConfig, adapterTensors } from '../../weights/adapter';
import { openLlama } from '../../weights/base-weights';
import { writeSafetensors } from '../../weights/safetensors';
import { workOnModelFiles } from '../../workers/model-file-client';
import GpuOffer from '../start/GpuOffer.svelte';

/** Offered where there is a GPU. */
const LLAMA: FetchableModel = {
  id: 'Llama',
  name: 'Llama 1B',
  engine: 'web-llm',
  style: 'instruct',
  parameters: 1.2e9,
  bytes: 695_000_000,
  gpuBytes: 879_000_000,
  halfPrecision: false,
  contextLength: 4096,
  licence: 'Llama 3.2 Community License',
  why: null,
  from: 'hub',
  source: null,
  loaded: null,
  languages: ['en', 'de'],
  finetunable: null,
};
const GPU_DEVICE: DeviceReport = {
  ...PLAIN_DEVICE,
  webGpu: true,
  gpu: gpuFacts({ name: 'a laptop' }),
};
/** A library whose download stands where the test leaves it. */
class SlowLibrary {
  begun: UnfinishedModel[] = [];
  fetches = 0;
  discarded: string[] = [];
  readonly library: ModelLibrary;

  constructor(library: ModelLibrary) {
    this.library = {
      ...library,
      offered: () => Promise.resolve([LLAMA, { ...LLAMA, id: 'Tiny', name: 'Tiny 100M', parameters: 1e8 }]),
      sizeOfOffered: () => Promise.resolve(700_000_000),
      sizeOf: () => Promise.resolve(80_000_000),
      fetchOffered: (id, signal, tell) => this.#fetch(id, id, signal, tell),
      fetchFile: (url, signal, tell) => this.#fetch(`fetch ${url}`, url, signal, tell),
      unfinished: () => Promise.resolve([...this.begun]),
      discard: (key) => {
        this.discarded.push(key);
        this.begun = this.begun.filter((model) => model.key !== key);
        return Promise.resolve();
      },
      leftovers: () => Promise.resolve([]),
    };
  }

  #fetch(
    key: string,
    source: string,
    signal: AbortSignal,
    tell: Parameters<ModelLibrary['fetchOffered']>[2],
  ): Promise<StoredModel> {
    this.fetches++;
    this.begun = [{ key, source, bytes: 350_000_000 }];
    // Told again and again, as bytes come.
    const timer = setInterval(() => tell({ label: key, done: 350_000_000, total: 700_000_000 }), 50);
    return new Promise((_, reject) =>
      signal.addEventListener('abort', () => {
        clearInterval(timer);
        reject(new DOMException('Stopped', 'AbortError'));
      }),
    );
  }
}
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
    modelLibrary: () =>
      Promise.resolve(new LocalModelLibrary(models, store, new Mirror('/models/'), () => 1)),
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
});
afterEach(() => {
  connection.close();
  store.close();
});

const appWith = (more: Partial<Services>): AppState => new AppState({ ...services, ...more });
const visit = async (more: Partial<Services> = {}, app = appWith(more)) =>
  render(InApp, { app, Screen: ModelsScreen });
async function slowly(): Promise<{ slow: SlowLibrary; more: Partial<Services> }> {
  const slow = new SlowLibrary(await services.modelLibrary());
  return {
    slow,
    more: {
      modelLibrary: () => Promise.resolve(slow.library),
      deviceReport: () => Promise.resolve(GPU_DEVICE),
    },
  };
}

describe('the Models screen', () => {
  it('says what the device has, and keeps what it cannot run apart', async () => {
    await visit();
    await expect.element(page.getByText('This device has what the model needs.')).toBeVisible();
    await expect.element(page.getByText('This browser has no WebGPU.')).not.toBeVisible();
    await page.getByText('This device has what the model needs.').click();
    await expect.element(page.getByText('This browser has no WebGPU.')).toBeVisible();
    await expect.element(page.getByRole('heading', { name: 'Runs well here' })).toBeVisible();
    await expect.element(page.getByText('Needs more than this device has')).toBeVisible();
    await expect.element(page.getByText(/SmolLM2 360M/u).first()).not.toBeVisible();
  });

  it('takes a GGUF file, checks it, gives it out and deletes it', async () => {
    await visit();
    await choose('Drop a .gguf file or the zip of a model or adapter, or choose one', await gguf());
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

    await row.getByRole('button', { name: /Verify files/u }).click();
    await expect.element(page.getByText('All files are intact.')).toBeVisible();
    await row.getByRole('button', { name: /Save/u }).click();
    await expect.poll(() => saved).toHaveLength(1);
    expect(saved[0]?.bytes).toBe(6_432_096);

    await row.getByRole('button', { name: /Delete/u }).click();
    await page.getByRole('button', { name: 'Delete it' }).click();
    await expect.poll(async () => await models.list()).toEqual([]);
  });

  it('takes the zip of an adapter for a model that is here', async () => {
    const base = await storedGguf(models, 'base', 'A tiny base');
    const { config } = await openLlama({ gguf: await models.file('base', GGUF_FILE) });
    const lora = { kind: 'lora', rank: 2, alpha: 4, targets: ['q_proj'] } as const;
    const weights = writeSafetensors(
      [...adapterTensors(config, lora)].map(([name, shape]) => {
        const bytes = new Uint8Array(4 * shape.reduce((a, b) => a * b, 1));
        return { name, shape, dtype: 'F32' as const, bytes };
      }),
    );
    const settings = adapterConfig(lora, './base-model', config.layers);
    const files = { 'tuned/adapter_config.json': settings, 'tuned/adapter_model.safetensors': weights };
    await visit();
    const drop = 'Drop a .gguf file or the zip of a model or adapter, or choose one';
    await choose(drop, await zipOf(files, 'tuned.zip'));
    await expect.element(page.getByText('tuned', { exact: true }).first()).toBeVisible();
    const adapter = (await models.list()).find(({ name }) => name === 'tuned');
    expect(adapter).toMatchObject({ origin: 'file', adapter: { base: { hash: base.hash }, scale: 2 } });
  });

  it('says what is wrong with a file, and keeps nothing of it', async () => {
    await visit();
    await choose(
      'Drop a .gguf file or the zip of a model or adapter, or choose one',
      new File(['no model at all'], 'photo.gguf'),
    );
    await expect.element(page.getByRole('alert')).toHaveTextContent('not a usable GGUF file');
    expect(await models.list()).toEqual([]);
    expect(await models.unfinished()).toEqual([]);
  });

  it('measures the speed and says what a run would take', { timeout: 20_000 }, async () => {
    await visit();
    const row = rowOf('Comes with this page.');
    await row.getByRole('button', { name: /Test speed/u }).click();
    await expect.element(page.getByText(/Writing for ten seconds/u)).toBeVisible();
    // Another tab measures another model meanwhile.
    const other = { tokensPerSecond: 3, firstTokenSeconds: 1, tokens: 30, seconds: 10 };
    await store.saveSetting('model-speeds', { other });
    await expect.element(row.getByText(/tokens\/s/u), { timeout: 15_000 }).toBeVisible();
    await expect.element(row.getByText(/≈ .* min|≈ .* s/u)).toBeVisible();
    await expect
      .poll(() => store.setting('model-speeds'))
      .toEqual({ other, 'built-in': expect.anything() as unknown });
  });

  it('recommends the best for this device, asks before it downloads, pauses, resumes and cancels', async () => {
    const { slow, more } = await slowly();
    await visit(more);
    const row = rowOf('Llama 1B');
    await expect.element(row.getByText('Recommended')).toBeVisible();
    await expect.element(row.getByText('≈ 695.0 MB')).toBeVisible();
    await expect.element(rowOf('Tiny 100M').getByText('Recommended')).not.toBeInTheDocument();
    await row.getByRole('button', { name: /^Download/u }).click();
    await expect.element(row.getByText(/700\.0 MB to download/u)).toBeVisible();
    expect(slow.fetches).toBe(0);
    await row.getByRole('button', { name: 'Download 700.0 MB' }).click();
    await expect.element(row.getByText(/350\.0 MB of 700\.0 MB, .*\/s, .* left/u)).toBeVisible();

    await row.getByRole('button', { name: /Pause/u }).click();
    await expect.element(row.getByText(/350\.0 MB are here/u)).toBeVisible();
    await row.getByRole('button', { name: /Resume/u }).click();
    await expect.element(row.getByRole('button', { name: /Pause/u })).toBeVisible();
    expect(slow.fetches).toBe(2);

    await row.getByRole('button', { name: /Cancel/u }).click();
    await expect.element(row.getByRole('button', { name: /^Download/u })).toBeVisible();
    expect(slow.discarded).toEqual(['Llama']);
  });

  it('names one model for this computer with the time of 100 tasks, timed by one that is here', async () => {
    const asked: string[] = [];
    const load: Services['models']['load'] = (id) => {
      asked.push(id);
      return Promise.resolve({
        ...{ id, name: 'Built-in model', hash: 'x', contextLength: 512, device: 'here', parallel: 1 },
        complete: async ({ maxTokens }, _signal, listener) => {
          listener?.text('word');
          await new Promise((resolve) => setTimeout(resolve, 20));
          const counts = { promptTokens: 90, cachedTokens: 0, completionTokens: maxTokens };
          return { text: 'word', finishReason: 'length', ...counts };
        },
      });
    };
    await visit({ models: { ...services.models, load } });
    const card = page.getByRole('region', { name: 'For this computer' });
    await expect.element(card.getByText('SmolLM2-135M-Instruct')).toBeVisible();
    await expect.element(card.getByText('Speaks English.')).toBeVisible();
    await expect.element(card.getByText(/^About .* for 100 tasks on this device/u)).toBeVisible();
    await expect
      .element(card.getByText('Estimated: Built-in model was asked for 30 tokens here.'))
      .toBeVisible();
    await expect.element(card.getByRole('button', { name: 'Fetch 98.4 MB and use it' })).toBeVisible();
    expect(asked).toEqual(['built-in']);
    // Others have their time as well, and it is kept for the next visit.
    await expect.element(rowOf('Granite 4.0 350M base').getByText(/≈ .*, estimated/u)).toBeVisible();
    await expect.poll(() => store.setting('computer-probe')).toMatchObject({ name: 'Built-in model' });
    await expect.element(rowOf('SmolLM2-135M-Instruct').getByText('Beside this page')).toBeVisible();
    await expect.element(rowOf('SmolLM2-135M-Instruct').getByText('Not tried by us')).not.toBeInTheDocument();
    await expect.element(rowOf('Granite 4.0 350M base').getByText('Not tried by us')).toBeVisible();
  });

  it('shows unfinished downloads after a reload, and asks again before it resumes them', async () => {
    const { slow, more } = await slowly();
    slow.begun = [{ key: 'Llama', source: 'Llama', bytes: 5_000_000 }];
    await visit(more);
    const row = rowOf('Llama 1B');
    await row.getByRole('button', { name: /Resume/u }).click();
    await expect.element(row.getByText(/700\.0 MB to download\. 5\.0 MB are already here/u)).toBeVisible();
    // Not now keeps what was downloaded before.
    await row.getByRole('button', { name: 'Not now' }).click();
    await expect.element(row.getByRole('button', { name: /Resume/u })).toBeVisible();
    expect(slow.fetches).toBe(0);
    expect(slow.discarded).toEqual([]);
  });

  it('downloads a file from a URL while other screens are open, and discards it when asked', async () => {
    const { slow, more } = await slowly();
    const app = appWith(more);
    const first = await visit(more, app);
    await page.getByLabelText('Or the URL of a .gguf file').fill('https://example.org/a.gguf');
    await page.getByRole('button', { name: 'Check its size' }).click();
    await expect.element(page.getByText('80.0 MB')).toBeVisible();
    await page.getByRole('button', { name: 'Download', exact: true }).click();
    await expect.element(page.getByText(/350\.0 MB of 700\.0 MB/u)).toBeVisible();
    await first.unmount();
    await visit(more, app);
    await expect.element(page.getByText(/350\.0 MB of 700\.0 MB/u)).toBeVisible();
    await page.getByRole('button', { name: 'Pause' }).click();
    await expect.element(page.getByText(/Unfinished: https:/u)).toBeVisible();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await expect.poll(() => slow.discarded).toEqual(['fetch https://example.org/a.gguf']);
    await expect.element(page.getByText(/350\.0 MB/u)).not.toBeInTheDocument();
  });
});

describe('the offer on Start', () => {
  it('names the best model for the graphics processor with its size', async () => {
    const { more } = await slowly();
    await render(InApp, { app: appWith(more), Screen: GpuOffer });
    await expect.element(page.getByText('Llama 1B')).toBeVisible();
    await expect
      .element(page.getByText(/about 695\.0 MB to download, 879\.0 MB of GPU memory/u))
      .toBeVisible();
  });
});
