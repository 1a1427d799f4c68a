/** How many requests a model computes at once: the same on every device, so that a run can be planned before the model is loaded. */
import { computedBytes, type ModelInfo } from './stored-model';

const MB = 1_000_000;

/** Tokens per request in llama.cpp at most, prompt and completion together; the model's own limit holds as well. */
export const LLAMA_CONTEXT = 2_048;

/**
 * Concurrent requests of llama.cpp on the CPU. Each has its own keys and values: 2,048 tokens of a model with 1 billion
 * parameters take 70 MB or more, and the whole engine has at most 4 GB.
 * @param bytes of the weights
 */
export function llamaSlots(bytes: number | null): number {
  const size = bytes ?? Infinity;
  if (size <= 64 * MB) return 4;
  return size <= 512 * MB ? 2 : 1;
}

/** Threads of a small model, which leaves half of the cores to others. @param threads that a model may use here */
export const smallModelThreads = (threads: number): number => Math.max(1, Math.floor(threads / 2));

/** Threads to try for a larger model; which of them is fastest is measured when it is loaded. Empty for a small one. */
export const threadsToTry = (bytes: number, threads: number): readonly number[] =>
  bytes < 64 * MB ? [] : [1, 2, 4].filter((number) => number === 1 || number <= threads);

/**
 * Up to this size a model is quick on the CPU, which computes several requests at once and is reproducible. That includes
 * finetuned models in F32, which continue there exactly as in the trainer.
 */
const QUICK_ANYWHERE = 128 * MB;

/** Whether a GGUF model is better run on a GPU. */
export const gainsFromGpu = (bytes: number | null): boolean => (bytes ?? Infinity) > QUICK_ANYWHERE;

/** Servers batch concurrent requests. */
export const SERVER_REQUESTS = 16;

/** Concurrent requests of a model. */
export function requestsInFlight(
  model: Pick<ModelInfo, 'engine' | 'bytes' | 'parallel' | 'adapter'>,
): number {
  switch (model.engine) {
    case 'web-llm':
      return 1;
    case 'llama.cpp':
      return llamaSlots(computedBytes(model));
    case 'server':
      return model.parallel ?? SERVER_REQUESTS;
  }
}
