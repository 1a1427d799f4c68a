/** Stopping a finetuning ends, whatever is dead, and is no failure. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebLocks } from '../../browser/writer-locks';
import { AppError } from '../../core/errors';
import { BUILT_IN } from '../../core/models/stored-model';
import type { RunId } from '../../core/task';
import { defaultConfig } from '../../core/training/defaults';
import type { ModelStaging } from '../../models/model-store';
import { IdbRunStore } from '../../storage/idb-run-store';
import { IdbTrainingStore } from '../../storage/idb-training-store';
import { deadFrom } from '../../testing/dead-from';
import { manyTasks } from '../../testing/many-tasks';
import { MemoryModelStore } from '../../testing/memory-model-store';
import { quietServices } from '../../testing/quiet-services';
import { deleteDatabase } from '../../testing/raw-database';
import { ScriptedTrainer } from '../../testing/scripted-trainer';
import { storeRun } from '../../testing/store-run';
import { TrainerClient } from '../../workers/trainer-client';
import type { Services } from '../services';
import type { TrainingPlan } from './training-job';
import { TrainingSession } from './training-session.svelte';

const soon = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const realTrainer = (): Worker =>
  new Worker(new URL('../../workers/trainer.worker.ts', import.meta.url), { type: 'module' });
const emptyWorker = (): Worker => new Worker(URL.createObjectURL(new Blob([''])));

/** Trains for real until the worker is ended without a word, as one whose memory is gone. */
function dyingTrainer(): TrainerClient {
  return new TrainerClient({
    spawn: () => {
      const worker = realTrainer();
      setTimeout(() => worker.terminate(), 500);
      return worker;
    },
  });
}
class DeadStaging extends MemoryModelStore {
  override async stage(id: string): Promise<ModelStaging> {
    return deadFrom(await super.stage(id), 'write');
  }
}
const DEAD: Readonly<Record<string, (store: IdbRunStore) => Partial<Services>>> = {
  'a trainer that never begins': () => ({ trainer: new TrainerClient({ spawn: emptyWorker }) }),
  'a trainer that dies': () => ({ trainer: dyingTrainer() }),
  'a read of the tasks': (store) => ({ store: deadFrom(store, 'run') }),
  'the making of the record': () => ({ trainings: deadFrom(new IdbTrainingStore(), 'create') }),
  'the first write of the record': () => ({ trainings: deadFrom(new IdbTrainingStore(), 'change') }),
  'the write of a checkpoint': () => ({ trainings: deadFrom(new IdbTrainingStore(), 'change', 1) }),
  'the read of a checkpoint': () => ({ trainings: deadFrom(new IdbTrainingStore(), 'checkpoint') }),
  'the model that is unloaded': (store) => ({ models: deadFrom(quietServices(store).models, 'unload') }),
  'the files of the model': () => ({ modelStore: new DeadStaging() }),
  'the finished record': () => ({ trainings: deadFrom(new IdbTrainingStore(), 'finish') }),
};

let store: IdbRunStore;
let plan: TrainingPlan;

beforeEach(async () => {
  await deleteDatabase();
  store = new IdbRunStore();
  const runId: RunId = await storeRun(store, manyTasks(1, { seeds: 10, machines: 40, rejected: 0 }));
  plan = {
    name: 'My model',
    baseId: BUILT_IN,
    data: { source: 'run-and-seeds', runId, name: 'run 1', heldOutShare: 0.1, limit: null },
    config: { ...defaultConfig('built-in', 'full'), epochs: 2, batchSize: 4, checkpointEvery: 3, seed: 1 },
  };
});
afterEach(() => store.close());

const sessionOf = (dead: Partial<Services>): TrainingSession =>
  new TrainingSession({ ...quietServices(store), locks: new WebLocks(), ...dead });

describe('a stop', () => {
  it('ends though something never answers, and leaves the finetuning to be resumed', async () => {
    const stopped = Object.entries(DEAD).map(async ([what, dead]) => {
      const session = sessionOf(dead(store));
      const ended = session.start(plan);
      await soon(1_500);
      expect([what, session.active, session.failure]).toEqual([what, true, null]);
      await session.pause();
      await ended;
      const { record } = session;
      expect([what, session.status, session.failure]).toEqual([what, record ? 'paused' : 'none', null]);
      if (!record) return;
      const lock = await new WebLocks().acquire('training', record.id);
      expect(lock, what).not.toBeNull();
      lock?.release();
    });
    await Promise.all(stopped);
  });

  it('is a stop, whatever the work then ends with', async () => {
    const failures = [
      new AppError({ kind: 'worker-crashed', worker: 'trainer', detail: 'ended' }),
      new AppError({ kind: 'storage-unavailable', detail: 'A transaction did not end.' }),
    ];
    for (const failure of failures) {
      const trainings = new IdbTrainingStore();
      const session = sessionOf({
        trainings: new Proxy(trainings, {
          get(target, name) {
            const member: unknown = Reflect.get(target, name, target);
            if (typeof member !== 'function') return member;
            return async (...args: unknown[]): Promise<unknown> => {
              if (name !== 'checkpoint') return Reflect.apply(member, target, args) as unknown;
              void session.pause();
              await soon(0);
              throw failure;
            };
          },
        }),
      });
      await session.start(plan);
      expect([session.status, session.failure]).toEqual(['paused', null]);
      expect((await trainings.get(session.record?.id ?? ''))?.status).toBe('paused');
    }
  });

  it('of an estimate whose worker dies of it is a stop as well', async () => {
    const session = sessionOf({
      trainer: new ScriptedTrainer({
        estimate: async () => {
          void session.pause();
          await soon(0);
          throw new AppError({ kind: 'worker-crashed', worker: 'trainer', detail: 'ended' });
        },
      }),
    });
    expect(await session.estimate(plan)).toBeNull();
    expect([session.status, session.failure]).toEqual(['none', null]);
  });
});
