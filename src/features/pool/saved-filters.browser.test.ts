import '../../app.css';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import { AppState } from '../../app/app-state.svelte';
import { EVERY_TASK } from '../../core/pool-filter';
import { NamedFilters } from '../../shared/filters/named-filters.svelte';
import { IdbRunStore } from '../../storage/idb-run-store';
import InApp from '../../testing/InApp.svelte';
import { manyTasks } from '../../testing/many-tasks';
import { quietServices } from '../../testing/quiet-services';
import { deleteDatabase } from '../../testing/raw-database';
import { storeRun } from '../../testing/store-run';
import PoolScreen from './PoolScreen.svelte';

let store: IdbRunStore;
beforeEach(async () => {
  await page.viewport(1400, 900);
  await deleteDatabase();
  store = new IdbRunStore();
});
afterEach(() => store.close());

const menu = page.getByRole('combobox', { name: 'Saved filter' });

it('keeps a filter under a name, offers it after the next start, and takes a deletion back', async () => {
  await storeRun(store, manyTasks(1, { seeds: 10, machines: 40, rejected: 20 }));
  const app = new AppState(quietServices(store));
  await render(InApp, { app, Screen: PoolScreen });
  await page.getByRole('button', { name: 'Filter', exact: true }).click();
  await expect.element(menu).not.toBeInTheDocument();
  await page.getByRole('radio', { name: 'Seed' }).click();
  await expect.element(page.getByText('10 of 10')).toBeVisible();
  await page.getByRole('textbox', { name: 'Keep this filter as' }).fill('By hand');
  await page.getByRole('button', { name: 'Keep', exact: true }).click();
  await expect.element(menu).toHaveDisplayValue('By hand');
  await menu.selectOptions('All tasks');
  await expect.element(page.getByText('50 of 50')).toBeVisible();
  await menu.selectOptions('By hand');
  await expect.element(page.getByText('10 of 10')).toBeVisible();
  const next = new AppState(quietServices(store)).lasting(NamedFilters);
  await expect.poll(() => next.all.map(({ name }) => name)).toEqual(['By hand']);
  await page.getByRole('button', { name: 'Delete “By hand”' }).click();
  await expect.element(menu).not.toBeInTheDocument();
  await page.getByRole('button', { name: /^Undo/u }).click();
  await expect.element(menu).toHaveDisplayValue('By hand');
  await expect.poll(() => next.all.map(({ name }) => name)).toEqual(['By hand']);
  await page.getByRole('button', { name: 'Delete “By hand”' }).click();
  await expect.poll(() => next.all).toEqual([]);
  await next.keep('Elsewhere', { ...EVERY_TASK, edited: true });
  await page.getByRole('button', { name: /^Undo/u }).click();
  await expect.poll(() => next.all.map(({ name }) => name)).toEqual(['By hand', 'Elsewhere']);
});

it('leads with all that a filter finds to Review and to Export, and says how many', async () => {
  await storeRun(store, manyTasks(1, { seeds: 10, machines: 40, rejected: 0 }));
  await store.saveSetting('review:rater', 'Ana');
  const app = new AppState(quietServices(store));
  await app.lasting(NamedFilters).keep('Open', { ...EVERY_TASK, types: ['open'], stages: ['complete'] });
  const pool = await render(InApp, { app, Screen: PoolScreen });
  await page.getByRole('button', { name: 'Filter', exact: true }).click();
  await menu.selectOptions('Open');
  await page.getByRole('button', { name: 'Review all 18' }).click();
  await expect.poll(() => [app.router.screen, app.router.params]).toEqual(['review', { filter: 'Open' }]);
  await page.getByRole('button', { name: 'Export all 18' }).click();
  await expect.poll(() => [app.router.screen, app.router.params]).toEqual(['export', { filter: 'Open' }]);
  // Review takes neither seeds nor tasks without an instance.
  await app.lasting(NamedFilters).keep('All open', { ...EVERY_TASK, types: ['open'] });
  await menu.selectOptions('All open');
  await expect.element(page.getByRole('button', { name: 'Export all 18' })).not.toBeInTheDocument();
  await expect.element(page.getByRole('button', { name: 'Review all 18' })).toBeVisible();
  await pool.unmount();
});
