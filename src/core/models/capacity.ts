/** How many requests a model computes at once: the same on every device, so that a run can be planned before the model is loaded. */
import type { ModelInfo } from './stored-model';

/** Settings of llama.cpp. */
export interface LlamaCapacity {
  /** Concurrent requests. */
  readonly slots: number;
  /** Tokens per request, prompt and completion together; the model's own limit holds as well. */
  readonly maxContext: number;
}
const MB = 1_000_000;

/**
 * Settings of llama.cpp on the CPU. Each concurrent request has its own keys and values: 2,048 tokens of a model with
 * 1 billion parameters take 70 MB or more, and the whole engine has at most 4 GB.
 * @param bytes of the weights
 */
export function llamaCapacity(bytes: number | null): LlamaCapacity {
  const size = bytes ?? Infinity;
  if (size <= 64 * MB) return { slots: 4, maxContext: 2_048 };
  if (size <= 512 * MB) return { slots: 2, maxContext: 2_048 };
  return { slots: 1, maxContext: 2_048 };
}

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
export function requestsInFlight(model: Pick<ModelInfo, 'engine' | 'bytes' | 'parallel'>): number {
  switch (model.engine) {
    case 'web-llm':
      return 1;
    case 'llama.cpp':
      return llamaCapacity(model.bytes).slots;
    case 'server':
      return model.parallel ?? SERVER_REQUESTS;
  }
}
