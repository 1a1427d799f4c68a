import '../../app.css';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import { AppError } from '../../core/errors';
import { AppState } from '../../app/app-state.svelte';
import { IdbRunStore } from '../../storage/idb-run-store';
import { IdbTrainingStore } from '../../storage/idb-training-store';
import { axeFindings } from '../../testing/axe-findings';
import { randomBase, splitWeights } from '../../testing/base-weights';
import { manyTasks } from '../../testing/many-tasks';
import { MemoryModelStore } from '../../testing/memory-model-store';
import { type QuietServices, quietServices } from '../../testing/quiet-services';
import { deleteDatabase } from '../../testing/raw-database';
import { storeRun } from '../../testing/store-run';
import { ScriptedTrainer, type TrainerScript } from '../../testing/scripted-trainer';
import InApp from '../../testing/InApp.svelte';
import { unzipTexts } from '../../testing/zip-files';
import FinetuneScreen from './FinetuneScreen.svelte';

const HOSTILE = '<img src=x onerror="window.hacked = true">';
let store: IdbRunStore;
let trainings: IdbTrainingStore;
let models: MemoryModelStore;
let saved: { readonly name: string; readonly content: Blob } | null;
let trainer: ScriptedTrainer;

function services(script: TrainerScript = {}): QuietServices {
  trainer = new ScriptedTrainer(script);
  return {
    ...quietServices(store),
    trainings,
    trainer,
    modelStore: models,
    now: () => 1_764_000_000_000,
    saveFile: (name, content) => (saved = { name, content }),
  };
}
async function fill(): Promise<void> {
  await storeRun(store, manyTasks(1, { seeds: 10, machines: 40, rejected: 0 }));
}
async function show(script: TrainerScript = {}): Promise<void> {
  const own = services(script);
  await render(InApp, { app: new AppState(own), Screen: FinetuneScreen });
}
const button = (name: string | RegExp) => page.getByRole('button', { name }).first();
const finished = () =>
  expect.element(page.getByRole('heading', { name: /^Finished/u }), { timeout: 5_000 }).toBeVisible();
const train = async (): Promise<void> => {
  await button('Start finetuning').click();
  await finished();
};
/** Held until the test lets the step go. */
function gate(at: number): { readonly script: TrainerScript; open: () => void } {
  let open = (): void => undefined;
  const waits = new Promise<void>((resolve) => (open = resolve));
  return { script: { before: (step) => (step === at ? waits : undefined) }, open: () => open() };
}

beforeEach(async () => {
  await page.viewport(1280, 1000);
  location.hash = '#/finetune';
  await deleteDatabase();
  store = new IdbRunStore();
  trainings = new IdbTrainingStore();
  models = new MemoryModelStore();
  saved = null;
});
afterEach(() => {
  vi.restoreAllMocks();
  store.close();
  trainings.close();
});

it('says where data come from when there are none', async () => {
  await show();
  await expect.element(page.getByRole('heading', { name: 'No run yet' })).toBeVisible();
  await expect.element(page.getByRole('button', { name: 'Start finetuning' })).not.toBeInTheDocument();
});

describe('a plan', () => {
  beforeEach(fill);

  it('begins with values of the paper, and becomes the very job', async () => {
    await show();
    await expect.element(page.getByRole('radio', { name: /Built-in model/u })).toBeChecked();
    await expect.element(page.getByRole('spinbutton', { name: 'Epochs' })).toHaveValue(2);
    expect(await axeFindings()).toEqual([]);
    await page.getByRole('radio', { name: 'Machine tasks' }).click();
    await page.getByRole('combobox', { name: 'Held out' }).selectOptions('20% of the instructions');
    await page.getByRole('spinbutton', { name: 'Max examples' }).fill('12');
    await page.getByRole('radio', { name: /^LoRA/u }).click();
    await page.getByRole('spinbutton', { name: 'Rank' }).fill('4');
    await page.getByRole('checkbox', { name: 'queries' }).click();
    await page.getByRole('textbox', { name: 'Name of the new model' }).fill(HOSTILE);
    await train();
    const job = trainer.jobs.at(-1);
    expect(job?.examples).toHaveLength(12);
    expect(job?.config.method).toMatchObject({ kind: 'lora', rank: 4 });
    expect(job?.config.method.kind === 'lora' && job.config.method.targets).not.toContain('q_proj');
    const [record] = await trainings.list();
    expect(record).toMatchObject({ name: HOSTILE, data: { source: 'run', heldOutShare: 0.2, limit: 12 } });
    await expect.element(page.getByText(HOSTILE).first()).toBeVisible();
    expect('hacked' in window).toBe(false);
  });

  it('is measured before, and the promise stays beside the truth', async () => {
    await show();
    await expect.element(page.getByText(/at least .* for the weights and the optimizer/u)).toBeVisible();
    await button('Measure time and memory').click();
    await expect.element(page.getByText('600 tokens/s')).toBeVisible();
    await expect.element(page.getByText('230.0 MB')).toBeVisible();
    // Another plan was not measured.
    await page.getByRole('spinbutton', { name: 'Epochs' }).fill('3');
    await expect.element(page.getByText('600 tokens/s')).not.toBeInTheDocument();
    await page.getByRole('spinbutton', { name: 'Epochs' }).fill('2');
    await expect.element(page.getByText('600 tokens/s')).toBeVisible();
    await train();
    await expect.element(page.getByText('Estimated', { exact: true })).toBeVisible();
    expect((await trainings.list())[0]?.promised?.peakBytes).toBe(230_000_000);
  });

  it('for which there is too little memory says so, and stays', async () => {
    await show({ estimate: () => Promise.reject(new AppError({ kind: 'out-of-memory', detail: '4 GB' })) });
    await button('Measure time and memory').click();
    await expect.element(page.getByRole('alert')).toHaveTextContent(/not enough memory/u);
    await expect.element(button('Start finetuning')).toBeEnabled();
  });
});

