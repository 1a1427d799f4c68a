import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { TrainingConfig, TrainingEvent, TrainingExample } from '../core/training/training';
import { END_OF_TEXT, randomBase } from '../testing/base-weights';
import { type LiveMemory, watchMemory } from '../testing/live-memory';
import { randomBatch, randomLlama } from '../testing/random-llama';
import { readSafetensors, writeSafetensors } from '../weights/safetensors';
import { estimateTraining } from './estimate';
import { peakBytes } from './memory';
import { StepRunner } from './step';
import { TrainableLlama } from './trainable-llama';
import { trainModel } from './train';
import type { TrainedModel, TrainingJob } from './trainer';

const CONFIG: TrainingConfig = {
  method: { kind: 'full' },
  epochs: 2,
  batchSize: 4,
  learningRate: 3e-3,
  warmupShare: 0.1,
  weightDecay: 0.01,
  clipNorm: 1,
  maxTokens: 60,
  validateEvery: 3,
  sampleEvery: 5,
  checkpointEvery: 2,
  seed: 7,
};
const LORA = {
  kind: 'lora',
  rank: 4,
  alpha: 8,
  targets: ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'],
} as const;
const example = (i: number): TrainingExample => ({
  prompt: `Say ${'x'.repeat(1 + (i % 11))}.\nOutput:`,
  completion: ` ${i % 7} times${END_OF_TEXT}`,
});
const EXAMPLES = Array.from({ length: 18 }, (_, i) => example(i));

const jobOf = (patch: Partial<TrainingJob> = {}, config: Partial<TrainingConfig> = {}): TrainingJob => ({
  base: randomBase(),
  examples: EXAMPLES,
  validation: [example(30), example(31)],
  config: { ...CONFIG, ...config },
  samplePrompts: ['Say x.\nOutput:', 'Say'],
  resume: null,
  ...patch,
});

async function train(
  job: TrainingJob,
  onEvent: (event: TrainingEvent) => void = () => undefined,
  signal = new AbortController().signal,
): Promise<{
  readonly events: TrainingEvent[];
  readonly model: TrainedModel | null;
  readonly error: unknown;
}> {
  const events: TrainingEvent[] = [];
  const listen = (event: TrainingEvent): void => {
    events.push(event);
    onEvent(event);
  };
  try {
    return { events, model: await trainModel(job, signal, listen, { device: 'wasm' }), error: null };
  } catch (error) {
    return { events, model: null, error };
  }
}
const of = <T extends TrainingEvent['type']>(
  events: readonly TrainingEvent[],
  type: T,
): Extract<TrainingEvent, { type: T }>[] =>
  events.filter((event): event is Extract<TrainingEvent, { type: T }> => event.type === type);
/** Without what differs by the clock. */
const curve = (events: readonly TrainingEvent[]) =>
  of(events, 'step').map(({ step, loss, gradientNorm, learningRate }) => [
    step,
    loss,
    gradientNorm,
    learningRate,
  ]);
const bytes = async (file: Blob | null | undefined): Promise<number[]> =>
  Array.from(new Uint8Array((await file?.arrayBuffer()) ?? new ArrayBuffer(0)));

let memory: LiveMemory;
// Compiling is most of it.
vi.setConfig({ testTimeout: 60_000 });
beforeAll(() => {
  memory = watchMemory();
});

