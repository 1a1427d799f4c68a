import '../../app.css';
import { flushSync } from 'svelte';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import { AppState } from '../../app/app-state.svelte';
import { BLOCKED_WORDS } from '../../core/filters/blocked-words';
import type { ModelInfo } from '../../core/models/stored-model';
import { modelConfig, SWITCHES } from '../../core/presets';
import { IdbRunStore } from '../../storage/idb-run-store';
import { BUILT_IN_INFO, quietServices } from '../../testing/quiet-services';
import { deleteDatabase } from '../../testing/raw-database';
import BlockedWords from './BlockedWords.svelte';
import { RunSettings } from './run-settings.svelte';

const server: ModelInfo = {
  ...BUILT_IN_INFO,
  id: 'server',
  engine: 'server',
  origin: 'server',
  parallel: 32,
  contextLength: 8192,
};
let store: IdbRunStore;
beforeEach(async () => {
  await deleteDatabase();
  store = new IdbRunStore();
});
afterEach(() => store.close());

it('follow the model, unless they were changed by hand or are the paper’s', async () => {
  const services = quietServices(store);
  const list = (): Promise<readonly ModelInfo[]> => Promise.resolve([BUILT_IN_INFO, server]);
  const app = new AppState({ ...services, models: { ...services.models, list }, now: () => 5 });
  const settings = app.lasting(RunSettings);
  const choose = async (id: string): Promise<void> => {
    await app.choice.choose(id);
    flushSync();
  };
  await app.choice.ready;
  expect(settings.valueSet).toBe('model');
  await choose(server.id);
  expect(settings.valueSet).toBe('model');
  expect(settings.config).toEqual(modelConfig(server, 5, 50));
  settings.useValues('paper');
  await choose(BUILT_IN_INFO.id);
  expect(settings.valueSet).toBe('paper');
  expect(settings.config.batchSize).toBe(5);
  settings.useValues('model');
  expect(settings.config).toEqual(modelConfig(BUILT_IN_INFO, 5, 50));
  settings.change({ exemplars: 3 });
  await choose(server.id);
  expect([settings.valueSet, settings.config.exemplars, settings.config.batchSize]).toEqual([null, 3, 4]);
});

it('have the filters of our own that the preset has, until one is switched apart', () => {
  const settings = new AppState(quietServices(store)).lasting(RunSettings);
  expect(settings.hasFilter('statements')).toBe(true);
  settings.usePreset('paper');
  expect(settings.hasFilter('statements')).toBe(false);
  settings.setFilter('statements', true);
  expect(settings.config).toMatchObject({
    preset: 'paper',
    switches: { ...SWITCHES.paper, statements: 'reject' },
  });
  settings.setAnyLanguage(true);
  expect(settings.hasFilter('statements')).toBe(true);
  settings.usePreset('ours');
  expect(settings.config.switches).toEqual({ ...SWITCHES.ours, similarityTokens: 'unicode' });
});

it('keep a list of blocked words through presets, models and starts, until the 13 are wanted back', async () => {
  const first = new AppState(quietServices(store)).lasting(RunSettings);
  expect(first.blockedWords).toEqual(BLOCKED_WORDS);
  first.blockWords(['sonnet', 'go to']);
  first.usePreset('paper');
  first.useValues('model');
  expect(first.valueSet).toBe('model');
  expect(first.config.blockedWords).toEqual(['sonnet', 'go to']);
  await expect.poll(() => store.setting('blocked-words')).toEqual(['sonnet', 'go to']);
  const second = new AppState(quietServices(store)).lasting(RunSettings);
  await expect.poll(() => second.config.blockedWords).toEqual(['sonnet', 'go to']);
  second.blockWords(null);
  expect('blockedWords' in second.config).toBe(false);
  await expect.poll(() => store.setting('blocked-words')).toBeNull();
});

it('leave out of a long list what a backup could not hold, and say so', async () => {
  const settings = new AppState(quietServices(store)).lasting(RunSettings);
  await render(BlockedWords, { settings });
  await page.getByText(/^13 blocked words/u).click();
  const field = page.getByRole('textbox', { name: 'Blocked words' });
  await field.fill(['sonnet', 'x'.repeat(201), 'poem'].join('\n'));
  await userEvent.tab();
  await expect
    .element(page.getByText(/^1 word was left out: a word has at most 200 characters/u))
    .toBeVisible();
  await expect.element(field).toHaveValue('sonnet\npoem');
  await expect.poll(() => store.setting('blocked-words')).toEqual(['sonnet', 'poem']);
  settings.blockWords(Array.from({ length: 5_002 }, (_, i) => `w${i}`));
  await expect
    .element(page.getByText(/^2 words at the end were left out: a list has at most 5,000/u))
    .toBeVisible();
  expect(settings.config.blockedWords).toHaveLength(5_000);
  await page.getByRole('button', { name: /^Back to the 13 words/u }).click();
  await expect.element(page.getByText(/left out/u)).not.toBeInTheDocument();
});
