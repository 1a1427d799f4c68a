import '../../app.css';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import type { ModelInfo } from '../../core/models/stored-model';
import type { SeedTask } from '../../core/task';
import { WORDS as CLASSROOM } from '../../app/classroom/words';
import { AppState } from '../../app/app-state.svelte';
import { IdbRunStore } from '../../storage/idb-run-store';
import { axeFindings } from '../../testing/axe-findings';
import { BUILT_IN_INFO, type QuietServices, quietServices } from '../../testing/quiet-services';
import { deleteDatabase } from '../../testing/raw-database';
import InApp from '../../testing/InApp.svelte';
import { ScriptedHost } from '../../testing/scripted-host';
import { unzipTexts } from '../../testing/zip-files';
import EvaluateScreen from './EvaluateScreen.svelte';

const HOSTILE = '<img src=x onerror="window.hacked=true">';
const TUNED: ModelInfo = {
  ...BUILT_IN_INFO,
  id: 'tuned',
  name: `Tuned ${HOSTILE}`,
  origin: 'finetuned',
  hash: 'f1',
};
const SEEDS: readonly SeedTask[] = Array.from({ length: 10 }, (_, i) => ({
  id: `task_${i}`,
  name: `task ${i}`,
  instruction: `Name the number ${i}. ${i === 0 ? HOSTILE : ''}`,
  isClassification: i % 2 === 0,
  instances: [{ input: i > 5 ? 'a number' : '', output: `the number ${i}` }],
  extra: { motivation_app: i < 5 ? 'School' : 'Home' },
}));
let store: IdbRunStore;
let services: QuietServices;
let host: ScriptedHost;
let saved: { readonly name: string; readonly content: Blob }[];

beforeEach(async () => {
  await page.viewport(1280, 900);
  await deleteDatabase();
  store = new IdbRunStore();
  saved = [];
  host = new ScriptedHost([
    { info: BUILT_IN_INFO, script: { text: () => ` the ${HOSTILE}`, finishReason: () => 'length' } },
    {
      info: TUNED,
      script: {
        text: ({ prompt }) => ` the number ${/(\d+)/u.exec(prompt)?.[1] ?? ''}`,
        finishReason: () => 'stop',
      },
    },
  ]);
  services = {
    ...quietServices(store),
    models: host,
    heldOutSets: [
      { id: 'simple', name: 'Simple English, held out', count: 10, load: () => Promise.resolve(SEEDS) },
      { id: 'paper', name: 'Paper-sized, held out', count: 10, load: () => Promise.resolve(SEEDS) },
    ],
    saveFile: (name, content) => saved.push({ name, content }),
  };
});
afterEach(() => store.close());

const show = async (): Promise<void> => {
  await render(InApp, { app: new AppState(services), Screen: EvaluateScreen });
};
const button = (name: string | RegExp): ReturnType<typeof page.getByRole> =>
  page.getByRole('button', { name, exact: typeof name === 'string' }).first();
const done = async (): Promise<void> => {
  await expect.element(button('Save report')).toBeEnabled();
};
const clean = async (): Promise<void> => {
  expect(await axeFindings()).toEqual([]);
  expect('hacked' in window).toBe(false);
};

it('asks the chosen models and shows what finetuning gained', async () => {
  await show();
  await expect.element(page.getByRole('checkbox', { name: /Tuned/u })).toBeChecked();
  await clean();
  await button('Ask 2 models').click();
  await done();
  await expect.element(page.getByText('10 better')).toBeVisible();
  const table = page.getByRole('table', { name: /ROUGE-L on 10 tasks/u }).element();
  const cells = [...table.querySelectorAll('tbody tr')].map((row) =>
    [...row.children].map((cell) => cell.textContent.trim()),
  );
  expect(cells[1]?.slice(0, 3)).toEqual([TUNED.name, '100.0', '100.0 to 100.0']);
  // Our rows, then the paper's, said to be published.
  expect(cells.filter(([name]) => name?.endsWith('(published)'))).toHaveLength(8);
  await expect.element(page.getByRole('button', { name: /^Compare Tuned/u })).toBeVisible();
  await clean();
});

it('shows base alone, says what is next, and takes the new model in later', async () => {
  host.models.splice(1, 1);
  await show();
  await expect.element(page.getByText('There is no finetuned model yet.')).toBeVisible();
  await button('Ask 1 model').click();
  await done();
  await expect.element(page.getByRole('link', { name: 'Finetune' })).toHaveAttribute('href', '#/finetune');
});

