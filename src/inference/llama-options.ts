/** How llama.cpp is loaded for a model of some size. */
import wasmUrl from '@wllama/wllama/esm/wasm/wllama.wasm?url';
import { LLAMA_CONTEXT, llamaSlots } from '../core/models/capacity';
import type { WllamaLoadOptions } from '../engines/wllama/wllama-engine';

export function llamaOptions(bytes: number, threads: number): WllamaLoadOptions {
  const url = new URL(wasmUrl, location.href).href;
  return { wasmUrl: url, threads, parallel: llamaSlots(bytes), maxContext: LLAMA_CONTEXT, onGpu: false };
}

/** The same for the GPU: one sequence, because concurrent ones would change a request's sums. */
export const forGpu = (options: WllamaLoadOptions): WllamaLoadOptions => ({
  ...options,
  parallel: 1,
  onGpu: true,
});
