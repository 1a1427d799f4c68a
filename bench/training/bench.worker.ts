/** One full step of finetuning by the app's trainer and by tfjs, in turn, on the same model and batch. */
import { defaultDevice, init } from '@jax-js/jax';
import type { BatchTensors } from '../../src/core/training/batches';
import { Random } from '../../src/core/random';
import { StepRunner } from '../../src/trainer/step';
import { TrainableLlama } from '../../src/trainer/trainable-llama';
import { type LlamaConfig, readLlamaConfig } from '../../src/weights/llama-config';
import { readSafetensors } from '../../src/weights/safetensors';
import { TfjsLlama } from './tfjs-llama';

export interface BenchInput {
  /** URL of the folder with the model's files. */
  readonly folder: string;
  readonly rows: number;
  readonly length: number;
  /** Share of positions whose prediction counts. */
  readonly completionShare: number;
  /** Steps of each that are counted; one before is not. */
  readonly steps: number;
  readonly learningRate: number;
}
export interface Side {
  /** Seconds of each step. */
  readonly seconds: readonly number[];
  /** With compiling. */
  readonly firstSeconds: number;
  readonly losses: readonly number[];
}
export interface BenchOutput {
  readonly ours: Side;
  readonly tfjs: Side;
  readonly threads: number;
}

const settings = { method: { kind: 'full' } as const, seed: 1, weightDecay: 0, clipNorm: 1 };

function batchOf({ vocabSize }: LlamaConfig, input: BenchInput): BatchTensors {
  const { rows, length, completionShare } = input;
  const random = new Random(11);
  const tokens = Int32Array.from({ length: rows * length }, () => random.below(vocabSize));
  const first = Math.round(length * (1 - completionShare));
  const positions = Array.from({ length: rows }, (_, row) =>
    Array.from({ length: length - first }, (_, i) => row * length + first + i),
  ).flat();
  return {
    rows,
    length,
    tokens,
    positions: Int32Array.from(positions),
    targets: Int32Array.from(positions, () => random.below(vocabSize)),
    tokenCount: rows * length,
  };
}

async function timed(step: () => Promise<number>, losses: number[]): Promise<number> {
  const started = performance.now();
  losses.push(await step());
  return (performance.now() - started) / 1000;
}

async function compare(input: BenchInput): Promise<BenchOutput> {
  const file = async (name: string): Promise<Blob> => (await fetch(input.folder + name)).blob();
  const config = readLlamaConfig(JSON.parse(await (await file('config.json')).text()));
  const weights = await readSafetensors(await file('model.safetensors'));
  const batch = batchOf(config, input);

  await init('wasm');
  defaultDevice('wasm');
  const model = await TrainableLlama.load(config, weights, settings.method, settings.seed);
  const runner = new StepRunner(model, settings.weightDecay, () => Promise.resolve());
  let ownStep = 0;
  const ours = async (): Promise<number> => {
    const { loss, gradientNorm, grads } = await runner.gradients(batch);
    const shrink = Math.min(1, settings.clipNorm / gradientNorm);
    await runner.update(grads, ++ownStep, input.learningRate, shrink);
    return loss;
  };
  const other = await TfjsLlama.load(config, weights, batch);
  const theirs = (): Promise<number> => other.step(input.learningRate, settings.clipNorm);

  const own = { losses: [] as number[], seconds: [] as number[] };
  const tfjs = { losses: [] as number[], seconds: [] as number[] };
  for (let i = 0; i <= input.steps; i++) {
    own.seconds.push(await timed(ours, own.losses));
    tfjs.seconds.push(await timed(theirs, tfjs.losses));
  }
  const side = ({ losses, seconds: [firstSeconds = 0, ...seconds] }: typeof own): Side => ({
    losses,
    seconds,
    firstSeconds,
  });
  return {
    ours: side(own),
    tfjs: side(tfjs),
    threads: typeof SharedArrayBuffer === 'undefined' ? 1 : navigator.hardwareConcurrency,
  };
}

addEventListener('message', ({ data }: MessageEvent<BenchInput>) => {
  compare(data).then(postMessage, (error: unknown) =>
    postMessage({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
