/** The standard model in both engines of the CPU, as the bench `real-model` drives them. */
import wasmUrl from '@wllama/wllama/esm/wasm/wllama.wasm?url';
import type { CompletionRequest } from '../src/core/ports';
import { LlamaEngine } from '../src/engines/llama/llama-engine';
import { WllamaEngine } from '../src/engines/wllama/wllama-engine';

export type EngineName = 'ours' | 'wllama';
export interface Answered {
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly answerTokens: number;
  readonly seconds: number;
}

const CONTEXT = 2048;
const never = new AbortController().signal;
const engines = new Map<EngineName, Pick<LlamaEngine, 'complete'>>();

export async function open(name: EngineName, folder: string): Promise<void> {
  const { pieces } = (await (await fetch(`${folder}manifest.json`)).json()) as {
    readonly pieces: readonly { readonly sha256: string }[];
  };
  const blobs = pieces.map(async ({ sha256 }) => (await fetch(`${folder}${sha256}.bin`)).blob());
  const file = new Blob(await Promise.all(blobs));
  const options = { threads: 1, parallel: 1, maxContext: CONTEXT, onGpu: false };
  const url = new URL(wasmUrl, location.href).href;
  const engine =
    name === 'ours'
      ? await LlamaEngine.load({ gguf: file }, options, () => undefined)
      : await WllamaEngine.load(file, { ...options, wasmUrl: url });
  if (!engine) throw new Error('The engine does not take the standard model.');
  engines.set(name, engine);
}

export async function ask(name: EngineName, prompt: string, maxTokens: number): Promise<Answered> {
  const engine = engines.get(name);
  if (!engine) throw new Error(`${name} is not loaded`);
  const greedy = { temperature: 0, topP: 1, frequencyPenalty: 0, presencePenalty: 0 };
  const request: CompletionRequest = { prompt, maxTokens, stop: [], seed: 1, ...greedy };
  const begun = performance.now();
  const answer = await engine.complete(request, never, () => undefined);
  const seconds = (performance.now() - begun) / 1000;
  const { promptTokens, cachedTokens, completionTokens: answerTokens } = answer;
  return { promptTokens, cachedTokens, answerTokens, seconds };
}
