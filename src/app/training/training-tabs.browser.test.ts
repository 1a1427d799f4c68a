import { afterEach, beforeEach, expect, it } from 'vitest';
import { WebLocks } from '../../browser/writer-locks';
import { BUILT_IN } from '../../core/models/stored-model';
import type { RunId } from '../../core/task';
import { defaultConfig } from '../../core/training/defaults';
import type { TrainingRecord } from '../../core/training/training';
import { IdbRunStore } from '../../storage/idb-run-store';
import { IdbTrainingStore } from '../../storage/idb-training-store';
import { manyTasks } from '../../testing/many-tasks';
import { MemoryModelStore } from '../../testing/memory-model-store';
import { quietServices } from '../../testing/quiet-services';
import { deleteDatabase } from '../../testing/raw-database';
import { storeRun } from '../../testing/store-run';
import { ScriptedTrainer, type TrainerScript } from '../../testing/scripted-trainer';
import type { Services } from '../services';
import type { TrainingPlan } from './training-job';
import { TrainingSession } from './training-session.svelte';

let store: IdbRunStore;
let trainings: IdbTrainingStore;
let models: MemoryModelStore;
let runId: RunId;
const closing: IdbTrainingStore[] = [];

/** A tab: its own handle to the database, the same locks. */
function tab(script: TrainerScript = {}) {
  const own = new IdbTrainingStore();
  closing.push(own);
  const services: Services = {
    ...quietServices(store),
    trainer: new ScriptedTrainer(script),
    trainings: own,
    modelStore: models,
    locks: new WebLocks(),
  };
  return { services, session: new TrainingSession(services) };
}
const plan = (): TrainingPlan => ({
  name: 'My model',
  baseId: BUILT_IN,
  data: { source: 'run-and-seeds', runId, name: 'run 1', heldOutShare: 0.1, limit: null },
  config: { ...defaultConfig('built-in', 'full'), epochs: 2, batchSize: 4, checkpointEvery: 3, seed: 1 },
});
const named =
  (name: string) =>
  (now: TrainingRecord): TrainingRecord => ({ ...now, name });

beforeEach(async () => {
  await deleteDatabase();
  store = new IdbRunStore();
  trainings = new IdbTrainingStore();
  models = new MemoryModelStore();
  runId = await storeRun(store, manyTasks(1, { seeds: 10, machines: 40, rejected: 0 }));
});
afterEach(() => {
  store.close();
  for (const one of [trainings, ...closing.splice(0)]) one.close();
});

it('a name given in one stays, whatever checkpoints the other writes, and the model bears it', async () => {
  const own = tab({
    before: async (step) => {
      if (step === 5) await trainings.change('t0001', named('Ada'));
    },
  });
  await own.session.start(plan());
  expect(own.session.record).toMatchObject({ name: 'Ada', status: 'finished', step: 16 });
  expect(await trainings.get('t0001')).toMatchObject({ name: 'Ada', status: 'finished', step: 16 });
  expect(await models.get('finetuned-t0001')).toMatchObject({ name: 'Ada' });
});

it('renamed while the model is written: the model is renamed after it', async () => {
  const own = tab();
  const { weightsWriter } = own.services;
  const session = new TrainingSession({
    ...own.services,
    weightsWriter: {
      write: async (...args) => {
        await trainings.change('t0001', named('Grace'));
        return weightsWriter.write(...args);
      },
    },
  });
  await session.start(plan());
  expect(await trainings.get('t0001')).toMatchObject({ name: 'Grace', status: 'finished' });
  expect(await models.get('finetuned-t0001')).toMatchObject({ name: 'Grace' });
});

it('deleted while it is computed: that one stops, tells it, and writes nothing', async () => {
  const own = tab({
    before: async (step) => {
      // Without locks, as over plain http: with them the deletion is refused.
      if (step === 5) await trainings.delete('t0001');
    },
  });
  await own.session.start(plan());
  await expect.poll(() => own.session.status).toBe('none');
  expect(own.session.failure).toMatchObject({ kind: 'record-gone', record: 'finetuning' });
  expect([await trainings.list(), await trainings.checkpoint('t0001'), await models.list()]).toEqual([
    [],
    undefined,
    [],
  ]);
});

it('what one computes is shown in the other at each checkpoint', async () => {
  const other = tab();
  const own = tab({
    before: async (step) => {
      if (step === 2) await other.session.open('t0001');
      if (step === 8) await expect.poll(() => other.session.record?.step).toBe(6);
    },
  });
  await own.session.start(plan());
  await expect.poll(() => other.session.status).toBe('finished');
  expect(other.session.record).toEqual(own.session.record);
});
