import '../../app.css';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import { AppError } from '../../core/errors';
import type { Candidate, RunId, TaskId } from '../../core/task';
import { AppState } from '../../app/app-state.svelte';
import { IdbRunStore } from '../../storage/idb-run-store';
import AnalyseScreen from './AnalyseScreen.svelte';
import { axeFindings } from '../../testing/axe-findings';
import InApp from '../../testing/InApp.svelte';
import { type ManyTasks, manyTasks } from '../../testing/many-tasks';
import { type QuietServices, quietServices } from '../../testing/quiet-services';
import { deleteDatabase } from '../../testing/raw-database';
import { storeRun } from '../../testing/store-run';
import { unzipTexts } from '../../testing/zip-files';

const HOSTILE = 'Write <img src=x onerror="window.hacked=true"> poem';
let store: IdbRunStore;
let services: QuietServices;
let app: AppState;
let saved: { readonly name: string; readonly content: Blob }[];

function fill(many: ManyTasks): Promise<RunId> {
  const kept = many.machines.map(
    ({ id, runId, instruction, provenance: { requestIndex, item } }): Candidate => ({
      id,
      runId,
      requestIndex,
      item,
      text: instruction,
      verdict: 'kept',
      detail: '',
      nearest: null,
    }),
  );
  return storeRun(store, many, kept);
}
const many = manyTasks(1, { seeds: 10, machines: 40, rejected: 20 });
const show = async (): Promise<void> => {
  await render(InApp, { app, Screen: AnalyseScreen });
};
const card = (name: string | RegExp): ReturnType<typeof page.getByRole> => page.getByRole('region', { name });
/** All tasks are read, compared and tagged, and every row of cards shows it. */
const whole = (): Promise<void> =>
  vi.waitFor(() => expect(document.querySelector('[aria-busy="false"]')).not.toBeNull(), { timeout: 10_000 });
const table = (name: string): ReturnType<typeof page.getByRole> => page.getByRole('table', { name });
/** A press that does not ask afterwards whether the button is still on top: what it opens covers it. */
const press = (button: ReturnType<typeof page.getByRole>): void => (button.element() as HTMLElement).click();
const cells = (name: string, column: number): string[] =>
  [...table(name).element().querySelectorAll(`tbody tr > :nth-child(${column})`)].map((cell) =>
    cell.textContent.trim(),
  );
const drawn = (name: string | RegExp): number[] =>
  [...card(name).element().querySelectorAll('[data-value]')].map((part) =>
    Number(part.getAttribute('data-value')),
  );

beforeEach(async () => {
  await page.viewport(1280, 900);
  location.hash = '#/analyse';
  await deleteDatabase();
  store = new IdbRunStore();
  saved = [];
  services = { ...quietServices(store), saveFile: (name, content) => saved.push({ name, content }) };
  app = new AppState(services);
});
afterEach(() => store.close());

