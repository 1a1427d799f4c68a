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
import ReviewScreen from './ReviewScreen.svelte';

let store: IdbRunStore;
beforeEach(async () => {
  await page.viewport(1400, 900);
  await deleteDatabase();
  store = new IdbRunStore();
});
afterEach(() => store.close());

it('follows a filter that is changed under its name, and keeps it, named, when it is deleted', async () => {
  await storeRun(store, manyTasks(1, { seeds: 10, machines: 40, rejected: 0 }));
  await store.saveSetting('review:rater', 'Ana');
  const app = new AppState(quietServices(store));
  const filters = app.lasting(NamedFilters);
  await filters.keep('Mine', { ...EVERY_TASK, types: ['classification'] });
  await render(InApp, { app, Screen: ReviewScreen });
  const menu = page.getByRole('combobox', { name: 'Saved filter' });
  const tasks = (count: string) =>
    expect.element(page.getByRole('progressbar')).toHaveAttribute('aria-valuemax', count);
  await tasks('24');
  await menu.selectOptions('Mine');
  await tasks('6');
  await filters.keep('Mine', { ...EVERY_TASK, types: ['open'] });
  await tasks('18');
  await filters.remove('Mine');
  await expect.element(menu).toHaveDisplayValue('Mine (deleted)');
  await tasks('18');
});

it('begins with all that the filter finds which the address names', async () => {
  await storeRun(store, manyTasks(1, { seeds: 10, machines: 400, rejected: 0 }));
  await store.saveSetting('review:rater', 'Ana');
  const app = new AppState(quietServices(store));
  await app.lasting(NamedFilters).keep('Mine', { ...EVERY_TASK, types: ['open'] });
  app.router.go('review', { filter: 'Mine' });
  await expect.poll(() => app.router.params['filter']).toBe('Mine');
  await render(InApp, { app, Screen: ReviewScreen });
  await expect.element(page.getByRole('combobox', { name: 'Saved filter' })).toHaveDisplayValue('Mine');
  await expect.element(page.getByRole('progressbar')).toHaveAttribute('aria-valuemax', '180');
  app.router.go('review');
});
