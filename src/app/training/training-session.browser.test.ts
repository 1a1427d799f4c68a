import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebLocks } from '../../browser/writer-locks';
import { AppError } from '../../core/errors';
import type { RunId } from '../../core/task';
import type { TrainingConfig } from '../../core/training/training';
import { BUILT_IN, GGUF_FILE, WEIGHTS_FILE } from '../../core/models/stored-model';
import { IdbRunStore } from '../../storage/idb-run-store';
import { IdbTrainingStore } from '../../storage/idb-training-store';
import { manyTasks } from '../../testing/many-tasks';
import { MemoryModelStore } from '../../testing/memory-model-store';
import { BUILT_IN_INFO, quietServices } from '../../testing/quiet-services';
import { deleteDatabase } from '../../testing/raw-database';
import { storeRun } from '../../testing/store-run';
import { crashed, ScriptedTrainer, scriptedLoss, type TrainerScript } from '../../testing/scripted-trainer';
import { END_OF_TEXT, randomBase } from '../../testing/base-weights';
import { storedGguf } from '../../testing/stored-gguf';
import type { Services } from '../services';
import { ggufOf } from '../../models/model-weights';
import type { TrainingPlan } from './training-job';
import { TrainingSession } from './training-session.svelte';

const CONFIG: TrainingConfig = {
  method: { kind: 'full' },
  epochs: 2,
  batchSize: 4,
  learningRate: 1e-3,
  warmupShare: 0.1,
  weightDecay: 0,
  clipNorm: 1,
  maxTokens: 128,
  validateEvery: 5,
  sampleEvery: 5,
  checkpointEvery: 3,
  seed: 1,
};
const LORA = { kind: 'lora', rank: 4, alpha: 8, targets: ['q_proj', 'v_proj'] } as const;

let store: IdbRunStore;
let trainings: IdbTrainingStore;
let models: MemoryModelStore;
let runId: RunId;
const closing: IdbTrainingStore[] = [];

/** A tab: its own handle to the database, the same locks. */
function tab(script: TrainerScript = {}, more: Partial<Services> = {}) {
  const trainer = new ScriptedTrainer(script);
  const own = new IdbTrainingStore();
  closing.push(own);
  const services: Services = {
    ...quietServices(store),
    store,
    trainer,
    trainings: own,
    modelStore: models,
    locks: new WebLocks(),
    ...more,
  };
  return { trainer, services, session: new TrainingSession(services) };
}
const plan = (
  config: Partial<TrainingConfig> = {},
  data: Partial<TrainingPlan['data']> = {},
): TrainingPlan => ({
  name: 'My model',
  baseId: BUILT_IN,
  data: { source: 'run-and-seeds', runId, name: 'run 1', heldOutShare: 0.1, limit: null, ...data },
  config: { ...CONFIG, ...config },
});
const soon = (ms = 0): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

beforeEach(async () => {
  await deleteDatabase();
  store = new IdbRunStore();
  trainings = new IdbTrainingStore();
  models = new MemoryModelStore();
  runId = await storeRun(store, manyTasks(1, { seeds: 10, machines: 40, rejected: 0 }));
});
afterEach(() => {
  vi.restoreAllMocks();
  store.close();
  for (const one of [trainings, ...closing.splice(0)]) one.close();
});

