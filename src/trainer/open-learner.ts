/** Which learner suits a job and a device, for how long it is there, and what comes of it. */
import type { TrainingConfig } from '../core/training/training';
import { Pacer } from '../io/pacer';
import { MergedWeights } from '../weights/merged-weights';
import { bytesOf } from '../weights/conversion';
import { llamaTensors } from '../weights/llama-config';
import { type TensorToWrite, writeSafetensors } from '../weights/safetensors';
import { CpuLearner } from './cpu/cpu-learner';
import { type ComputeDevice, deviceFailure, type DeviceKind, openDevice, startJaxOnCpu } from './device';
import { JaxLearner } from './jax-learner';
import { type OpenJob, openJob } from './job';
import type { Breathe, Learner } from './learner';
import { adapterScale } from '../weights/adapter';
import { TrainableLlama } from './trainable-llama';
import type { TrainedModel, TrainingJob } from './trainer';

/** Most threads: each has room of its own for what the backward pass needs. */
const MOST_THREADS = 4;

/** Options that are not part of the job. */
export interface TrainOptions {
  /** This device and no other. */
  readonly device?: DeviceKind;
  /** Called as often as the work gets ahead, between layers: it is not stuck. */
  readonly sign?: () => void;
}
/** A job with what works on it. */
interface OpenLearner {
  readonly open: OpenJob;
  readonly learner: Learner;
  readonly device: ComputeDevice;
}

/**
 * Opens device, job and learner, and gives them back in the end, whatever happens.
 * @throws AppError bad-file, training-failed; what the device's loss means; AbortError when stopped
 */
export async function withLearner<T>(
  job: TrainingJob,
  signal: AbortSignal,
  options: TrainOptions,
  work: (opened: OpenLearner) => Promise<T>,
): Promise<T> {
  const device = await openDevice(options.device);
  try {
    const open = await openJob(job);
    signal.throwIfAborted();
    const pacer = new Pacer(signal, options.sign);
    const learner = await openLearner(open, job.config, device, () => pacer.breathe());
    try {
      return await work({ open, learner, device });
    } finally {
      learner.dispose();
    }
  } catch (error) {
    throw deviceFailure(error, device, signal.aborted);
  }
}

/** @throws AppError bad-file */
async function openLearner(
  { base, longest }: OpenJob,
  { method, seed, weightDecay }: TrainingConfig,
  device: ComputeDevice,
  breathe: Breathe,
): Promise<Learner> {
  const { config, weights } = base;
  if (device.kind === 'wasm' && method.kind === 'lora') {
    const threads = Math.min(device.threads, MOST_THREADS);
    return CpuLearner.open(config, weights, { method, seed, weightDecay, longest, threads }, breathe);
  }
  if (device.kind === 'wasm') await startJaxOnCpu();
  const model = await TrainableLlama.load(config, weights, method, seed);
  return new JaxLearner(model, weightDecay, breathe, device.words);
}

/** The files of what was trained. */
export async function trainedModel(
  { base: given, config: { method } }: TrainingJob,
  { base }: OpenJob,
  learner: Learner,
): Promise<TrainedModel> {
  const json = (content: object): Blob => new Blob([JSON.stringify(content)]);
  const [config, tokenizer] =
    'gguf' in given ? [json(base.json), json(base.tokenizer.json)] : [given.config, given.tokenizer];
  const { kind, tensors } = await learner.learned();
  const file = writeSafetensors(tensors);
  if (kind === 'whole') return { weights: file, adapter: null, config, tokenizer };
  if ('gguf' in given) return { weights: null, adapter: file, config, tokenizer };
  const merged = await MergedWeights.open(base.weights, { file, scale: adapterScale(method) });
  const whole: TensorToWrite[] = [];
  for (const [name, shape] of llamaTensors(base.config)) {
    // A blob at once: what waits for the others takes no memory of this thread.
    const bytes = new Blob([bytesOf(await merged.readTensor(name))]);
    whole.push({ name, shape, dtype: 'F32', bytes });
  }
  return { weights: writeSafetensors(whole), adapter: file, config, tokenizer };
}
