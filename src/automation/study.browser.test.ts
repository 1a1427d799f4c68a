import { afterEach, beforeEach, expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import '../app.css';
import { AppState } from '../app/app-state.svelte';
import { IdbRunStore } from '../storage/idb-run-store';
import InApp from '../testing/InApp.svelte';
import { MemoryModelStore } from '../testing/memory-model-store';
import { quietServices } from '../testing/quiet-services';
import { deleteDatabase } from '../testing/raw-database';
import { ScriptedTrainer } from '../testing/scripted-trainer';
import { storedHost } from '../testing/stored-host';
import { tinyConfig, tinySeeds } from '../testing/tiny-pool';
import { runStudy } from './study';
import { studyTable } from '../features/evaluate/study/study-chart';
import StudyPanel from '../features/evaluate/study/StudyPanel.svelte';
import { StudyState } from '../features/evaluate/study/study-state.svelte';

let store: IdbRunStore;
let modelStore: MemoryModelStore;

/** A tab over the same database. @param hangs before which step of all finetunings, as one that was killed */
function tab(hangs: (steps: number) => boolean = () => false): AppState {
  let steps = 0;
  const trainer = new ScriptedTrainer({
    before: () => (hangs(++steps) ? new Promise(() => undefined) : undefined),
  });
  return new AppState({
    ...quietServices(store),
    models: storedHost(modelStore),
    trainer,
    modelStore,
    builtInSeedSets: [
      { id: 'simple', name: 'Tiny', note: '', count: 10, load: () => Promise.resolve(tinySeeds()) },
    ],
    heldOutSets: [{ id: 'simple', name: 'Tiny', count: 4, load: () => Promise.resolve(tinySeeds(4)) }],
  });
}
const until = async (done: () => boolean): Promise<void> => {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 5));
};

beforeEach(async () => {
  await deleteDatabase();
  store = new IdbRunStore();
  modelStore = new MemoryModelStore();
});
afterEach(() => store.close());

it('a study of two points goes on after a kill, and gives both points at equal steps', async () => {
  const dead = tab((steps) => steps === 2);
  await dead.session.start({
    model: 'built-in',
    config: tinyConfig(6),
    seedSet: { id: 'tiny', name: 'Tiny', count: 10 },
    seeds: tinySeeds(),
  });
  const runId = dead.session.run?.id ?? '';
  const options = { runId, shares: [0, 1], steps: 3, tasks: 4, topLayers: 0 };
  const dying = runStudy(dead, options, () => undefined);
  await until(() => dead.lasting(StudyState).plan.stage?.made === 't0001');

  const app = tab();
  const result = await runStudy(app, options, () => undefined);
  expect(result).toMatchObject({ steps: 3, tasks: 4 });
  expect(result.base).toHaveLength(1);
  expect(result.points.map(({ share }) => share)).toEqual([0, 1]);
  const [seeds, all] = result.points;
  expect(all?.examples).toBeGreaterThan(seeds?.examples ?? Infinity);
  for (const { rougeL, interval } of result.points) {
    expect(interval[0]).toBeLessThanOrEqual(rougeL);
    expect(interval[1]).toBeGreaterThanOrEqual(rougeL);
  }
  const trainings = await app.services.trainings.list();
  expect(trainings.map(({ status, config }) => [status, config.steps])).toEqual([
    ['finished', 3],
    ['finished', 3],
  ]);
  expect(await app.services.evaluations.list()).toHaveLength(1);
  expect(studyTable(app.lasting(StudyState).figures).rows).toHaveLength(3);
  void dying;

  // A tab that opens later shows the stored study.
  await render(InApp, { app: tab(), Screen: StudyPanel });
  const choice = page.getByLabelText('Study', { exact: true });
  await choice.selectOptions('Run 1, Built-in model');
  await expect.element(page.getByText('The study is finished.')).toBeVisible();
  await expect.element(page.getByRole('img', { name: /share of the generated tasks/u })).toBeVisible();
  await page.getByRole('radio', { name: 'Table' }).click();
  await expect.element(page.getByRole('rowheader', { name: 'seed tasks alone' })).toBeVisible();
});

it('a study of quality generates without filters and asks another model, and goes on after a kill', async () => {
  const first = tab();
  const SEEDS = { seedSet: { id: 'simple', name: 'Tiny', count: 10 }, seeds: tinySeeds() };
  await first.session.start({ model: 'built-in', config: tinyConfig(6), ...SEEDS });
  const options = {
    ...{ runId: first.session.run?.id ?? '', shares: [0, 1], steps: 2, tasks: 4, topLayers: 0 },
    ...{ unfiltered: true, answeredBy: 'built-in' },
  };
  const dead: AppState = tab(() => dead.lasting(StudyState).plan.stage?.key === 'answered-1');
  const dying = runStudy(dead, options, () => undefined);
  await until(() => dead.lasting(StudyState).plan.stage?.made === 't0004');

  const app = tab();
  const { points } = await runStudy(app, options, () => undefined);
  expect(points.map(({ data, share }) => [data, share])).toEqual([
    ['run', 0],
    ['run', 1],
    ['unfiltered', 1],
    ['answered', 1],
  ]);
  const { store: runs, trainings, evaluations } = app.services;
  const unfiltered = (await runs.latestRuns(9)).find(({ run }) => run.config.rougeThreshold === 1);
  expect(unfiltered?.progress).toMatchObject({ kept: 6, finished: true });
  const rejected = Object.keys(unfiltered?.progress.rejected ?? {});
  expect(rejected.filter((reason) => ['too-similar', 'statement', 'blocked-word'].includes(reason))).toEqual(
    [],
  );
  const data = (await trainings.list()).map(({ data: { runId, answers } }) => [runId, answers]);
  const answering = (await evaluations.list()).find(({ set }) => set.id === `machine-${options.runId}`);
  expect(data).toContainEqual([unfiltered?.run.id, undefined]);
  expect(data).toContainEqual([options.runId, answering?.id]);
  expect(answering?.models.map(({ finished }) => finished)).toEqual([true]);
  void dying;
});
