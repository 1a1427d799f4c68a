/** The worker side of an `EngineConnection`: one model, its requests by number so that each can be stopped. */
import { releaseProxy } from 'comlink';
import { AppError } from '../core/errors';
import type {
  Choice,
  Completion,
  CompletionRequest,
  Likelihood,
  ModelPrompt,
  Progress,
  PromptProgress,
} from '../core/ports';
import { serve } from '../workers/worker-errors';
import { WORDS } from './words';

/** What runs in the worker. */
export interface WorkerEngine {
  complete(
    request: CompletionRequest,
    signal: AbortSignal,
    onText: (delta: string) => void,
    onReading: (progress: PromptProgress) => void,
  ): Promise<Completion>;
  choose?(
    request: ModelPrompt,
    options: readonly string[],
    signal: AbortSignal,
    onReading: (progress: PromptProgress) => void,
  ): Promise<Choice>;
  likelihood?(
    request: ModelPrompt,
    output: string,
    signal: AbortSignal,
    onReading: (progress: PromptProgress) => void,
  ): Promise<Likelihood>;
}

/** What the page calls. */
export interface EngineApi<Load, Info> {
  load(what: Load, onProgress: (progress: Progress) => void): Promise<Info>;
  /** @param onText across the border it gives a promise: the page has taken the text */
  complete(
    id: number,
    request: CompletionRequest,
    onText: (delta: string) => unknown,
    onReading: (progress: PromptProgress) => unknown,
  ): Promise<Completion>;
  choose(
    id: number,
    request: ModelPrompt,
    options: readonly string[],
    onReading: (progress: PromptProgress) => unknown,
  ): Promise<Choice>;
  likelihood(
    id: number,
    request: ModelPrompt,
    output: string,
    onReading: (progress: PromptProgress) => unknown,
  ): Promise<Likelihood>;
  abort(id: number): Promise<void>;
}

/** Lets the page load and ask an engine in this worker. @returns what the page can call from now on */
export function serveEngine<Load, Info>(
  load: (
    what: Load,
    onProgress: (progress: Progress) => void,
  ) => Promise<{ readonly engine: WorkerEngine; readonly info: Info }>,
): EngineApi<Load, Info> {
  let engine: WorkerEngine | null = null;
  const running = new Map<number, AbortController>();
  const request = async <T>(
    id: number,
    work: (engine: WorkerEngine, signal: AbortSignal) => Promise<T>,
  ): Promise<T> => {
    if (!engine) throw new AppError({ kind: 'engine-failed', detail: WORDS.failures.notLoaded });
    const controller = new AbortController();
    running.set(id, controller);
    try {
      return await work(engine, controller.signal);
    } finally {
      running.delete(id);
    }
  };
  const api: EngineApi<Load, Info> = {
    async load(what, onProgress) {
      try {
        const loaded = await load(what, onProgress);
        engine = loaded.engine;
        return loaded.info;
      } finally {
        release(onProgress);
      }
    },
    async complete(id, what, onText, onReading) {
      let taken: unknown;
      try {
        return await request(id, (model, signal) =>
          model.complete(
            what,
            signal,
            (delta) => (taken = onText(delta)),
            (progress) => void onReading(progress),
          ),
        );
      } finally {
        // Text and result go through different ports: without this the last of the text may come after it.
        await Promise.resolve(taken).catch(() => undefined);
        release(onText);
        release(onReading);
      }
    },
    choose: (id, what, options, onReading) =>
      request(id, (model, signal) => {
        if (model.choose) return model.choose(what, options, signal, (read) => void onReading(read));
        throw new AppError({ kind: 'engine-failed', detail: WORDS.failures.noOdds });
      }).finally(() => release(onReading)),
    likelihood: (id, what, output, onReading) =>
      request(id, (model, signal) => {
        if (model.likelihood) return model.likelihood(what, output, signal, (read) => void onReading(read));
        throw new AppError({ kind: 'engine-failed', detail: WORDS.failures.noOdds });
      }).finally(() => release(onReading)),
    abort: (id) => {
      running.get(id)?.abort();
      return Promise.resolve();
    },
  };
  serve(api);
  return api;
}

/** Here it is comlink's stand-in for the page's function, which holds a message port. */
function release(stub: unknown): void {
  (stub as Partial<Record<typeof releaseProxy, () => void>>)[releaseProxy]?.();
}