describe.each([
  ['full finetuning', { kind: 'full' } as const],
  ['LoRA', LORA],
])('%s', (_, method) => {
  it('gives the same losses and weights for the same seed, also when it was stopped and resumed', async () => {
    const whole = await train(jobOf({}, { method }));
    expect(of(whole.events, 'step')).toHaveLength(10);
    const controller = new AbortController();
    const first = await train(
      jobOf({}, { method }),
      (event) => event.type === 'step' && event.step === 5 && controller.abort(),
      controller.signal,
    );
    expect(first.error).toMatchObject({ name: 'AbortError' });
    const last = first.events.at(-1);
    expect(last).toMatchObject({ type: 'checkpoint', checkpoint: { step: 5 } });
    const resume = of(first.events, 'checkpoint').at(-1)?.checkpoint ?? null;
    const second = await train(jobOf({ resume }, { method }));
    expect([...curve(first.events), ...curve(second.events)]).toEqual(curve(whole.events));
    expect(await bytes(second.model?.weights)).toEqual(await bytes(whole.model?.weights));
    expect(await bytes(second.model?.adapter)).toEqual(await bytes(whole.model?.adapter));
  });

  it('holds no more after 200 steps than after the first ones, and nothing in the end', async () => {
    const before = memory.slots;
    const slots: number[] = [];
    const examples = EXAMPLES.slice(0, 8).map(({ completion }) => ({ prompt: 'Say', completion }));
    const config = { method, epochs: 100, checkpointEvery: 50, sampleEvery: 0, validateEvery: 50 };
    const { events } = await train(jobOf({ examples, validation: examples }, config), (event) => {
      if (event.type === 'step') slots.push(memory.slots);
    });
    expect(slots).toHaveLength(200);
    expect(new Set(slots.slice(2)).size).toBe(1);
    expect(memory.slots).toBe(before);
    const losses = of(events, 'step').map(({ loss }) => loss);
    expect(losses.at(-1)).toBeLessThan(0.8 * (losses[0] ?? 0));
  });

  it('says what it will take', async () => {
    const estimate = await estimateTraining(jobOf({}, { method }), new AbortController().signal, {
      device: 'wasm',
    });
    expect(estimate.steps).toBe(10);
    expect(estimate.device).toMatch(/^CPU/u);
    expect(estimate.seconds).toBeGreaterThan(estimate.secondsPerStep);
    expect(estimate.tokensPerSecond).toBeGreaterThan(0);
  });

  it('holds about as much as it says', async () => {
    const { config, file } = randomLlama({ vocab_size: 512, hidden_size: 64, intermediate_size: 172 });
    const model = await TrainableLlama.load(config, await readSafetensors(file()), method, 1);
    const runner = new StepRunner(model, 0, () => Promise.resolve());
    const others = memory.bytes;
    const batch = randomBatch(config, 8, 64);
    for (let step = 1; step <= 2; step++) {
      memory.forget();
      await runner.update((await runner.gradients(batch)).grads, step, 1e-3, 1);
    }
    const said = peakBytes(config, method, batch.rows, batch.length);
    // What others hold is this model's weights alone, which count.
    expect(others).toBeLessThan(memory.peak);
    expect(said / memory.peak).toBeGreaterThan(0.8);
    expect(said / memory.peak).toBeLessThan(1.25);
    runner.dispose();
    model.dispose();
  });
});

describe('a training', () => {
  it('tells its steps, both losses, answers and checkpoints', async () => {
    const { events, model } = await train(jobOf({ until: 6 }));
    expect(events[0]).toMatchObject({
      type: 'started',
      steps: 10,
      stepsPerEpoch: 5,
      examples: 18,
      tooLong: 0,
    });
    expect(of(events, 'validation').map(({ step }) => step)).toEqual([0, 3, 6]);
    expect(of(events, 'sample').map(({ step }) => step)).toEqual([0, 0, 5, 5, 6, 6]);
    expect(of(events, 'checkpoint').map(({ checkpoint }) => checkpoint.step)).toEqual([2, 4]);
    const weights = await readSafetensors(model?.weights ?? new Blob());
    expect(weights.tensor('model.embed_tokens.weight').shape).toEqual([260, 8]);
    expect(model?.adapter).toBeNull();
  });

  it('gets the same curves and answers from every checkpoint, and wherever it is stopped', async () => {
    const seen = (events: readonly TrainingEvent[]) => [
      of(events, 'validation').map(({ step, loss }) => [step, loss]),
      of(events, 'sample').map(({ step, text }) => [step, text]),
    ];
    const job = jobOf({}, { checkpointEvery: 3, validateEvery: 3, sampleEvery: 6 });
    const whole = await train(job);
    expect(of(whole.events, 'validation').map(({ step }) => step)).toEqual([0, 3, 6, 9, 10]);
    const kills = whole.events.flatMap(({ type }, at) => (type === 'checkpoint' ? [at] : []));
    for (const at of kills) {
      const before = whole.events.slice(0, at + 1);
      const resume = of(before, 'checkpoint').at(-1)?.checkpoint ?? null;
      expect(seen([...before, ...(await train({ ...job, resume })).events])).toEqual(seen(whole.events));
    }
    for (const stop of [0, 3, 6, 10]) {
      const controller = new AbortController();
      const stopped = await train(
        job,
        // Between the step and its validation; before the first step there is only the validation.
        ({ type, ...event }) =>
          (type === 'step' || (stop === 0 && type === 'started')) &&
          ('step' in event ? event.step : 0) === stop &&
          controller.abort(),
        controller.signal,
      );
      const resume = of(stopped.events, 'checkpoint').at(-1)?.checkpoint ?? null;
      expect(resume).toMatchObject({ step: stop, looked: false });
      const rest = await train({ ...job, resume });
      const all = [...stopped.events, ...rest.events];
      // A point that was made twice has one value.
      expect(
        seen(all).map((points) => [...new Map(points.map((point) => [String(point), point])).values()]),
      ).toEqual(
        seen(whole.events).map((points) => [
          ...new Map(points.map((point) => [String(point), point])).values(),
        ]),
      );
    }
  });

  it('leaves long examples out and counts them', async () => {
    const long = { prompt: 'x'.repeat(80), completion: ` y${END_OF_TEXT}` };
    const { events } = await train(jobOf({ examples: [...EXAMPLES, long], until: 1 }));
    expect(events[0]).toMatchObject({ examples: 18, tooLong: 1 });
    const { error } = await train(jobOf({ examples: [long] }));
    expect(error).toMatchObject({ failure: { kind: 'training-failed', step: 0 } });
  });

  it('stops when the loss is no number any more, after it handed out the last good state', async () => {
    const { events, error } = await train(
      jobOf({}, { learningRate: 1e30, clipNorm: 1e30, checkpointEvery: 0 }),
    );
    expect(error).toMatchObject({ failure: { kind: 'training-failed' } });
    const steps = of(events, 'step').length;
    expect(error).toMatchObject({ failure: { step: steps + 1 } });
    expect(events.at(-1)).toMatchObject({ type: 'checkpoint', checkpoint: { step: steps } });
  });

  it('a model of SmolLM2’s architecture learns by adapters', async () => {
    const settings = {
      vocab_size: 260,
      hidden_size: 72,
      num_hidden_layers: 3,
      num_attention_heads: 9,
      num_key_value_heads: 3,
      intermediate_size: 192,
      rope_theta: 100_000,
      eos_token_id: 256,
    };
    const llama = randomLlama(settings, { spread: 0.05 });
    const base = {
      ...randomBase(),
      config: new Blob([JSON.stringify(llama.json)]),
      weights: llama.file(),
    };
    const method = { ...LORA, targets: ['q_proj', 'v_proj'] } as const;
    const job = jobOf({ base }, { method, epochs: 6, learningRate: 3e-2, sampleEvery: 0 });
    const { events, model } = await train(job);
    const validation = of(events, 'validation').map(({ loss }) => loss);
    expect(validation.at(-1)).toBeLessThan(validation[0] ?? 0);
    const adapter = await readSafetensors(model?.adapter ?? new Blob());
    expect([...adapter.tensors.keys()].sort().slice(0, 2)).toEqual([
      'base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight',
      'base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight',
    ]);
    // Merged weights are the base's but for the targets, and compute what base and adapter compute.
    const merged = await readSafetensors(model?.weights ?? new Blob());
    const name = 'model.layers.1.mlp.up_proj.weight';
    expect(await merged.readTensor(name)).toEqual(llama.values.get(name));
    const again = await train(
      jobOf(
        { base: { ...base, weights: model?.weights ?? new Blob() }, until: 0 },
        { method, sampleEvery: 0 },
      ),
    );
    expect(of(again.events, 'validation')[0]?.loss).toBeCloseTo(validation.at(-1) ?? 0, 4);
  });
});