describe('a training', () => {
  beforeEach(fill);

  it('shows curves, speed, time left and sample answers, and can be paused and resumed', async () => {
    const held = gate(7);
    await show(held.script);
    await page.getByText('More settings').click();
    await page.getByRole('spinbutton', { name: 'Sample interval' }).fill('2');
    await page.getByRole('spinbutton', { name: 'Validation interval' }).fill('3');
    await button('Start finetuning').click();
    await expect
      .element(page.getByRole('progressbar', { name: 'Steps' }))
      .toHaveAttribute('aria-valuenow', '6');
    await expect.element(page.getByText('320').first()).toBeVisible();
    await expect.element(page.getByText('an answer at step 6')).toBeVisible();
    await expect.element(page.getByText('Output in the data')).toBeVisible();
    expect(document.querySelectorAll('svg [data-value]')).toHaveLength(2);
    await expect.element(page.getByRole('table', { name: 'Loss' }).getByText('(step 6)')).toBeInTheDocument();
    expect(await axeFindings()).toEqual([]);
    await button('Pause').click();
    held.open();
    await expect.element(page.getByRole('heading', { name: /^Paused/u })).toBeVisible();
    expect((await trainings.list())[0]).toMatchObject({ status: 'paused', step: 6 });
    await button('Resume').click();
    await finished();
    await page.getByRole('button', { name: 'Save Loss as SVG' }).click();
    expect(saved?.name).toBe('t0001-loss.svg');
    expect(await saved?.content.text()).toContain('held out');
  });

  it('is discarded only after a yes', async () => {
    const held = gate(3);
    await show(held.script);
    await button('Start finetuning').click();
    await expect
      .element(page.getByRole('progressbar', { name: 'Steps' }))
      .toHaveAttribute('aria-valuenow', '2');
    await button('Discard').click();
    await button('Discard it').click();
    held.open();
    await expect.element(page.getByRole('heading', { name: 'Finetune', exact: true })).toBeVisible();
    expect(await trainings.list()).toEqual([]);
  });

  it('of which the loss became no number says why, and keeps the last good state as a model', async () => {
    await show({
      before: (step) => {
        if (step === 4)
          throw new AppError({ kind: 'training-failed', step, detail: 'the loss is no number.' });
      },
    });
    await page.getByText('More settings').click();
    await page.getByRole('spinbutton', { name: 'Checkpoint interval' }).fill('1');
    await button('Start finetuning').click();
    await expect
      .element(page.getByRole('alert'))
      .toHaveTextContent(/stopped at step 4: the loss is no number/u);
    await button('Save the model of step 3').click();
    await finished();
    expect((await trainings.list())[0]).toMatchObject({ step: 3, modelId: 'finetuned-t0001' });
  });

  it('that was interrupted is offered again', async () => {
    const own = services();
    await trainings.create({
      name: 'Half done',
      createdAt: 1,
      status: 'running',
      baseModel: { id: 'built-in', name: 'Built-in model', hash: '4775' },
      data: { source: 'run', runId: 'r0001', name: 'run 1', heldOutShare: 0, limit: null },
      counts: { training: 24, validation: 0 },
      print: 0,
      config: (await import('../../core/training/defaults')).defaultConfig('built-in', 'full'),
      promised: null,
      step: 4,
      steps: 6,
      seconds: 2,
      tokens: 640,
      curve: [{ step: 4, loss: 2 }],
      validation: [],
      samples: [],
      reason: null,
      modelId: null,
    });
    await render(InApp, { app: new AppState(own), Screen: FinetuneScreen });
    await expect
      .element(page.getByRole('heading', { name: /Half done: checkpoint at step 4 of 6/u }))
      .toBeVisible();
    await button('Resume').click();
    await expect.element(page.getByRole('alert')).toHaveTextContent(/cannot continue as it started/u);
  });
});

