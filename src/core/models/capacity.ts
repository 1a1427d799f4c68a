/** How much of a model's work fits side by side: the same for a model everywhere, so that a run can be planned before it is loaded. */
import type { ModelInfo } from './stored-model';

/** What llama.cpp is set up for. */
export interface LlamaCapacity {
  /** Requests computed side by side. */
  readonly slots: number;
  /** Tokens per request, prompt and completion together; the model's own limit holds as well. */
  readonly maxContext: number;
}
const MB = 1_000_000;

/**
 * What llama.cpp may take on the CPU. Each slot holds its own keys and values: 2,048 tokens of a model of 1 billion
 * parameters take 70 MB and more, and the whole engine has 4 GB at most.
 * @param bytes of the weights
 */
export function llamaCapacity(bytes: number | null): LlamaCapacity {
  const size = bytes ?? Infinity;
  if (size <= 64 * MB) return { slots: 4, maxContext: 2_048 };
  if (size <= 512 * MB) return { slots: 2, maxContext: 2_048 };
  return { slots: 1, maxContext: 2_048 };
}

/**
 * Up to here a model is quick on the CPU, which answers several requests at once and gives the same bits every time.
 * Finetuned models in 32 bits are among them: there it goes on exactly as the trainer did.
 */
const QUICK_ANYWHERE = 128 * MB;

/** Whether a GGUF model is better run on a GPU. */
export const gainsFromGpu = (bytes: number | null): boolean => (bytes ?? Infinity) > QUICK_ANYWHERE;

/** Servers batch what arrives together. */
export const SERVER_REQUESTS = 16;

/** Requests that a model takes at once. */
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
