import '../app.css';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import { initialProgress } from '../core/pipeline/progress';
import { type Rating, ratingId } from '../core/review/rating';
import type { RunId } from '../core/task';
import { IdbRunStore } from '../storage/idb-run-store';
import { anyTraining } from '../testing/any-training';
import { commitAs } from '../testing/commit';
import InApp from '../testing/InApp.svelte';
import { quietServices } from '../testing/quiet-services';
import { deleteDatabase } from '../testing/raw-database';
import { candidateOf, complete, instructionCall, machineTask, tinyNewRun } from '../testing/tiny-pool';
import { AppState } from './app-state.svelte';
import Rail from './Rail.svelte';

let store: IdbRunStore;
let app: AppState;
beforeEach(async () => {
  await page.viewport(1280, 1000);
  await deleteDatabase();
  store = new IdbRunStore();
  app = new AppState(quietServices(store));
});
afterEach(() => store.close());

const group = (name: string) => page.getByRole('group', { name, exact: true });
const link = (name: RegExp) => page.getByRole('link', { name });

async function write(id: RunId): Promise<void> {
  const task = complete(machineTask(id, 0));
  await commitAs(store, {
    progress: { ...initialProgress(id), kept: 1, nextSeq: 1, finished: true },
    tasks: [task],
    candidates: [candidateOf(task)],
    calls: [instructionCall(id, 0)],
  });
}
function rating(runId: RunId): Rating {
  const { id: taskId } = machineTask(runId, 0);
  const answers = { valid: true, input: null, output: false };
  const mark = { verdict: null, flagged: false, answers, print: 7, ratedAt: 1 };
  return { ...mark, id: ratingId(taskId, 'Ana'), runId, taskId, rater: 'Ana' };
}

it('groups the screens by the steps of the method', async () => {
  await render(InApp, { app, Screen: Rail });
  await expect.element(group('Write').getByRole('link')).toHaveLength(3);
  await expect.element(group('Judge').getByRole('link')).toHaveLength(4);
  await expect.element(group('Learn').getByRole('link')).toHaveLength(2);
  await expect.element(group('Share').getByRole('link')).toHaveLength(2);
  await expect.element(link(/^Generate.*Next$/u)).toBeVisible();
});

it('shows where the run stands and what comes next, as it is worked on', async () => {
  const { id } = await store.createRun(tinyNewRun(1));
  await render(InApp, { app, Screen: Rail });
  await expect.element(page.getByText('Run 1, 0 accepted')).toBeVisible();
  await expect.element(link(/^Generate.*Next$/u)).toBeVisible();
  await write(id);
  await expect.element(page.getByText('Run 1, 1 accepted')).toBeVisible();
  await expect.element(group('Write done')).toBeVisible();
  await expect.element(link(/^Review Next$/u)).toBeVisible();
  await store.saveRatings(id, [rating(id)], []);
  await expect.element(group('Judge done')).toBeVisible();
  await expect.element(link(/^Finetune Next$/u)).toBeVisible();

  const training = { ...anyTraining('a'), status: 'finished', modelId: 'tuned' } as const;
  await app.services.trainings.create({ ...training, data: { ...training.data, runId: id } });
  await expect.element(link(/^Evaluate Next$/u)).toBeVisible();
  await expect.element(group('Learn')).toBeVisible();
  const models = [
    { name: 'Tuned', modelId: 'tuned', origin: 'finetuned', hash: '', finished: true, seconds: 1 },
  ] as const;
  await app.services.evaluations.create(
    {
      name: 'e',
      createdAt: 1,
      set: { id: 's', name: 's', count: 1, print: 1 },
      config: { layout: 'drawn', seed: 1, maxTokens: 9 },
      models,
    },
    [],
  );
  await expect.element(group('Learn done')).toBeVisible();
  await expect.element(link(/^Export Next$/u)).toBeVisible();
});
