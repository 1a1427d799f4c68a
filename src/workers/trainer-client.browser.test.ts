import { describe, expect, it } from 'vitest';
import { AppError } from '../core/errors';
import type { TrainingConfig, TrainingEvent } from '../core/training/training';
import { END_OF_TEXT, randomBase } from '../testing/base-weights';
import type { TrainingJob } from '../trainer/trainer';
import { readSafetensors } from '../weights/safetensors';
import { TrainerClient } from './trainer-client';

const CONFIG: TrainingConfig = {
  method: { kind: 'full' },
  epochs: 4,
  batchSize: 4,
  learningRate: 1e-2,
  warmupShare: 0.1,
  weightDecay: 0,
  clipNorm: 1,
  maxTokens: 60,
  validateEvery: 0,
  sampleEvery: 0,
  checkpointEvery: 0,
  seed: 7,
};
const examples = Array.from({ length: 8 }, (_, i) => ({
  prompt: 'Say:',
  completion: ` ${i % 3}${END_OF_TEXT}`,
}));
const job = (patch: Partial<TrainingJob> = {}): TrainingJob => ({
  base: randomBase(),
  examples,
  validation: examples.slice(0, 2),
  config: CONFIG,
  samplePrompts: [],
  resume: null,
  ...patch,
});
const never = new AbortController().signal;

/** A client whose worker the test can reach. */
function client(tickMs?: number): { readonly trainer: TrainerClient; worker(): Worker } {
  let last: Worker | null = null;
  const spawn = (): Worker =>
    (last = new Worker(new URL('./trainer.worker.ts', import.meta.url), { type: 'module' }));
  const trainer = new TrainerClient(tickMs === undefined ? { spawn } : { spawn, tickMs });
  return { trainer, worker: () => last as unknown as Worker };
}

describe('the trainer worker', () => {
  it('trains, tells of it, and resumes at the step where it was stopped', async () => {
    const { trainer } = client();
    const controller = new AbortController();
    const first: TrainingEvent[] = [];
    const stopped = trainer.train(job(), controller.signal, (event) => {
      first.push(event);
      if (event.type === 'step' && event.step === 3) controller.abort();
    });
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
    const last = first.at(-1);
    if (last?.type !== 'checkpoint') throw new Error('no checkpoint was handed out');
    const second: TrainingEvent[] = [];
    const model = await trainer.train(job({ resume: last.checkpoint }), never, (event) => {
      second.push(event);
    });
    const steps = [...first, ...second].flatMap((event) => (event.type === 'step' ? [event] : []));
    expect(steps.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(second[0]).toMatchObject({
      type: 'started',
      device: expect.stringMatching(/CPU/u) as string,
    });
    const weights = await readSafetensors(model.weights ?? new Blob());
    expect(weights.tensors.has('model.norm.weight')).toBe(true);
  });

  it('trains an adapter on the CPU, twice to the same bytes', async () => {
    const method = {
      kind: 'lora',
      rank: 2,
      alpha: 4,
      targets: ['q_proj', 'down_proj'],
      topLayers: 1,
    } as const;
    const patch = { config: { ...CONFIG, method, epochs: 1 } };
    const told: string[] = [];
    const { adapter } = await client().trainer.train(job(patch), never, (event) => {
      if (event.type === 'started') told.push(event.device);
    });
    expect(told).toEqual([expect.stringMatching(/^CPU, \d+ thread/u)]);
    const { tensors } = await readSafetensors(adapter ?? new Blob());
    // Two sides of two matrices of the highest of two layers.
    expect([...tensors.keys()].map((name) => /layers\.(\d)/u.exec(name)?.[1])).toEqual(['1', '1', '1', '1']);
    const again = await client().trainer.train(job(patch), never, () => undefined);
    expect(await again.adapter?.text()).toBe(await adapter?.text());
  });

  it('estimates', async () => {
    const estimate = await client().trainer.estimate(job(), never);
    expect(estimate.steps).toBe(8);
    expect(estimate.peakBytes).toBeGreaterThan(0);
  });

  it('hands over what its files and its listener throw', async () => {
    const { trainer } = client();
    const wrong = job({ base: randomBase({ model_type: 'gpt2' }) });
    await expect(trainer.train(wrong, never, () => undefined)).rejects.toMatchObject({
      failure: { kind: 'bad-file' },
    });
    const full = new AppError({ kind: 'storage-full', detail: 'no room' });
    await expect(trainer.train(job(), never, () => Promise.reject(full))).rejects.toBe(full);
  });

  it('says what is wrong in its own code', async () => {
    const wrong = job({ examples: null as never });
    await expect(client().trainer.estimate(wrong, never)).rejects.toMatchObject({
      failure: {
        kind: 'unexpected',
        name: 'TypeError',
        stack: expect.stringContaining('/trainer/') as string,
      },
    });
  });

  it('that dies is an error, and one that does not answer is ended', async () => {
    const dying = client();
    const crash = dying.trainer.train(job(), never, ({ type }) => {
      if (type !== 'step') return;
      dying.worker().terminate();
      dying.worker().dispatchEvent(new ErrorEvent('error', { message: 'out of memory' }));
    });
    await expect(crash).rejects.toMatchObject({ failure: { kind: 'worker-crashed', worker: 'trainer' } });
    const silent = client(200);
    const controller = new AbortController();
    const waiting = silent.trainer.train(job(), controller.signal, ({ type }) => {
      if (type !== 'step') return;
      silent.worker().terminate();
      controller.abort();
    });
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('that hangs before it has said anything, as with a hung GPU, is told', async () => {
    const spawn = (): Worker => new Worker(URL.createObjectURL(new Blob([''])));
    const trainer = new TrainerClient({ spawn, tickMs: 2 });
    const failure = { kind: 'worker-silent', worker: 'trainer' };
    await expect(trainer.train(job(), never, () => undefined)).rejects.toMatchObject({ failure });
    await expect(trainer.estimate(job(), never)).rejects.toMatchObject({ failure });
  });
});
