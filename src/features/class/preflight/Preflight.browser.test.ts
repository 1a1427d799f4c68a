import '../../../app.css';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import { AppState } from '../../../app/app-state.svelte';
import { deviceReport } from '../../../browser/device-report';
import { IdbRunStore } from '../../../storage/idb-run-store';
import { quietServices } from '../../../testing/quiet-services';
import { deleteDatabase } from '../../../testing/raw-database';
import { ScriptedModel } from '../../../testing/scripted-model';
import InApp from '../../../testing/InApp.svelte';
import ClassScreen from '../ClassScreen.svelte';

let store: IdbRunStore;

beforeEach(async () => {
  await page.viewport(1280, 1000);
  await deleteDatabase();
  location.hash = '#/class?part=check';
  store = new IdbRunStore();
});
afterEach(() => {
  store.close();
  location.hash = '';
});

it('checks this browser, asks the model briefly, and says what to do', async () => {
  const quiet = quietServices(store);
  const model = new ScriptedModel({ text: () => ' Name three birds.\n10. Sing a song.' });
  const services = {
    ...quiet,
    deviceReport,
    openTabs: () => Promise.resolve(2),
    models: { ...quiet.models, load: () => Promise.resolve(model) },
  };
  await render(InApp, { app: new AppState(services), Screen: ClassScreen });
  await page.getByRole('button', { name: 'Check this computer' }).click();
  await expect.element(page.getByRole('status').filter({ hasText: 'Ready, with limits' })).toBeVisible();
  const tabs = page.getByRole('listitem').filter({ hasText: 'One tab' });
  await expect.element(tabs).toHaveTextContent('open in 2 tabs');
  await expect.element(tabs).toHaveTextContent('Close the others.');
  await expect.element(page.getByRole('button', { name: 'Copy for the IT desk' })).toBeVisible();
});