describe('a training', () => {
  it('becomes a stored model with all its files', async () => {
    const { session, trainer } = tab();
    await session.start(plan(), { seconds: 9, peakBytes: 5 });
    expect([session.status, session.failure]).toEqual(['finished', null]);
    const [record] = await trainings.list();
    // 10 seeds and 24 complete tasks, a tenth of the instructions held out: 31 examples, 8 steps an epoch.
    expect(record).toMatchObject({
      id: 't0001',
      name: 'My model',
      status: 'finished',
      counts: { training: 31, validation: 3 },
      promised: { seconds: 9, peakBytes: 5 },
      step: 16,
      steps: 16,
      seconds: 8,
      tokens: 16 * 160,
      modelId: 'finetuned-t0001',
      baseModel: { id: BUILT_IN, hash: BUILT_IN_INFO.hash },
    });
    expect(record?.curve).toEqual(
      Array.from({ length: 16 }, (_, i) => ({ step: i + 1, loss: scriptedLoss(i + 1) })),
    );
    expect(record?.validation.map(({ step }) => step)).toEqual([5, 10, 15, 16]);
    expect(record?.samples).toHaveLength(9);
    expect(await trainings.checkpoint('t0001')).toBeUndefined();
    const model = await models.get('finetuned-t0001');
    expect(model).toMatchObject({
      name: 'My model',
      engine: 'llama.cpp',
      origin: 'finetuned',
      contextLength: 128,
      parent: { modelId: BUILT_IN_INFO.id, trainingId: 't0001' },
    });
    expect(model?.files.map(({ name }) => name)).toEqual([
      'config.json',
      'tokenizer.json',
      WEIGHTS_FILE,
      GGUF_FILE,
    ]);
    expect(model?.hash).toBe(model?.files.find(({ name }) => name === GGUF_FILE)?.sha256);
    const [job] = trainer.jobs;
    expect(job?.examples.every(({ completion }) => completion.endsWith(END_OF_TEXT))).toBe(true);
    expect(job?.samplePrompts).toHaveLength(3);
    expect(session.wanted.map(({ prompt }) => prompt)).toEqual(job?.samplePrompts);
  });

  it('on a GGUF file is stored as an adapter that names its base, and can be trained on again', async () => {
    const { hash, bytes } = await storedGguf(models, 'small', 'Small');
    const { services, session } = tab();
    await session.start({ ...plan({ method: LORA }), baseId: 'small' });
    expect([session.status, session.failure]).toEqual(['finished', null]);
    const model = await models.get('finetuned-t0001');
    const [settings, learned, ...others] = model?.files ?? [];
    expect([settings?.name, others]).toEqual(['adapter_config.json', []]);
    expect(model).toMatchObject({
      ...{ name: 'My model', hash: learned?.sha256, bytes: learned?.bytes, licence: 'MIT' },
      adapter: { base: { name: 'Small', hash, bytes }, scale: 2 },
      parent: { modelId: 'small', trainingId: 't0001' },
    });
    const wanted = await ggufOf(services.modelStore, model!);
    expect([wanted.gguf.size, wanted.adapters?.length]).toEqual([bytes, 1]);
    // Without its base nothing can begin on it, and what is missing is said.
    await models.delete('small');
    await session.start({ ...plan({ method: LORA }), baseId: 'finetuned-t0001' });
    expect(session.failure).toMatchObject({ kind: 'base-not-here', base: 'Small' });
  });

  it('keeps the adapter of LoRA beside the merged weights', async () => {
    const { session } = tab();
    await session.start(plan({ method: LORA }));
    expect((await models.get('finetuned-t0001'))?.files.map(({ name }) => name)).toContain(
      'adapter_model.safetensors',
    );
  });

  it('paused at any step and resumed in another tab gives the same curves', async () => {
    const whole = tab();
    await whole.session.start(plan());
    const [expected] = await trainings.list();
    for (const stopAt of [1, 2, 4, 9, 16]) {
      const own = tab({ before: (step) => (step === stopAt ? void own.session.pause() : soon()) });
      await own.session.start(plan());
      const { record } = own.session;
      expect([own.session.status, own.session.failure]).toEqual(['paused', null]);
      expect(record).toMatchObject({ status: 'paused', step: stopAt - 1, modelId: null });
      expect((await trainings.checkpoint(record!.id))?.step).toBe(stopAt - 1);
      const other = tab();
      await other.session.resume(record!.id);
      expect(other.session.status).toBe('finished');
      expect(other.trainer.jobs[0]?.resume?.step).toBe(stopAt - 1);
      const { curve, validation, samples, tokens, seconds } = (await trainings.get(record!.id))!;
      expect({ curve, validation, samples, tokens, seconds }).toEqual({
        curve: expected?.curve,
        validation: expected?.validation,
        samples: expected?.samples,
        tokens: expected?.tokens,
        seconds: expected?.seconds,
      });
    }
  });

  it('whose tab was closed goes on at its last checkpoint, with the curves of that moment', async () => {
    // The tab dies in step 9: its promise never settles, as nothing runs any more.
    const dead = tab({ before: (step) => (step === 9 ? new Promise(() => undefined) : undefined) });
    const alone: Services['locks'] = {
      acquire: () => Promise.resolve({ release: () => undefined, lost: new AbortController().signal }),
      holder: () => Promise.resolve('nobody'),
    };
    const gone = new TrainingSession({ ...dead.services, locks: alone });
    void gone.start(plan());
    await expect.poll(async () => (await trainings.get('t0001'))?.step).toBe(6);
    expect((await trainings.get('t0001'))?.status).toBe('running');
    const { session, trainer } = tab();
    await session.open('t0001');
    expect(session.status).toBe('paused');
    expect(session.figures?.step).toBe(6);
    await session.resume('t0001');
    expect(trainer.jobs[0]?.resume?.step).toBe(6);
    expect(session.figures?.curve.map(({ step }) => step)).toEqual(
      Array.from({ length: 16 }, (_, i) => i + 1),
    );
    expect(session.status).toBe('finished');
  });

  it('ends early with what it has learned, or is discarded with all that is stored of it', async () => {
    const early = tab({ before: (step) => (step === 8 ? void early.session.finishNow() : soon()) });
    await early.session.start(plan());
    await expect.poll(() => early.session.status).toBe('finished');
    expect(early.session.record).toMatchObject({ step: 7, steps: 16, modelId: 'finetuned-t0001' });
    const dropped = tab({ before: (step) => (step === 8 ? void dropped.session.discard() : soon()) });
    await dropped.session.start(plan());
    await expect.poll(() => dropped.session.status).toBe('none');
    expect((await trainings.list()).map(({ id }) => id)).toEqual(['t0001']);
    expect(await trainings.checkpoint('t0002')).toBeUndefined();
  });

  it('is written by one tab at a time', async () => {
    let go = (): void => undefined;
    const first = tab({
      before: (step) => (step === 2 ? new Promise((resolve) => (go = resolve)) : undefined),
    });
    const ended = first.session.start(plan());
    await expect.poll(() => first.session.status).toBe('running');
    const second = tab();
    await second.session.resume('t0001');
    expect(second.session.failure).toEqual({ kind: 'training-open-elsewhere', trainingId: 't0001' });
    expect(second.trainer.jobs).toEqual([]);
    await expect.poll(() => first.session.figures?.step).toBe(1);
    go();
    await ended;
    expect(first.session.status).toBe('finished');
  });
});

