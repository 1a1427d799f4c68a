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

/** A tab over the same database. @param stopAt the step of a finetuning at which it hangs, as one that was killed */
function tab(stopAt = Infinity): AppState {
  let steps = 0;
  const trainer = new ScriptedTrainer({
    before: () => (++steps === stopAt ? new Promise(() => undefined) : undefined),
  });
  return new AppState({
    ...quietServices(store),
    models: storedHost(modelStore),
    trainer,
    modelStore,
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
  const dead = tab(2);
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
