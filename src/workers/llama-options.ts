/** How llama.cpp is loaded for a model of some size. */
import wasmUrl from '@wllama/wllama/esm/wasm/wllama.wasm?url';
import { llamaCapacity } from '../core/models/capacity';
import type { WllamaLoadOptions } from '../engines/wllama/wllama-engine';

export function llamaOptions(bytes: number, threads: number): WllamaLoadOptions {
  const { slots, maxContext } = llamaCapacity(bytes);
  return { wasmUrl: new URL(wasmUrl, location.href).href, threads, parallel: slots, maxContext };
}
