import '../../app.css';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import { AppState } from '../../app/app-state.svelte';
import { WORDS as CLASSROOM } from '../../app/classroom/words';
import { sampleOf } from '../../core/review/sample';
import { IdbRunStore } from '../../storage/idb-run-store';
import InApp from '../../testing/InApp.svelte';
import { manyTasks } from '../../testing/many-tasks';
import { quietServices } from '../../testing/quiet-services';
import { deleteDatabase } from '../../testing/raw-database';
import { storeRun } from '../../testing/store-run';
import ReviewScreen from './ReviewScreen.svelte';

const many = manyTasks(1, { seeds: 10, machines: 40, rejected: 0 });
/** In the order of the sample that a review begins with. */
const [first, second] = sampleOf(
  many.machines.filter(({ stage }) => stage === 'complete'),
  200,
  1,
);
let store: IdbRunStore;
beforeEach(async () => {
  await page.viewport(1400, 900);
  await deleteDatabase();
  store = new IdbRunStore();
});
afterEach(() => store.close());

it('hides tasks with words for a classroom, and shows them when the teacher wants', async () => {
  if (!first || !second) throw new Error('too few tasks');
  await storeRun(store, many);
  const rude = { ...first, instruction: 'Say what number of knights would kill a dragon.' };
  await store.changeTask(rude.id, () => rude);
  await store.saveSetting('review:rater', 'Ana');
  const app = new AppState(quietServices(store));
  await app.classroom.switch(true);
  await render(InApp, { app, Screen: ReviewScreen });
  await expect.element(page.getByText('1 task is hidden: words for a classroom.')).toBeVisible();
  const heading = page.getByRole('heading', { level: 2, name: /number/u });
  await expect.element(heading).toHaveTextContent(second.instruction);
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await expect.element(heading).toHaveTextContent(rude.instruction);
  await page.getByRole('button', { name: 'Hide again' }).click();
  await expect.element(heading).toHaveTextContent(second.instruction);
});

it('covers texts with such words in the changes that a search finds', async () => {
  if (!first) throw new Error('too few tasks');
  await storeRun(store, many);
  await store.changeTask(first.id, () => ({ ...first, instruction: 'Say who would kill a dragon.' }));
  await store.saveSetting('review:rater', 'Ana');
  const app = new AppState(quietServices(store));
  await app.classroom.switch(true);
  await render(InApp, { app, Screen: ReviewScreen });
  await page.getByRole('tab', { name: 'Fix many' }).click();
  await page.getByRole('textbox', { name: 'Find' }).fill('dragon');
  await page.getByRole('button', { name: 'Preview the changes' }).click();
  await expect.element(page.getByText('1 place in 1 text of 1 task, 1 chosen')).toBeVisible();
  const changes = page.getByRole('listitem').filter({ has: page.getByRole('checkbox') });
  await expect.element(changes).toHaveTextContent(CLASSROOM.covered);
  await expect.element(changes).not.toHaveTextContent('kill');
  app.classroom.shown = true;
  await expect.element(changes).toHaveTextContent('Say who would kill a dragon.');
});
