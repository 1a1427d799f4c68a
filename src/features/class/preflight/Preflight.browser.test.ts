import '../../../app.css';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { page } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import { AppError } from '../../../core/errors';
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

it('tells why a model fails, and asks none while another is in use', async () => {
  const quiet = quietServices(store);
  const failure = { kind: 'self-test-failed', expected: 'a', got: 'b' } as const;
  const load = vi.fn(() => Promise.reject(new AppError(failure)));
  const app = new AppState({ ...quiet, models: { ...quiet.models, load } });
  await render(InApp, { app, Screen: ClassScreen });
  const minutes = page.getByRole('listitem').filter({ hasText: 'Minutes of the lesson' });
  await page.getByRole('button', { name: 'Check this computer' }).click();
  await expect.element(minutes).toHaveTextContent('computes wrong results');
  await expect.element(page.getByRole('status').filter({ hasText: 'Not ready' })).toBeVisible();
  app.plans.work = { active: true, progress: null };
  await page.getByRole('button', { name: 'Check again' }).click();
  await expect.element(minutes).toHaveTextContent('something else is being computed');
  expect(load).toHaveBeenCalledOnce();
});

it('does not answer for a recording', async () => {
  const app = new AppState({ ...quietServices(store), recorded: true });
  await render(InApp, { app, Screen: ClassScreen });
  await expect.element(page.getByText('Close the recording to check this computer')).toBeVisible();
  await expect.element(page.getByRole('button', { name: 'Check this computer' })).not.toBeInTheDocument();
});
