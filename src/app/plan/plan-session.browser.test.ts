import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../core/errors';
import { builtInEvaluation } from '../../core/evaluation/prompt';
import { type NewPlan, nextStage } from '../../core/plan/plan';
import type { CompletionRequest } from '../../core/ports';
import type { RunId } from '../../core/task';
import { defaultConfig } from '../../core/training/defaults';
import { IdbRunStore } from '../../storage/idb-run-store';
import { MemoryModelStore } from '../../testing/memory-model-store';
import { type QuietServices, quietServices } from '../../testing/quiet-services';
import { deleteDatabase } from '../../testing/raw-database';
import { ScriptedTrainer } from '../../testing/scripted-trainer';
import { storedHost } from '../../testing/stored-host';
import { tinyConfig, tinySeeds } from '../../testing/tiny-pool';
import { AppState } from '../app-state.svelte';
import { PlanSession } from './plan-session.svelte';

const TARGET = 6;
const TASKS = 5;
const PLAN: NewPlan = {
  kind: 'loop',
  name: 'The whole loop',
  createdAt: 1,
  stages: [
    {
      key: 'generate',
      promised: 60,
      work: { kind: 'generate', modelId: 'built-in', config: tinyConfig(TARGET), seedSetId: 'simple' },
    },
    {
      key: 'finetune',
      promised: 120,
      work: {
        kind: 'finetune',
        name: 'After',
        baseId: 'built-in',
        run: { stage: 'generate' },
        data: { source: 'run-and-seeds', heldOutShare: 0, limit: null },
        config: { ...defaultConfig('built-in', 'full'), sampleEvery: 0, checkpointEvery: 1 },
      },
    },
    {
      key: 'evaluate',
      promised: 20,
      work: {
        kind: 'evaluate',
        name: 'Before and after',
        models: [{ id: 'built-in' }, { stage: 'finetune' }],
        set: { id: 'tiny', limit: null },
        config: builtInEvaluation(1),
      },
    },
  ],
};
const rest = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const forEver = (): Promise<never> => {
  dead++;
  return new Promise(() => undefined);
};
const isQuestion = ({ prompt }: CompletionRequest): boolean => prompt.includes('number of the question');

/** Where a tab stops to do anything, as one that was killed. */
interface Death {
  readonly inRun?: number;
  readonly inTraining?: number;
  readonly inEvaluation?: number;
  /** Or it lives, and every answer and step takes so many milliseconds. */
  readonly pace?: number;
}

let store: IdbRunStore;
let modelStore: MemoryModelStore;
let asked: number;
/** Tabs that have died. */
let dead: number;

/** A tab: its own sessions over the same database and the same files, with locks that a killed tab does not hold. */
function tab(death: Death = {}): { app: AppState; plan: PlanSession; services: QuietServices } {
  let written = 0;
  let answered = 0;
  const models = storedHost(modelStore, {
    before: (_, request) => {
      if (!isQuestion(request)) return ++written === death.inRun ? forEver() : rest(death.pace ?? 0);
      if (++answered === death.inEvaluation) return forEver();
      asked++;
      return rest(death.pace ?? 0);
    },
  });
  const trainer = new ScriptedTrainer({
    before: (step) => (step === death.inTraining ? forEver() : rest(death.pace ?? 0)),
  });
  const seeds = tinySeeds();
  const questions = tinySeeds(TASKS).map((seed) => ({
    ...seed,
    instruction: `Say the number of the question after ${seed.id}.`,
  }));
  const services: QuietServices = {
    ...quietServices(store),
    models,
    trainer,
    modelStore,
    builtInSeedSets: [
      { id: 'simple', name: 'Simple', note: '', count: 10, load: () => Promise.resolve(seeds) },
    ],
    heldOutSets: [{ id: 'tiny', name: 'Tiny', count: TASKS, load: () => Promise.resolve(questions) }],
  };
  const app = new AppState(services);
  return { app, services, plan: app.lasting(PlanSession) };
}
const until = async (done: () => boolean): Promise<void> => {
  while (!done()) await rest(5);
};
async function made(): Promise<readonly number[]> {
  const { services } = tab();
  const [runs, trainings, evaluations] = await Promise.all([
    store.latestRuns(9),
    services.trainings.list(),
    services.evaluations.list(),
  ]);
  return [runs.length, trainings.length, evaluations.length];
}
async function expectWhole({ plan, services }: ReturnType<typeof tab>): Promise<void> {
  expect([plan.status, plan.failure]).toEqual(['finished', null]);
  expect(plan.plan?.stages.map(({ made: id, finished }) => [id, finished])).toEqual([
    ['r0001', true],
    ['t0001', true],
    ['e0001', true],
  ]);
  expect(await made()).toEqual([1, 1, 1]);
  const run = await store.run('r0001' as RunId);
  expect(run?.progress).toMatchObject({ kept: TARGET, finished: true });
  expect(await services.trainings.get('t0001')).toMatchObject({
    status: 'finished',
    modelId: 'finetuned-t0001',
  });
  const evaluation = await services.evaluations.get('e0001');
  expect(evaluation?.models.map(({ origin, finished }) => [origin, finished])).toEqual([
    ['built-in', true],
    ['finetuned', true],
  ]);
  // Nobody was asked twice.
  expect(asked).toBe(2 * TASKS);
}