describe('a stored run', () => {
  beforeEach(async () => {
    await fill(many);
    await show();
    await whole();
  });

  it('stands in charts whose tables say the same', () => {
    const verbs = drawn(/Verbs and their objects/u).map(String);
    const outer = [
      ...card(/Verbs and/u)
        .element()
        .querySelectorAll('[data-part]:not([data-part$=".-1"])'),
    ].map((part) => part.getAttribute('data-value') ?? '');
    expect(outer.length).toBeGreaterThan(5);
    expect(verbs.length).toBeGreaterThan(outer.length);
    expect(cells('Verbs and their objects', 2)).toEqual(outer);
    expect(cells('Highest ROUGE-L to any seed', 2)).toEqual(drawn(/Highest ROUGE/u).map(String));
    expect(drawn(/Highest ROUGE/u).reduce((sum, count) => sum + count, 0)).toBe(40);
    for (const name of ['Instruction', 'Non-empty input', 'Output']) {
      const counts = drawn(name === 'Non-empty input' ? /empty input/u : name);
      expect(cells(name, 2)).toEqual(counts.map(String));
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(24);
    }
    const points = [
      ...card(/Accepted per request/u)
        .element()
        .querySelectorAll('[data-value]'),
    ];
    expect(points.length).toBe(10);
    expect(cells('Accepted per request over time', 4)).toEqual(
      points.map((point) => Number(point.getAttribute('data-value')).toFixed(2)),
    );
    expect(cells('What happened to the candidates', 3).at(-2)).toBe('40');
  });

  it('stands beside the numbers of the paper', async () => {
    const cellsOf = (name: RegExp): ReturnType<typeof page.getByRole> =>
      page.getByRole('row', { name }).getByRole('cell');
    await expect.element(cellsOf(/^Instructions /u).nth(1)).toHaveTextContent(/^24$/u);
    await expect.element(cellsOf(/^Instructions /u).nth(2)).toHaveTextContent(/^52,445$/u);
    await expect.element(cellsOf(/Mean words, output/u).nth(1)).toHaveTextContent(/^2\.0$/u);
    await expect.element(cellsOf(/Mean words, output/u).nth(2)).toHaveTextContent(/^18\.9$/u);
  });

  it('lists the tasks of a part by keyboard, and goes back to it', async () => {
    const part = document.querySelector<SVGElement>('[data-part][tabindex="0"]');
    part?.focus();
    await userEvent.keyboard('{ArrowUp}');
    const label = document.activeElement?.getAttribute('aria-label') ?? '';
    const [name = '', number = ''] = label.split(', ');
    expect(document.querySelectorAll('[data-part][tabindex="0"]')).toHaveLength(1);
    await userEvent.keyboard('{Enter}');
    const dialog = page.getByRole('dialog', { name: `Tasks with ${name}` });
    await expect.element(dialog).toBeVisible();
    const listed = [...dialog.element().querySelectorAll('li')];
    expect(listed.filter((li) => li.querySelector('.origin.machine'))).toHaveLength(Number(number));
    const verb = name.split(' ')[0] ?? '';
    for (const li of listed) expect(li.textContent.toLowerCase()).toContain(verb);
    await userEvent.keyboard('{Escape}');
    await expect.element(dialog).not.toBeInTheDocument();
    await expect.poll(() => document.activeElement?.getAttribute('aria-label')).toBe(label);
  });

  it('leads from a listed task to the pool', async () => {
    document.querySelector<SVGElement>('[data-part][tabindex="0"]')?.focus();
    await userEvent.keyboard('{Enter}');
    const dialog = page.getByRole('dialog');
    await expect.element(dialog).toBeVisible();
    const text = dialog.element().querySelector('li .text')?.textContent;
    press(dialog.getByRole('button', { name: /^Pool/u }).nth(0));
    await expect.poll(() => app.router.screen).toBe('pool');
    const task = await store.task(app.router.params['task'] as TaskId);
    expect(task?.instruction).toBe(text);
  });

  it('can be saved as SVG and PNG', async () => {
    await page.getByRole('button', { name: 'Save Output as SVG' }).click();
    await page.getByRole('button', { name: 'Save Verbs and their objects as SVG' }).click();
    await page.getByRole('button', { name: 'Save Accepted per request over time as PNG' }).click();
    await expect.poll(() => saved).toHaveLength(3);
    expect(saved.map(({ name }) => name)).toEqual([
      'run-1-output-length.svg',
      'run-1-verbs.svg',
      'run-1-kept-per-request.png',
    ]);
    for (const { content } of saved.slice(0, 2)) {
      const xml = new DOMParser().parseFromString(await content.text(), 'image/svg+xml');
      expect(xml.querySelector('parsererror')).toBeNull();
      expect(xml.querySelectorAll('rect, path').length).toBeGreaterThan(10);
    }
    const picture = await createImageBitmap(saved[2]?.content ?? new Blob());
    expect(picture.width).toBeGreaterThan(1_000);
  });

  it('saves all figures in one archive: each as a picture and as a table of the same numbers', async () => {
    await page.getByRole('button', { name: 'Save all figures' }).click();
    await expect.poll(() => saved).toHaveLength(1);
    expect(saved[0]?.name).toBe('run-1-figures.zip');
    const files = new Map(Object.entries(await unzipTexts(saved[0]?.content ?? '')));
    expect([...files.keys()].filter((name) => name.endsWith('.csv')).sort()).toEqual(
      [
        'funnel',
        'input-length',
        'instruction-length',
        'kept-per-request',
        'output-length',
        'rouge-to-seeds',
        'statistics',
        'verbs',
      ].map((name) => `run-1-${name}.csv`),
    );
    for (const [name, text] of files) {
      if (!name.endsWith('.svg')) continue;
      const xml = new DOMParser().parseFromString(text, 'image/svg+xml');
      expect(xml.querySelector('parsererror'), name).toBeNull();
      expect(files.has(name.replace('.svg', '.csv'))).toBe(true);
    }
    expect([...files.keys()].filter((name) => name.endsWith('.svg'))).toHaveLength(7);
    const lines = files.get('run-1-rouge-to-seeds.csv')?.trim().split('\r\n') ?? [];
    expect(lines.slice(1).map((line) => line.split(',')[1])).toEqual(drawn(/Highest ROUGE/u).map(String));
    expect(files.get('run-1-statistics.csv')).toContain('Instructions with instances,24,52445');
  });

  it('follows what is written to the run', async () => {
    const [task] = many.machines;
    if (!task) throw new Error('no task');
    await store.changeTask(task.id, () => ({ ...task, instruction: 'Paint a yellow submarine.' }));
    await expect.element(table('Verbs and their objects')).toHaveTextContent('paint submarine');
  });

  it(
    'has no fault that axe finds, as chart, as table and with its list open',
    { timeout: 60_000 },
    async () => {
      expect(await axeFindings()).toEqual([]);
      for (const button of page.getByRole('radio', { name: 'Table' }).all()) await button.click();
      expect(await axeFindings()).toEqual([]);
      press(table('Verbs and their objects').getByRole('button').nth(0));
      await expect.element(page.getByRole('dialog')).toBeVisible();
      expect(await axeFindings()).toEqual([]);
    },
  );
});

