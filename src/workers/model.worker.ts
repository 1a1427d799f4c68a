/** The realm of the language model: holds one llama.cpp instance, so that the page stays free. */
import { expose, releaseProxy } from 'comlink';
import type { Completion, CompletionRequest } from '../core/ports';
import { AppError } from '../core/errors';
import { WllamaEngine, type WllamaLoadOptions, type WllamaModelInfo } from '../engines/wllama/wllama-engine';
import { type Outcome, toOutcome } from './outcome';

let engine: WllamaEngine | null = null;
const running = new Map<number, AbortController>();

const api = {
  load(file: Blob, options: WllamaLoadOptions): Promise<Outcome<WllamaModelInfo>> {
    return toOutcome('model', async () => {
      engine = await WllamaEngine.load(file, options);
      return engine.info;
    });
  },
  complete(
    id: number,
    request: CompletionRequest,
    onText: (delta: string) => void,
  ): Promise<Outcome<Completion>> {
    const controller = new AbortController();
    running.set(id, controller);
    return toOutcome('model', async () => {
      if (!engine) throw new AppError({ kind: 'engine-failed', detail: 'No model is loaded.' });
      return engine.complete(request, controller.signal, onText);
    }).finally(() => {
      running.delete(id);
      // Here it is comlink's stand-in for the page's function, which holds a message port.
      (onText as Partial<Record<typeof releaseProxy, () => void>>)[releaseProxy]?.();
    });
  },
  abort(id: number): void {
    running.get(id)?.abort();
  },
};
export type ModelWorkerApi = typeof api;
expose(api);
