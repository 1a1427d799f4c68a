/** How llama.cpp is loaded for a model of some size. */
import wasmUrl from '@wllama/wllama/esm/wasm/wllama.wasm?url';
import { LLAMA_CONTEXT, llamaSlots, smallModelThreads, threadsToTry } from '../core/models/capacity';
import type { WllamaLoadOptions } from '../engines/wllama/wllama-engine';

/** @param threads that a model may use here; which of them a larger model uses is measured when it is loaded */
export const llamaOptions = (bytes: number, threads: number): WllamaLoadOptions => ({
  wasmUrl: new URL(wasmUrl, location.href).href,
  threads: smallModelThreads(threads),
  tryThreads: threadsToTry(bytes, threads),
  parallel: llamaSlots(bytes),
  maxContext: LLAMA_CONTEXT,
  onGpu: false,
});

/** The same for the GPU: one sequence, because concurrent ones would change a request's sums. */
export const forGpu = (options: WllamaLoadOptions): WllamaLoadOptions => ({
  ...options,
  parallel: 1,
  onGpu: true,
});