it('of a data set from a file says nothing that nobody knows', async () => {
  const run = { ...many.run, imported: { file: 'birds.csv', format: 'CSV', typed: false } };
  await fill({ ...many, run, seeds: [], candidates: [] });
  await show();
  await whole();
  await expect.element(page.getByRole('heading', { level: 1 })).toHaveTextContent('What is in the data set');
  await expect
    .element(
      page
        .getByRole('row', { name: /^classification/u })
        .getByRole('cell')
        .nth(1),
    )
    .toHaveTextContent(/^unknown$/u);
  await expect.element(card(/Highest ROUGE/u)).toHaveTextContent('has no seed tasks to compare with');
  await expect.element(card(/What happened/u)).toHaveTextContent('contains accepted tasks only');
  await expect.element(card(/Verbs and their objects/u)).not.toHaveTextContent('seed');
  expect(cells('Verbs and their objects', 1).length).toBeGreaterThan(5);
});

it('shows hostile text as text', async () => {
  const machines = many.machines.map((task) => ({ ...task, instruction: HOSTILE }));
  await fill({ ...many, machines });
  await show();
  await page.getByRole('radio', { name: 'Table' }).nth(0).click();
  await expect.element(table('Verbs and their objects').getByRole('button').nth(0)).toBeVisible();
  press(table('Verbs and their objects').getByRole('button').nth(0));
  await expect.element(page.getByRole('dialog')).toHaveTextContent(HOSTILE);
  expect(document.querySelector('main img, dialog img')).toBeNull();
  expect(window).not.toHaveProperty('hacked');
});

it('without a run: says what belongs here and how to begin', async () => {
  await show();
  await expect.element(page.getByRole('link', { name: 'Go to Start' })).toBeVisible();
});

it('without a machine instruction: says so', async () => {
  await fill(manyTasks(1, { seeds: 5, machines: 0, rejected: 0 }));
  await show();
  await expect.element(page.getByRole('link', { name: 'Go to Generate' })).toBeVisible();
});

it('a worker that ends is told, and another try shows everything', async () => {
  const { analysis } = services;
  const figures = vi
    .spyOn(analysis, 'figures')
    .mockRejectedValueOnce(
      new AppError({ kind: 'worker-crashed', worker: 'analysis', detail: 'out of memory' }),
    );
  await fill(many);
  await show();
  await expect.element(page.getByRole('alert')).toHaveTextContent('out of memory');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect.element(card('Output')).toBeVisible();
  await expect.element(page.getByRole('alert')).not.toBeInTheDocument();
  expect(figures).toHaveBeenCalled();
});
