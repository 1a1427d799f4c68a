import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { page } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import '../../app.css';
import { AppState } from '../../app/app-state.svelte';
import { builtInWeights } from '../../browser/built-in-weights';
import { BUILT_IN_SEED_SETS, HELD_OUT_SETS } from '../../browser/seed-sets';
import type { StageKind } from '../../core/plan/plan';
import type { RunId } from '../../core/task';
import { BuiltInSource } from '../../inference/built-in-source';
import { GpuTrust } from '../../inference/gpu-trust';
import { SourcesHost } from '../../inference/model-host';
import { StoredSource } from '../../inference/stored-source';
import { IdbRunStore } from '../../storage/idb-run-store';
import InApp from '../../testing/InApp.svelte';
import { MemoryModelStore } from '../../testing/memory-model-store';
import { type QuietServices, quietServices } from '../../testing/quiet-services';
import { deleteDatabase } from '../../testing/raw-database';
import type { Trainer } from '../../trainer/trainer';
import { SimilarityClient } from '../../workers/similarity-client';
import { TrainerClient } from '../../workers/trainer-client';
import { writeInWorker } from '../../workers/weights-client';
import { LoopState } from './loop-state.svelte';
import LoopScreen from './LoopScreen.svelte';

// The real model writes, is trained and answers.
vi.setConfig({ testTimeout: 300_000 });

const FOLDER = '/models/built-in/';
const TARGET = 3;
const STEPS = 2;
const TASKS = 3;
const forEver = (): Promise<never> => new Promise(() => undefined);

let store: IdbRunStore;
let modelStore: MemoryModelStore;
const open: SourcesHost[] = [];

/**
 * A tab over the same database and the same files, with the real model, trainer and filters.
 * @param diesIn the kind of stage in which it does nothing more after its first piece of work, as one that was killed
 */
function tab(diesIn?: StageKind): { app: AppState; room: LoopState; services: QuietServices } {
  let done = 0;
  const orDie = async (): Promise<void> => {
    if (room.plan.stage?.work.kind === diesIn && ++done > 1) await forEver();
  };
  const quiet = quietServices(store);
  const models = new SourcesHost([
    new BuiltInSource(FOLDER, 1),
    new StoredSource(modelStore, 1, new GpuTrust(store, () => Promise.resolve(null), 'llama.cpp')),
  ]);
  open.push(models);
  const load = models.load.bind(models);
  models.load = async (...request) => {
    const model = await load(...request);
    const complete = model.complete.bind(model);
    model.complete = async (...asked) => {
      await orDie();
      return complete(...asked);
    };
    return model;
  };
  const real = new TrainerClient();
  const trainer: Trainer = {
    estimate: (...job) => real.estimate(...job),
    train: (job, signal, onEvent) =>
      real.train(job, signal, async (event) => {
        if (event.type === 'step') await orDie();
        await onEvent(event);
      }),
  };
  const services: QuietServices = {
    ...quiet,
    models,
    trainer,
    modelStore,
    similarity: new SimilarityClient(),
    weightsWriter: writeInWorker,
    builtInWeights: (...request) => builtInWeights(FOLDER, ...request),
    builtInSeedSets: BUILT_IN_SEED_SETS,
    heldOutSets: HELD_OUT_SETS,
  };
  const app = new AppState(services);
  const room = app.lasting(LoopState);
  return { app, room, services };
}
const until = async (done: () => boolean): Promise<void> => {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 20));
};

beforeEach(async () => {
  await deleteDatabase();
  store = new IdbRunStore();
  modelStore = new MemoryModelStore();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((models) => models.unload()));
  store.close();
});

it('goes from seed tasks to a judged model by one button, through a kill in every stage', async () => {
  const first = tab('generate');
  const shown = await render(InApp, { app: first.app, Screen: LoopScreen });
  await page.getByLabelText('Instructions to write').fill(String(TARGET));
  await page.getByLabelText('Finetuning steps').fill(String(STEPS));
  await page.getByLabelText('Held-out tasks').fill(String(TASKS));
  await page.getByRole('button', { name: 'Run the whole loop' }).click();
  await until(() => first.app.session.status === 'running');
  await expect.element(page.getByText(/^Stage 1 of 3: write tasks/u)).toBeVisible();
  await shown.unmount();

  const resumed = async (diesIn?: StageKind): Promise<ReturnType<typeof tab>> => {
    const next = tab(diesIn);
    const { unmount } = await render(InApp, { app: next.app, Screen: LoopScreen });
    await page.getByRole('button', { name: 'Resume' }).click();
    await expect.element(page.getByText(/^Stage \d of 3/u)).toBeVisible();
    await until(() => next.room.plan.stage?.work.kind === diesIn);
    if (diesIn) await until(() => (next.room.plan.progress?.ofStage?.done ?? 0) > 0);
    if (diesIn) await unmount();
    return next;
  };
  await resumed('finetune');
  await resumed('evaluate');
  const { room, services } = await resumed();
  await expect.element(page.getByText('The loop is finished.')).toBeVisible();

  expect(room.loop?.stages.map(({ made }) => made)).toEqual(['r0001', 't0001', 'e0001']);
  // It was measured before it began.
  for (const { promised } of room.loop?.stages ?? []) expect(promised).toBeGreaterThan(0);
  expect((await store.run('r0001' as RunId))?.progress).toMatchObject({ kept: TARGET, finished: true });
  const trainings = await services.trainings.list();
  expect(trainings.map(({ status, steps }) => [status, steps])).toEqual([['finished', STEPS]]);
  const evaluations = await services.evaluations.list();
  expect(evaluations.map(({ models }) => models.map(({ finished }) => finished))).toEqual([[true, true]]);
  await until(() => room.evaluation.results.figures !== null);
  const scores = room.evaluation.results.figures?.models ?? [];
  expect(scores.map(({ answers }) => answers)).toEqual([TASKS, TASKS]);
  await expect.element(page.getByRole('img', { name: /ROUGE.L on 3 tasks/u })).toBeVisible();
  await expect.element(page.getByText('What the difference says')).toBeVisible();
  await expect.element(page.getByRole('heading', { name: '3 tasks, answer by answer' })).toBeVisible();
  await expect.element(page.getByRole('img', { name: /^Loss/u })).toBeVisible();
  await expect.element(page.getByRole('img', { name: /^What was accepted and rejected/u })).toBeVisible();

  const saved: { name: string; content: Blob }[] = [];
  services.saveFile = (name, content) => saved.push({ name, content });
  await page.getByRole('button', { name: 'Save the report' }).click();
  await until(() => saved.length > 0);
  expect(saved[0]?.name).toBe('p0001-Built-in-model-3-instructions.html');
  const report = new DOMParser().parseFromString((await saved[0]?.content.text()) ?? '', 'text/html');
  expect(report.querySelectorAll('svg')).toHaveLength(3);
  expect(report.querySelectorAll('article')).toHaveLength(TASKS);
  const ids = [...report.querySelectorAll('[id]')].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const [asked] = room.evaluation.session.tasks;
  expect(report.body.textContent).toContain(asked?.instruction);
  expect(report.body.textContent).toContain(asked?.references[0]);
});
