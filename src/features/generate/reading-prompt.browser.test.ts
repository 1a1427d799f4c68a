import '../../app.css';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import { AppState } from '../../app/app-state.svelte';
import { IdbRunStore } from '../../storage/idb-run-store';
import InApp from '../../testing/InApp.svelte';
import { deleteDatabase } from '../../testing/raw-database';
import { host, request, runServices } from '../../testing/run-sessions';
import GenerateScreen from './GenerateScreen.svelte';

let store: IdbRunStore;
beforeEach(async () => {
  await deleteDatabase();
  store = new IdbRunStore();
});
afterEach(() => store.close());

it('shows how much of a long prompt has been read, and then the answer', async () => {
  let answer: () => void = () => undefined;
  const read = new Promise<void>((resolve) => (answer = resolve));
  const models = host({ reading: { done: 440, total: 1_100 }, parallel: 1, before: () => read });
  const app = new AppState(runServices(store, models));
  const running = app.session.start(request(4));
  await render(InApp, { app, Screen: GenerateScreen });
  const progress = page.getByText('Reading the prompt, 40%').first();
  await expect.element(progress).toBeVisible();
  answer();
  await running;
  expect(app.session.status).toBe('finished');
  await expect.element(progress).not.toBeInTheDocument();
});