beforeEach(async () => {
  await deleteDatabase();
  store = new IdbRunStore();
  modelStore = new MemoryModelStore();
  asked = 0;
  dead = 0;
});
afterEach(() => store.close());

describe('a plan', () => {
  it('is worked through, stage by stage', async () => {
    const one = tab();
    await one.plan.start(PLAN);
    await expectWhole(one);
    expect(one.plan.progress).toBe(null);
    await one.app.plans.refresh();
    expect(one.app.plans.unfinished).toBe(null);
  });

  it.each([
    { where: 'while it generates', stage: 'generate', death: { inRun: 4 } },
    { where: 'while it finetunes', stage: 'finetune', death: { inTraining: 3 } },
    { where: 'while the base model answers', stage: 'evaluate', death: { inEvaluation: 3 } },
    { where: 'while the finetuned model answers', stage: 'evaluate', death: { inEvaluation: TASKS + 3 } },
  ])('goes on after a kill $where, and makes nothing twice', async ({ stage, death }) => {
    const one = tab(death);
    const dying = one.plan.start(PLAN);
    await until(() => dead === 1);
    // What it stored by then is all there is.
    await rest(50);
    const next = tab();
    await next.app.plans.refresh();
    const { unfinished } = next.app.plans;
    expect(unfinished && nextStage(unfinished.plan)?.key).toBe(stage);
    await next.plan.resume(unfinished?.plan.id ?? '');
    await expectWhole(next);
    void dying;
  });

  it('pauses in a stage, tells how far it is, and goes on in the same tab', async () => {
    const one = tab({ pace: 20 });
    const working = one.plan.start(PLAN);
    await until(() => one.plan.stage?.key === 'finetune' && (one.plan.progress?.ofStage?.done ?? 0) > 1);
    expect(one.plan.progress).toMatchObject({ number: 2, stage: { key: 'finetune' } });
    const share = one.plan.progress?.share ?? 0;
    // The run was promised 60 of 200 seconds.
    expect(share).toBeGreaterThan(0.3);
    expect(share).toBeLessThanOrEqual(0.9);
    await one.plan.pause();
    await working;
    expect([one.plan.status, one.plan.failure]).toEqual(['paused', null]);
    await one.plan.resume(one.plan.plan?.id ?? '');
    await expectWhole(one);
  });

  it('pauses with its stage, when that is paused on its own screen', async () => {
    const one = tab({ pace: 20 });
    const working = one.plan.start(PLAN);
    await until(() => (one.app.session.progress?.kept ?? 0) > 0);
    await one.app.session.pause();
    await working;
    expect([one.plan.status, one.plan.stage?.key]).toEqual(['paused', 'generate']);
  });

  it('is worked on by one tab alone, and says so', async () => {
    const one = tab();
    const id = (await one.services.plans.create(PLAN)).id;
    one.services.lockedElsewhere.add(id);
    await one.plan.resume(id);
    expect([one.plan.status, one.plan.failure?.kind]).toEqual(['none', 'plan-open-elsewhere']);
    expect(await made()).toEqual([0, 0, 0]);
  });

  it('tells why a stage failed, and goes on from there', async () => {
    const one = tab();
    const id = (await one.services.plans.create(PLAN)).id;
    const models = one.services.models.load.bind(one.services.models);
    one.services.models.load = () => Promise.reject(new AppError({ kind: 'model-not-here', model: 'x' }));
    await one.plan.resume(id);
    expect([one.plan.status, one.plan.failure?.kind]).toEqual(['failed', 'model-not-here']);
    one.services.models.load = models;
    await one.plan.resume(id);
    await expectWhole(one);
  });

  it('is no more when another tab deletes it; what it made stays', async () => {
    const one = tab();
    const working = one.plan.start(PLAN);
    await until(() => one.plan.stage?.key === 'finetune');
    await tab().services.plans.delete(one.plan.plan?.id ?? '');
    await working;
    await until(() => one.plan.failure !== null);
    expect([one.plan.status, one.plan.failure?.kind]).toEqual(['none', 'record-gone']);
    expect((await store.run('r0001' as RunId))?.progress.finished).toBe(true);
  });
});