it('lists tasks by their change and shows answers side by side, by keyboard too', async () => {
  await show();
  await button('Ask 2 models').click();
  await done();
  await page.getByRole('tab', { name: 'Answers 10' }).click();
  const rows = page.getByRole('grid', { name: 'Tasks' });
  await expect.element(rows).toHaveAttribute('aria-rowcount', '11');
  await userEvent.keyboard('j');
  const drawer = page.getByRole('complementary', { name: 'Answers' });
  await expect.element(drawer).toBeVisible();
  const marked = (): string[] =>
    [...drawer.element().querySelectorAll('mark')].map((mark) => mark.textContent);
  await expect.poll(() => marked()).toContain('number');
  await expect.element(drawer.getByText(/3 in common: 2 × 3 \/ \(3 \+ 3\) = 1\.000/u)).toBeVisible();
  await expect.element(drawer.getByText('Cut off at max tokens.')).toBeVisible();
  await clean();
  await userEvent.keyboard('{Escape}');
  await expect.element(drawer).not.toBeInTheDocument();
  await page.getByRole('combobox', { name: 'Which tasks' }).selectOptions('Worse');
  await expect.element(page.getByText('No task matches this search and filter.')).toBeVisible();
});

it('hides tasks and answers with words for a classroom, until the teacher shows them', async () => {
  const app = new AppState(services);
  await app.classroom.switch(true);
  // As everything of task 1 is written here.
  await app.classroom.edit('number 1');
  await render(InApp, { app, Screen: EvaluateScreen });
  await button('Ask 2 models').click();
  await done();
  await page.getByRole('tab', { name: 'Answers 10' }).click();
  const rows = page.getByRole('grid', { name: 'Tasks' });
  await expect.element(rows.getByText(CLASSROOM.covered)).toBeVisible();
  expect(rows.getByText('Name the number 1.').query()).toBeNull();
  await rows.getByText(CLASSROOM.covered).click();
  const drawer = page.getByRole('complementary', { name: 'Answers' });
  await expect.element(drawer.getByText(CLASSROOM.covered).first()).toBeVisible();
  expect(drawer.element().textContent).not.toMatch(/number 1/u);
  await drawer.getByRole('button', { name: CLASSROOM.show }).click();
  await expect.element(drawer.getByText('Name the number 1.')).toBeVisible();
});

describe('files', () => {
  it('save a report with plots, a table and predictions that come in again', async () => {
    await show();
    await button('Ask 2 models').click();
    await done();
    await button('Save report').click();
    await expect.poll(() => saved).toHaveLength(1);
    const files = await unzipTexts(saved[0]?.content ?? '');
    const text = (path: string): string => files[path] ?? '';
    const paths = Object.keys(files);
    expect(paths.filter((path) => path.startsWith('plots/'))).toEqual([
      'plots/scores.svg',
      'plots/by-app.svg',
      'plots/by-type.svg',
      'plots/by-input.svg',
    ]);
    for (const path of paths.filter((one) => one.endsWith('.svg'))) {
      const svg = new DOMParser().parseFromString(text(path), 'image/svg+xml');
      expect(svg.querySelector('parsererror, img, script')).toBeNull();
    }
    expect(text('report.md')).toContain('![ROUGE\\-L](plots/scores.svg)');
    const predictions = paths.find((path) => path.includes('m02')) ?? '';
    await page.getByRole('tab', { name: 'Scores' }).click();
    const input = document.querySelector<HTMLInputElement>('label.button input[type="file"]');
    if (!input) throw new Error('there is a field for files');
    await userEvent.upload(input, new File([text(predictions)], 'again_predictions.jsonl'));
    await expect.element(page.getByText('10 answers read')).toBeVisible();
    await expect
      .element(page.getByRole('rowheader', { name: /^again\s*answers from a file/u }))
      .toBeVisible();
  });

  it('bring tasks in, with what is wrong in them', async () => {
    await show();
    await page.getByText('Tasks from files').click();
    await expect.element(button('Ask 2 models')).toBeDisabled();
    const input = document.querySelector<HTMLInputElement>('.filedrop input');
    if (!input) throw new Error('there is a field for files');
    await userEvent.upload(input, [
      new File(['{"instruction":"Name the number 1.","output":"the number 1"}\n{"cut'], 'mine.jsonl'),
      new File(
        ['{"Definition":["Name the number 2."],"Instances":[{"input":"","output":["the number 2"]}]}'],
        'task1.json',
      ),
    ]);
    await expect.element(page.getByText(/2 tasks, 1 line not usable/u)).toBeVisible();
    await button('Ask 2 models').click();
    await done();
    await expect.element(page.getByText('2 better')).toBeVisible();
  });
});

it('fits a phone', async () => {
  await page.viewport(360, 740);
  await show();
  await button('Ask 2 models').click();
  await done();
  await expect.element(page.getByText('10 better')).toBeVisible();
  expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360);
  await page.getByRole('tab', { name: 'Answers 10' }).click();
  await page.getByRole('row').nth(1).click();
  await expect.element(page.getByRole('dialog', { name: 'Answers' })).toBeVisible();
  await clean();
});
