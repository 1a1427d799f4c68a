import '../../app.css';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { cleanup, render } from 'vitest-browser-svelte';
import { AppState } from '../../app/app-state.svelte';
import type { MachineTask } from '../../core/task';
import { IdbRunStore } from '../../storage/idb-run-store';
import InApp from '../../testing/InApp.svelte';
import { manyTasks } from '../../testing/many-tasks';
import { type QuietServices, quietServices } from '../../testing/quiet-services';
import { deleteDatabase } from '../../testing/raw-database';
import { storeRun } from '../../testing/store-run';
import ReviewScreen from '../review/ReviewScreen.svelte';
import PoolScreen from './PoolScreen.svelte';

const many = manyTasks(1, { seeds: 10, machines: 40, rejected: 0 });
const task = many.machines.findLast(({ stage }) => stage === 'complete') as MachineTask;
let store: IdbRunStore;
let services: QuietServices;

/** A new tab; the one before is gone without a word. */
async function openTab(Screen: typeof PoolScreen): Promise<void> {
  cleanup();
  await render(InApp, { app: new AppState(services), Screen });
}
const row = page.getByRole('row', { name: task.instruction });
const form = page.getByRole('textbox', { name: 'Instruction' });
const offer = page.getByRole('status').filter({ hasText: 'Changes of the task' });
const button = (name: string): ReturnType<typeof page.getByRole> => page.getByRole('button', { name });
const kept = (): Promise<unknown> => store.setting('form-drafts');
async function typeInPool(text: string): Promise<void> {
  await openTab(PoolScreen);
  await row.click();
  await button('Edit').click();
  await form.fill(text);
  await expect.poll(async () => JSON.stringify(await kept())).toContain(text);
}

beforeEach(async () => {
  await page.viewport(1400, 900);
  await deleteDatabase();
  store = new IdbRunStore();
  services = quietServices(store);
  await storeRun(store, many);
  await store.saveSetting('review:rater', 'Ana');
});
afterEach(() => {
  cleanup();
  store.close();
});

it.each([
  ['the pool', PoolScreen],
  ['the review', ReviewScreen],
])('typed in the pool is offered again in %s, and can be saved there', async (_name, Screen) => {
  await typeInPool('Half of a better task.');
  await openTab(Screen);
  await expect.element(offer).toHaveTextContent('The text is still here: “Half of a better task.”');
  await button('Continue writing').click();
  await expect.element(form).toHaveValue('Half of a better task.');
  await expect.element(offer).not.toBeInTheDocument();
  await expect.element(page.getByText('This text was typed before and not saved.')).toBeVisible();
  await button('Save').click();
  await expect
    .poll(async () => await store.task(task.id))
    .toMatchObject({ instruction: 'Half of a better task.' });
  await expect.poll(kept).toEqual([]);
});

it('typed in the review is there when its form is opened again', async () => {
  await openTab(ReviewScreen);
  await expect.element(page.getByRole('progressbar')).toBeVisible();
  await userEvent.keyboard('e');
  await form.fill('Half of a review.');
  await expect.poll(async () => JSON.stringify(await kept())).toContain('Half of a review.');
  await openTab(ReviewScreen);
  await expect.element(offer).toBeVisible();
  await userEvent.keyboard('e');
  await expect.element(form).toHaveValue('Half of a review.');
  await button('Show the stored task instead').click();
  await expect.element(form).not.toHaveValue('Half of a review.');
  await expect.poll(kept).toEqual([]);
});

it('can be discarded: in the form, and where it is offered', async () => {
  await typeInPool('Never mind this one.');
  await button('Discard the changes').click();
  await expect.poll(kept).toEqual([]);
  await typeInPool('Nor this one.');
  await openTab(PoolScreen);
  await button('Discard the text').click();
  await expect.poll(kept).toEqual([]);
  await expect.element(offer).not.toBeInTheDocument();
  expect(await store.task(task.id)).toEqual(task);
});

it('says that the task was changed since, before it is saved over it', async () => {
  await typeInPool('Mine, written slowly.');
  await store.changeTask(task.id, () => ({ ...task, instruction: 'Theirs, saved first.' }));
  await openTab(PoolScreen);
  await button('Continue writing').click();
  await expect.element(page.getByRole('alert')).toHaveTextContent('changed in another place');
  await expect.element(form).toHaveValue('Mine, written slowly.');
  expect(await store.task(task.id)).toMatchObject({ instruction: 'Theirs, saved first.' });
});

it('of a task that is gone can be copied', async () => {
  await typeInPool('A text without a task.');
  await store.changeTask(task.id, () => undefined);
  await openTab(PoolScreen);
  await button('Continue writing').click();
  await expect.element(offer).toHaveTextContent('not in the pool any more');
  await expect.element(offer).toHaveTextContent('A text without a task.');
  await expect.element(button('Continue writing')).not.toBeInTheDocument();
});