describe('when something breaks', () => {
  it('a crashed worker and a lost device go on from the last checkpoint by themselves', async () => {
    const lost = new AppError({ kind: 'device-lost', detail: 'driver reset' });
    const { session, trainer } = tab({
      before: (step, attempt) => {
        if (step === 8 && attempt === 1) throw crashed();
        if (step === 14 && attempt === 2) throw lost;
      },
    });
    await session.start(plan());
    expect(session.status).toBe('finished');
    expect(trainer.jobs.map(({ resume }) => resume?.step ?? 0)).toEqual([0, 6, 12]);
    expect(session.recoveries.map(({ kind }) => kind)).toEqual(['worker-crashed', 'device-lost']);
    expect(session.record?.curve).toHaveLength(16);
    expect(session.record?.seconds).toBe(8);
  });

  it('not for ever: three times without a new checkpoint is the end, and nothing is lost', async () => {
    const { session, trainer } = tab({
      before: (step) => {
        if (step === 5) throw crashed();
      },
    });
    await session.start(plan());
    expect(session.status).toBe('failed');
    expect(session.failure).toMatchObject({ kind: 'worker-crashed' });
    expect(trainer.jobs.map(({ resume }) => resume?.step ?? 0)).toEqual([0, 3, 3]);
    expect(await trainings.get('t0001')).toMatchObject({
      status: 'failed',
      step: 3,
      reason: 'RuntimeError: unreachable',
    });
    expect((await trainings.checkpoint('t0001'))?.step).toBe(3);
  });

  it('a loss that is no number stops it, keeps the last good checkpoint and says why', async () => {
    const failure = { kind: 'training-failed', step: 11, detail: 'the loss is no number' } as const;
    const { session, trainer } = tab({
      before: (step) => {
        if (step === 11) throw new AppError(failure);
      },
    });
    await session.start(plan());
    expect([session.status, session.failure]).toEqual(['failed', failure]);
    expect(trainer.jobs).toHaveLength(1);
    expect(await trainings.get('t0001')).toMatchObject({
      status: 'failed',
      reason: 'Step 11: the loss is no number',
      step: 9,
    });
    // What was good becomes a model when the user wants it.
    const other = tab();
    await other.session.resume('t0001', 9);
    expect(other.session.record).toMatchObject({ status: 'finished', step: 9 });
  });

  it('a full disk stops it; what could not be stored goes on in this tab', async () => {
    const { session, services, trainer } = tab();
    const change = services.trainings.change.bind(services.trainings);
    let full = true;
    services.trainings.change = (id, part, checkpoint) =>
      full && checkpoint?.step === 6
        ? Promise.reject(new AppError({ kind: 'storage-full', detail: 'QuotaExceededError' }))
        : change(id, part, checkpoint);
    await session.start(plan());
    expect(session.failure).toMatchObject({ kind: 'storage-full' });
    expect(session.status).toBe('failed');
    expect((await trainings.checkpoint('t0001'))?.step).toBeLessThan(6);
    full = false;
    await session.resume('t0001');
    expect(session.status).toBe('finished');
    expect(trainer.jobs[1]?.resume?.step).toBe(6);
    expect(session.record?.curve.map(({ step }) => step)).toEqual(
      Array.from({ length: 16 }, (_, i) => i + 1),
    );
  });

  it('a model that could not be written leaves no half one, and is written on resume', async () => {
    const { session } = tab();
    models.nextFailure = new AppError({ kind: 'storage-full', detail: 'QuotaExceededError' });
    await session.start(plan());
    expect(session.status).toBe('failed');
    expect(await models.list()).toEqual([]);
    await session.resume('t0001');
    expect(session.status).toBe('finished');
    expect(await models.list()).toHaveLength(1);
  });

  it('other data or another base model than it began with is refused', async () => {
    const own = tab({ before: (step) => (step === 4 ? void own.session.pause() : undefined) });
    await own.session.start(plan());
    const seed = await (async () => {
      for await (const page of store.scanTasks(runId)) for (const task of page) return task;
      throw new Error('none');
    })();
    await store.changeTask(seed.id, () => ({ ...seed, instruction: 'Another instruction.' }));
    const other = tab();
    await other.session.resume('t0001');
    expect(other.session.failure).toMatchObject({ kind: 'training-data-changed' });
    expect(other.trainer.jobs).toEqual([]);
    expect((await trainings.checkpoint('t0001'))?.step).toBe(3);
    await store.changeTask(seed.id, () => seed);
    const { services } = tab();
    const find = async (id: string) => ({ ...(await services.models.find(id)), hash: 'other' });
    const newer = new TrainingSession({ ...services, models: { ...services.models, find } });
    await newer.resume('t0001');
    expect(newer.failure).toMatchObject({ kind: 'training-data-changed' });
    await store.deleteRun(runId);
    await other.session.resume('t0001');
    expect(other.session.failure).toMatchObject({ kind: 'training-data-changed' });
  });

  it.each([
    ['a foreign architecture', { model_type: 'gpt2' }, /Llama architecture/u],
    ['weights of another width', { hidden_size: 16 }, /do not match the configuration/u],
    ['no end of text', { eos_token_id: 259 }, /token that ends/u],
  ])('%s is named before anything is stored', async (_, change, words) => {
    const { session, trainer } = tab({}, { builtInWeights: () => Promise.resolve(randomBase(change)) });
    await session.start(plan());
    expect(session.failure).toMatchObject({
      kind: 'bad-file',
      detail: expect.stringMatching(words) as string,
    });
    expect([session.status, trainer.jobs.length, (await trainings.list()).length]).toEqual(['none', 0, 0]);
  });

  it('cut weights, a tokenizer that is no JSON and an empty choice are named, too', async () => {
    const whole = randomBase();
    const cut = { ...whole, weights: whole.weights.slice(0, whole.weights.size - 100) };
    const one = tab({}, { builtInWeights: () => Promise.resolve(cut) });
    await one.session.start(plan());
    expect(one.session.failure).toMatchObject({ kind: 'bad-file' });
    const odd = tab(
      {},
      { builtInWeights: () => Promise.resolve({ ...whole, tokenizer: new Blob(['<html>']) }) },
    );
    await odd.session.start(plan());
    expect(odd.session.failure).toMatchObject({ kind: 'bad-file' });
    const tokens = JSON.parse(await whole.tokenizer.text()) as { added_tokens: { id: number }[] };
    tokens.added_tokens.push({ id: 300 });
    const vast = new Blob([JSON.stringify(tokens).replace('{"id":300}', '{"id":300,"content":"x"}')]);
    const foreign = tab({}, { builtInWeights: () => Promise.resolve({ ...whole, tokenizer: vast }) });
    await foreign.session.start(plan());
    expect(foreign.session.failure).toMatchObject({
      kind: 'bad-file',
      detail: expect.stringContaining('token number 300, but the model has 260 tokens') as string,
    });
    const none = tab();
    await none.session.start(plan({}, { limit: 0 }));
    expect(none.session.failure).toEqual({ kind: 'no-examples', data: 'run 1' });
  });
});

describe('an estimate', () => {
  it('measures the very job, and leaves what was on the screen', async () => {
    const { session, trainer } = tab();
    await session.start(plan());
    const estimate = await session.estimate(plan({ epochs: 3 }));
    expect(estimate).toMatchObject({ steps: 24, secondsPerStep: 0.5 });
    expect([session.status, session.record?.id]).toEqual(['finished', 't0001']);
    expect(trainer.jobs.at(-1)?.config.epochs).toBe(3);
    expect(await trainings.list()).toHaveLength(1);
  });
  it('can be stopped, and tells what is in its way', async () => {
    const own = tab({
      estimate: async () => {
        void own.session.pause();
        await soon();
        throw new DOMException('stopped', 'AbortError');
      },
    });
    expect(await own.session.estimate(plan())).toBeNull();
    expect([own.session.status, own.session.failure]).toEqual(['none', null]);
    const small = tab({
      estimate: () => Promise.reject(new AppError({ kind: 'out-of-memory', detail: '4 GB' })),
    });
    expect(await small.session.estimate(plan())).toBeNull();
    expect([small.session.status, small.session.failure?.kind]).toEqual(['none', 'out-of-memory']);
  });
});
