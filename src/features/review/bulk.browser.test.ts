import '../../app.css';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import { type Rating, ratingId } from '../../core/review/rating';
import type { MachineTask } from '../../core/task';
import { AppState } from '../../app/app-state.svelte';
import { IdbRunStore } from '../../storage/idb-run-store';
import InApp from '../../testing/InApp.svelte';
import { manyTasks } from '../../testing/many-tasks';
import { quietServices } from '../../testing/quiet-services';
import { deleteDatabase } from '../../testing/raw-database';
import { storeRun } from '../../testing/store-run';
import { ReviewState } from './review-state';
import ReviewScreen from './ReviewScreen.svelte';

const many = manyTasks(1, { seeds: 5, machines: 1_500, rejected: 0 });
const complete = many.machines.filter(({ stage }) => stage === 'complete');
const found = complete.filter(({ instruction }) => instruction.includes('river'));
let store: IdbRunStore;

beforeEach(async () => {
  await page.viewport(1280, 900);
  await deleteDatabase();
  store = new IdbRunStore();
  await storeRun(store, many);
  await store.saveSetting('review:rater', 'Ana');
});
afterEach(() => store.close());

const ratings = async (): Promise<Map<string, Rating>> => {
  const all = new Map<string, Rating>();
  for await (const rows of store.scanRatings(many.run.id)) for (const row of rows) all.set(row.id, row);
  return all;
};

it('a verdict for all that the search finds leaves answers and other tasks alone, and is undone as one', async () => {
  await render(InApp, { app: new AppState(quietServices(store)), Screen: ReviewScreen });
  await page.getByText(`All ${complete.length.toLocaleString('en-US')}`, { exact: true }).click();
  await page.getByRole('searchbox', { name: 'Search the instructions' }).fill('river');
  const reject = page.getByRole('button', { name: `Reject these ${found.length}` });
  await expect.element(reject).toBeVisible();
  // Answered before: that stays, and comes back.
  await page.getByRole('heading', { level: 1 }).click();
  await userEvent.keyboard('y');
  await expect.poll(async () => (await ratings()).size).toBe(1);
  const before = await ratings();
  await reject.click();
  await expect
    .element(page.getByRole('status').getByText(`Rejected ${found.length} tasks.`).first())
    .toBeVisible();
  const after = await ratings();
  expect([...after.keys()].sort()).toEqual(found.map(({ id }) => ratingId(id, 'Ana')).sort());
  expect([...after.values()].every(({ verdict }) => verdict === 'rejected')).toBe(true);
  for (const [id, { answers }] of before) expect(after.get(id)?.answers).toEqual(answers);
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect.poll(ratings).toEqual(before);
});

it('keeps a rating that comes meanwhile, lets Undo wait, and shows the task at its place again', async () => {
  const app = new AppState(quietServices(store));
  const { review, bulk } = app.lasting(ReviewState);
  await review.rater.load();
  await review.show(many.run.id);
  await review.ask({ scope: 'all' });
  await review.step(3);
  const [{ id: taskId }] = complete.slice(600) as [MachineTask];
  const id = ratingId(taskId, 'Ana');
  const flagged: Rating = {
    ...{ id, runId: many.run.id, taskId, rater: 'Ana', print: 0, ratedAt: 1 },
    ...{ verdict: null, flagged: true, answers: { valid: true, input: null, output: null } },
  };
  // Another tab writes beside the first page.
  const save = store.saveRatings.bind(store);
  store.saveRatings = async (...change) => {
    store.saveRatings = save;
    await save(many.run.id, [flagged], []);
    await save(...change);
  };
  const deciding = bulk.decide('rejected');
  await Promise.all([deciding, review.undo()]);
  expect(review.status).toBe(`Undone: Rejected ${complete.length.toLocaleString('en-US')} tasks.`);
  expect([...(await ratings()).values()]).toEqual([flagged]);
  await bulk.decide('rejected');
  expect((await ratings()).get(id)).toMatchObject({ verdict: 'rejected', flagged: true });
  expect(review.queue.at).toBe(3);
  expect(review.detail.task?.id).toBe(review.queue.current?.id);
});
