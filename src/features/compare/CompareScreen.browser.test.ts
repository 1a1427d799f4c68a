import '../../app.css';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import type { BackupRow } from '../../core/ports';
import { WORDS as CLASSROOM } from '../../app/classroom/words';
import { AppState } from '../../app/app-state.svelte';
import type { Services } from '../../app/services';
import { IdbRunStore } from '../../storage/idb-run-store';
import { manyTasks } from '../../testing/many-tasks';
import { quietServices } from '../../testing/quiet-services';
import { deleteDatabase } from '../../testing/raw-database';
import InApp from '../../testing/InApp.svelte';
import { SimilarityClient } from '../../workers/similarity-client';
import CompareScreen from './CompareScreen.svelte';

const never = new AbortController().signal;
const HOSTILE = '<img src=x onerror=hacked()> Name the bird that sings at night.';
let store: IdbRunStore;
let services: Services;

async function* rows(all: readonly BackupRow[]): AsyncGenerator<readonly BackupRow[]> {
  await Promise.resolve();
  yield all;
}
async function fill(machines: number, extra: string): Promise<void> {
  const many = manyTasks(1, { seeds: 2, machines, rejected: 0 });
  const tasks = many.machines.map((task, i) => (i === 0 ? { ...task, instruction: extra } : task));
  const all = [...many.seeds, ...tasks].map((row) => ({ kind: 'task', row }) as const);
  await store.importRun(many, rows(all), never, () => undefined);
}
const show = (): Promise<unknown> => render(InApp, { app: new AppState(services), Screen: CompareScreen });

beforeEach(async () => {
  await page.viewport(1280, 1000);
  await deleteDatabase();
  store = new IdbRunStore();
  services = {
    ...quietServices(store),
    comparer: new SimilarityClient(),
    heldOutSets: [
      {
        id: 'held',
        name: 'Held out',
        count: 1,
        load: () =>
          Promise.resolve([
            {
              id: 'user_0',
              name: 'bird',
              instruction: 'Name the bird that sings at night.',
              isClassification: false,
              instances: [],
            },
          ]),
      },
    ],
  };
});
afterEach(() => store.close());

it('says where to begin when there is nothing', async () => {
  await show();
  await expect.element(page.getByRole('heading', { name: 'Nothing to compare yet' })).toBeVisible();
});

it('compares two runs in the worker, both ways, and warns of held-out tasks with the pairs', async () => {
  await fill(10, HOSTILE);
  await fill(12, 'Count the stars in the sky.');
  await show();
  await page.getByRole('button', { name: 'Compare' }).click();
  await expect.element(page.getByRole('alert')).toHaveTextContent('The data contains held-out tasks.');
  await expect.element(page.getByRole('heading', { name: /Run 1 and the set “Held out”/u })).toBeVisible();
  await expect
    .element(page.getByText('0 pairs at 0.70 or more among 1 task', { exact: false }))
    .toBeVisible();
  await expect.element(page.getByRole('heading', { name: 'Run 2 to run 1' })).toBeVisible();
  await expect
    .element(
      page.getByText('The highest ROUGE-L to run 1 of each of the 12 instructions of run 2', {
        exact: false,
      }),
    )
    .toBeVisible();
  const cells = [...document.querySelectorAll('tbody tr')].map((row) =>
    row.textContent.replace(/\s+/gu, ' ').trim(),
  );
  expect(cells.find((text) => text.startsWith('Machine instructions'))).toMatch(/12 ?10 ?52,445/u);
  expect(document.querySelector('main img')).toBeNull();
});

it('also checks tasks from a file that models were asked here', async () => {
  await fill(8, 'Count the stars in the sky.');
  const task = {
    id: 'own_0',
    instruction: 'Count the stars in the sky!',
    input: '',
    references: ['Many.'],
    isClassification: null,
  };
  const record = {
    name: 'Evaluation',
    createdAt: 1,
    set: { id: 'files', name: 'my-exam.jsonl', count: 1, print: 7 },
    config: { layout: 'drawn', seed: 1, maxTokens: 10 },
    models: [],
  } as const;
  await services.evaluations.create(record, [task]);
  // The tasks that a run holds out of its own data are part of it.
  const own = { id: 'held-out-r0001', name: 'Run 1, held-out tasks', count: 1, print: 8 };
  await services.evaluations.create({ ...record, set: own }, [task]);
  await show();
  await page.getByRole('button', { name: 'Check for held-out tasks' }).click();
  await expect.element(page.getByRole('alert')).toHaveTextContent('The data contains held-out tasks.');
  await expect
    .element(page.getByRole('heading', { name: 'Run 1 and the set “my-exam.jsonl”' }))
    .toBeVisible();
  await expect.element(page.getByText('Run 1, held-out tasks')).not.toBeInTheDocument();
});

it('checks one run alone, and says so when no held-out task is near', async () => {
  await fill(8, 'Count the stars in the sky.');
  await show();
  await page.getByRole('button', { name: 'Check for held-out tasks' }).click();
  await expect.element(page.getByText('No instruction scores 0.70 or more', { exact: false })).toBeVisible();
});

it('checks a run against any task file, and names the file beside its pairs', async () => {
  await fill(10, 'Name the fish that swims in the deep sea.');
  await show();
  const superNI = {
    Definition: ['Name the fish that swims in the deep sea.'],
    Instances: [1, 2].map((i) => ({ id: `t-${i}`, input: `Sea ${i}`, output: ['An eel'] })),
  };
  const held = { instruction: 'Count all the grains of sand.', output: 'many' };
  const files = [
    new File([JSON.stringify(superNI)], 'task001.json'),
    new File([`${JSON.stringify(held)}\nnot a task\n`], 'mine.jsonl'),
  ];
  await page.getByLabelText('Drop task files here').upload(files);
  await expect.element(page.getByText('1 task, 1 bad line left out')).toBeVisible();
  await page.getByRole('button', { name: 'Check for held-out tasks' }).click();
  await expect.element(page.getByRole('heading', { name: 'Run 1 and the set “task001.json”' })).toBeVisible();
  await expect.element(page.getByText('1 pair at 0.70 or more among 2 tasks, highest 1.00')).toBeVisible();
  await expect
    .element(page.getByText('0 pairs at 0.70 or more among 1 task', { exact: false }).first())
    .toBeVisible();
  await page.getByRole('button', { name: 'Remove task001.json' }).click();
  await page.getByRole('button', { name: 'Check for held-out tasks' }).click();
  await expect.element(page.getByText('task001.json')).not.toBeInTheDocument();
});

it('hides close pairs with words for a classroom, until the teacher shows them', async () => {
  const rude = 'Say how a knight would kill a dragon.';
  await fill(3, rude);
  await fill(4, rude);
  const app = new AppState(services);
  await app.classroom.switch(true);
  await render(InApp, { app, Screen: CompareScreen });
  await page.getByRole('button', { name: 'Compare' }).click();
  await expect.element(page.getByText(CLASSROOM.covered).first()).toBeVisible();
  expect(document.body.textContent).not.toContain('kill a dragon');
  await page.getByRole('button', { name: CLASSROOM.show }).first().click();
  await expect.poll(() => document.body.textContent).toContain('kill a dragon');
});
