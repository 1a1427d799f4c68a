import '../../../app.css';
import { flushSync } from 'svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { page } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import { AppState } from '../../../app/app-state.svelte';
import type { BackupRow } from '../../../core/ports';
import { builtInConfig } from '../../../core/presets';
import type { InstanceRejectReason } from '../../../core/task';
import { IdbRunStore } from '../../../storage/idb-run-store';
import InApp from '../../../testing/InApp.svelte';
import { manyTasks } from '../../../testing/many-tasks';
import { quietServices } from '../../../testing/quiet-services';
import { deleteDatabase } from '../../../testing/raw-database';
import { RunSettings } from '../run-settings.svelte';
import { WhyFew } from './why-few.svelte';
import WhyFewCard from './WhyFewCard.svelte';

const never = new AbortController().signal;
let store: IdbRunStore;
beforeEach(async () => {
  await deleteDatabase();
  store = new IdbRunStore();
});
afterEach(() => store.close());

async function* pages(rows: readonly BackupRow[]): AsyncGenerator<readonly BackupRow[]> {
  await Promise.resolve();
  yield rows;
}
/** A run whose candidates were rejected by one rule, and whose instances were dropped. */
async function open(reason: InstanceRejectReason = 'input-equals-output'): Promise<AppState> {
  const many = manyTasks(1, { seeds: 2, machines: 12, rejected: 40 });
  const candidates = many.candidates.map((one, i) => ({
    ...one,
    ...(one.verdict === 'kept' ? {} : ({ verdict: 'too-similar', text: `<b>Name bird ${i}.</b>` } as const)),
  }));
  const tasks = many.machines.map((task) => ({
    ...task,
    stage: 'complete' as const,
    isClassification: false,
    instances: [],
    dropped: [{ input: 'Same', output: 'Same', reason }],
  }));
  const rows: BackupRow[] = [
    ...[...many.seeds, ...tasks].map((row) => ({ kind: 'task', row }) as const),
    ...candidates.map((row) => ({ kind: 'candidate', row }) as const),
  ];
  const rejected = { 'too-similar': candidates.filter(({ verdict }) => verdict !== 'kept').length };
  const progress = {
    ...many.progress,
    kept: 12,
    rejected,
    completed: 12,
    instances: 0,
    droppedInstances: 12,
  };
  const run = await store.importRun({ ...many, progress }, pages(rows), never, () => undefined);
  const app = new AppState(quietServices(store));
  app.session.run = run;
  app.session.progress = { ...progress, runId: run.id };
  return app;
}

it('names the rules that drop most, with examples as text, and changes the next run, with undo', async () => {
  const app = await open();
  const settings = app.lasting(RunSettings);
  const before = settings.config;
  expect(before.rougeThreshold).toBe(builtInConfig(0, 1).rougeThreshold);
  await render(InApp, { app, Screen: WhyFewCard });
  await expect.element(page.getByText(/“Too similar” rejects most: 40\./u)).toBeVisible();
  await expect.element(page.getByText(/<b>Name bird \d+\.<\/b>/u).first()).toBeVisible();
  await expect.element(page.getByText(/Most are dropped as “input equals output”: 12\./u)).toBeVisible();
  await expect.element(page.getByText('Same → Same').first()).toBeVisible();
  await page.getByRole('button', { name: 'Change it for the next run' }).click();
  expect(settings.config.rougeThreshold).toBe(0.8);
  await page.getByRole('button', { name: 'Undo' }).click();
  expect(settings.config).toEqual(before);
});

it('is silent in a run that keeps enough', async () => {
  const app = await open();
  const { progress } = app.session;
  if (progress) app.session.progress = { ...progress, kept: 100, instances: 90 };
  const { container } = await render(InApp, { app, Screen: WhyFewCard });
  expect(container.textContent.trim()).toBe('');
});

it('takes over the change of each rule apart, for longer than a visit, and undoes it alone', async () => {
  const app = await open('unfinished');
  const settings = app.lasting(RunSettings);
  const { maxTokens } = settings.config.decoding.instances;
  const values = (): readonly number[] => {
    const { rougeThreshold, target, decoding } = settings.config;
    return [rougeThreshold, decoding.instances.maxTokens, target];
  };
  const use = page.getByRole('button', { name: 'Change it for the next run' });
  const undo = page.getByRole('button', { name: 'Undo' });
  const visit = await render(InApp, { app, Screen: WhyFewCard });
  await use.first().click();
  await expect.element(use).toBeVisible();
  await expect.element(page.getByText('Changed for the next run.')).toBeVisible();
  await use.click();
  await expect.element(use).not.toBeInTheDocument();
  settings.change({ target: 77 });
  expect(values()).toEqual([0.8, 2 * maxTokens, 77]);
  await visit.unmount();
  await render(InApp, { app, Screen: WhyFewCard });
  await expect.poll(() => undo.elements()).toHaveLength(2);
  await undo.first().click();
  expect(values()).toEqual([0.7, 2 * maxTokens, 77]);
  await expect.element(undo).toBeVisible();
  settings.decode('instances', { maxTokens: 99 });
  await expect.element(undo).not.toBeInTheDocument();
  expect(values()).toEqual([0.7, 99, 77]);
});

it('reads all tasks of a run in progress again when twice as many are complete, and not after the visit', async () => {
  const app = await open();
  const scans = vi.spyOn(store, 'scanTasks');
  const { job } = app.lasting(WhyFew);
  app.session.status = 'running';
  const visit = await render(InApp, { app, Screen: WhyFewCard });
  await expect.element(page.getByText('Same → Same').first()).toBeVisible();
  expect(scans).toHaveBeenCalledTimes(1);
  const complete = (completed: number): void => {
    const { progress } = app.session;
    if (progress) app.session.progress = { ...progress, completed };
    flushSync();
  };
  for (const completed of [13, 14, 15]) complete(completed);
  await job.ended;
  expect(scans).toHaveBeenCalledTimes(1);
  scans.mockImplementation(async function* () {
    for (;;) {
      await Promise.resolve();
      yield [];
    }
  });
  complete(16);
  await expect.poll(() => scans.mock.calls).toHaveLength(2);
  expect(job.running).toBe(true);
  await visit.unmount();
  await expect.poll(() => job.running).toBe(false);
});