describe('finetuned models', () => {
  beforeEach(async () => {
    await fill();
    await show();
    await page.getByRole('radio', { name: /^LoRA/u }).click();
    await train();
  });
  const list = page.getByRole('region', { name: 'Finetuned models' });

  it('are compared and renamed', async () => {
    await expect.element(list.getByText('LoRA, rank 8, all matrices')).toBeVisible();
    await list.getByRole('button', { name: /^Rename/u }).click();
    await page.getByRole('textbox', { name: 'New name' }).fill('Ada');
    await userEvent.keyboard('{Enter}');
    await expect.element(list.getByText('Ada', { exact: true }).first()).toBeVisible();
    expect((await models.list())[0]?.name).toBe('Ada');
    expect(await axeFindings()).toEqual([]);
  });

  it('are saved as GGUF and as an adapter', async () => {
    await list.getByRole('button', { name: /^Save as/u }).click();
    await page.getByRole('button', { name: 'Save the file' }).click();
    await expect.poll(() => saved?.name).toBe('Built-in-model-on-run-1-with-seed-tasks-f16.gguf');
    expect(await axeFindings()).toEqual([]);
    await page.getByRole('radio', { name: /^Adapter only/u }).click();
    await page.getByRole('button', { name: 'Save the file' }).click();
    await expect.poll(() => saved?.name).toMatch(/-adapter\.zip$/u);
    const files = await unzipTexts(saved?.content ?? '');
    expect(Object.keys(files).map((path) => path.split('/').at(-1))).toEqual([
      'adapter_config.json',
      'adapter_model.safetensors',
    ]);
    // Where the base is unpacked that can be saved as well.
    expect(JSON.parse(Object.values(files)[0] ?? '')).toMatchObject({
      base_model_name_or_path: './base-model',
    });
    await page.getByRole('radio', { name: /^Base model, GGUF/u }).click();
    await page.getByRole('button', { name: 'Save the file' }).click();
    await expect.poll(() => saved?.name).toBe('Built-in-model.gguf');
    await page.getByRole('radio', { name: /^Repeat the finetuning elsewhere/u }).click();
    await page.getByRole('button', { name: 'Save the file' }).click();
    await expect.poll(() => saved?.name).toMatch(/-for-trainers\.zip$/u);
    const texts = Object.values(await unzipTexts(saved?.content ?? ''));
    // Model and values of this very training, and the rows that it saw.
    expect(texts.filter((text) => text.includes('./base-model')).length).toBeGreaterThanOrEqual(4);
    expect(texts.some((text) => /lora_r(ank)?: 8/u.test(text))).toBe(true);
    expect(texts.some((text) => text.includes('Output 2'))).toBe(true);
    await userEvent.keyboard('{Escape}');
    await expect.element(page.getByRole('dialog')).not.toBeInTheDocument();
  });

  it('are deleted with their files, after a yes', async () => {
    await list.getByRole('button', { name: /^Delete/u }).click();
    await page.getByRole('button', { name: 'Keep it' }).click();
    expect(await models.list()).toHaveLength(1);
    await list.getByRole('button', { name: /^Delete/u }).click();
    await page.getByRole('button', { name: 'Delete it' }).click();
    await expect.poll(async () => [await models.list(), await trainings.list()]).toEqual([[], []]);
    await expect.element(list).not.toBeInTheDocument();
  });
});