describe('files that do not fit are named', () => {
  const base = randomBase();
  const text = new Blob(['<html>']);
  const cut = base.weights.slice(0, base.weights.size - 40);
  it.each([
    ['cut weights', { ...base, weights: cut }],
    ['weights that are a page', { ...base, weights: text }],
    ['a configuration that is a page', { ...base, config: text }],
    ['a tokenizer that is a page', { ...base, tokenizer: text }],
    ['a tokenizer without a model', { ...base, tokenizer: new Blob(['{}']) }],
    ['a foreign architecture', { ...base, config: randomBase({ model_type: 'gpt2' }).config }],
    ['a vocabulary smaller than the tokenizer', { ...base, config: randomBase({ vocab_size: 200 }).config }],
    [
      'an end token the tokenizer does not have',
      { ...base, config: randomBase({ eos_token_id: 259 }).config },
    ],
  ])('%s', async (_, files) => {
    const { error, events } = await train(jobOf({ base: files }));
    expect(error).toMatchObject({
      failure: { kind: 'bad-file', detail: expect.stringMatching(/\.$/u) as string },
    });
    expect(events).toEqual([]);
  });

  it('weights that hold no numbers', async () => {
    const llama = randomLlama({ vocab_size: 260, eos_token_id: 256 });
    llama.values.get('model.norm.weight')?.fill(NaN);
    const files = { ...base, config: new Blob([JSON.stringify(llama.json)]), weights: llama.file() };
    const { error } = await train(jobOf({ base: files }));
    expect(error).toMatchObject({ failure: { kind: 'bad-file' } });
  });

  it('a checkpoint of another method, or a damaged one', async () => {
    const full = await train(jobOf({ until: 3 }));
    const [resume] = of(full.events, 'checkpoint').map(({ checkpoint }) => checkpoint);
    const other = await train(jobOf({ resume: resume ?? null }, { method: LORA }));
    expect(other.error).toMatchObject({ failure: { kind: 'bad-file' } });
    const half = resume && { ...resume, bytes: resume.bytes.slice(0, resume.bytes.length / 2) };
    const damaged = await train(jobOf({ resume: half ?? null }));
    expect(damaged.error).toMatchObject({ failure: { kind: 'bad-file' } });
    const empty = new Uint8Array(await writeSafetensors([], { step: '2' }).arrayBuffer());
    const nothing = await train(jobOf({ resume: { step: 2, bytes: empty } }));
    expect(nothing.error).toMatchObject({ failure: { kind: 'bad-file' } });
  });
});