describe('another base model', () => {
  beforeEach(fill);
  const named = (blob: Blob, name: string): File => new File([blob], name);
  /** A hub that gives these files, and the requests that it got. */
  function hubOf(files: Readonly<Record<string, Blob>>): string[] {
    const asked: string[] = [];
    vi.spyOn(window, 'fetch').mockImplementation((input, init) => {
      const url = input instanceof Request ? input.url : String(input);
      asked.push(`${init?.method ?? 'GET'} ${url}`);
      const file = files[url.split('/').at(-1) ?? ''];
      if (!file) return Promise.resolve(new Response('not found', { status: 404 }));
      const headers = { 'content-length': String(file.size), 'content-type': 'application/octet-stream' };
      return Promise.resolve(new Response(init?.method === 'HEAD' ? null : file, { headers }));
    });
    return asked;
  }

  it('comes as three files from disk, in any order, and is chosen', async () => {
    await show();
    const { config, tokenizer, weights } = randomBase();
    await page.getByText('Another model').click();
    const input = page.getByLabelText('Choose files from this device');
    await userEvent.upload(input, named(weights, 'model.safetensors'));
    await expect
      .element(page.getByText('Chosen: model.safetensors. Still missing: config.json, tokenizer.json.'))
      .toBeVisible();
    await userEvent.upload(input, [named(config, 'config.json'), named(tokenizer, 'tokenizer.json')]);
    await expect.element(page.getByRole('radio', { name: /Model from disk/u })).toBeChecked();
    expect((await models.list())[0]?.files.map(({ name }) => name)).toContain('model.gguf');
    await train();
    expect((await trainings.list())[0]?.baseModel.name).toBe('Model from disk');
  });

  it('comes with weights in several files, once the index and all of them are there', async () => {
    await show();
    const { config, tokenizer } = randomBase();
    const { index, shards } = await splitWeights();
    const [first, ...others] = [...shards].map(([name, file]) => named(file, name));
    await page.getByText('Another model').click();
    const input = page.getByLabelText('Choose files from this device');
    await userEvent.upload(input, [
      named(config, 'config.json'),
      named(tokenizer, 'tokenizer.json'),
      ...others,
    ]);
    await expect.element(page.getByText('Still missing: model.safetensors.index.json.')).toBeVisible();
    await userEvent.upload(input, named(index, 'model.safetensors.index.json'));
    await expect.element(page.getByText('Still missing: model-1-of-2.safetensors.')).toBeVisible();
    await userEvent.upload(input, [first!]);
    await expect.element(page.getByRole('radio', { name: /Model from disk/u })).toBeChecked();
    expect((await models.list())[0]?.files.map(({ name }) => name).sort()).toEqual([
      'config.json',
      'model.gguf',
      'model.safetensors',
      'tokenizer.json',
    ]);
  });

  it('that does not fit is named, and nothing of it stays', async () => {
    await show();
    const { config, tokenizer, weights } = randomBase({ hidden_size: 16 });
    await page.getByText('Another model').click();
    await userEvent.upload(page.getByLabelText('Choose files from this device'), [
      named(weights, 'model.safetensors'),
      named(config, 'config.json'),
      named(tokenizer, 'tokenizer.json'),
    ]);
    await expect.element(page.getByRole('alert')).toHaveTextContent(/do not match the configuration/u);
    expect(await models.list()).toEqual([]);
  });

  it('of the hub is fetched only after a yes to its size', async () => {
    const base = randomBase();
    const files: Readonly<Record<string, Blob>> = {
      'config.json': base.config,
      'tokenizer.json': base.tokenizer,
      'model.safetensors': base.weights,
    };
    const asked = hubOf(files);
    await show();
    await page.getByText('Another model').click();
    await page.getByRole('button', { name: 'SmolLM2-135M', exact: true }).click();
    await button(/^Download \d+ kB$/u).click();
    await expect.element(page.getByRole('radio', { name: /SmolLM2-135M/u })).toBeChecked();
    const before = asked.findIndex((one) => one.startsWith('GET'));
    expect(asked.slice(0, before).every((one) => one.startsWith('HEAD'))).toBe(true);
    expect(asked).toContain(
      'GET https://huggingface.co/HuggingFaceTB/SmolLM2-135M/resolve/main/model.safetensors',
    );
    expect(await models.get('hub-HuggingFaceTB--SmolLM2-135M')).toMatchObject({
      name: 'SmolLM2-135M',
      origin: 'download',
      source: 'HuggingFaceTB/SmolLM2-135M',
    });
  });

  it('of the hub may have its weights in several files', async () => {
    const { config, tokenizer } = randomBase();
    const { index, shards } = await splitWeights();
    const asked = hubOf({
      ...Object.fromEntries(shards),
      'config.json': config,
      'tokenizer.json': tokenizer,
      'model.safetensors.index.json': index,
    });
    await show();
    await page.getByText('Another model').click();
    await page.getByLabelText('Repository on the hub').fill('someone/large');
    await button('Check its size').click();
    await button(/^Download \d+ kB$/u).click();
    await expect.element(page.getByRole('radio', { name: /large/u })).toBeChecked();
    expect(
      asked.filter((one) =>
        one.endsWith('GET https://huggingface.co/someone/large/resolve/main/model-2-of-2.safetensors'),
      ),
    ).toHaveLength(1);
    expect((await models.get('hub-someone--large'))?.files.map(({ name }) => name)).toContain(
      'model.safetensors',
    );
  });

  it('of the hub that is not there is named', async () => {
    hubOf({});
    await show();
    await page.getByText('Another model').click();
    await page.getByLabelText('Repository on the hub').fill('someone/else');
    await button('Check its size').click();
    await expect.element(page.getByRole('alert')).toBeVisible();
    expect(await models.list()).toEqual([]);
  });
});
