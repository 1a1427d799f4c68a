/** What a `RunSession` needs in a test: a request for a small run, and services with a scripted model and real locks. */
import type { RunRequest } from '../app/run/run-session.svelte';
import type { Services } from '../app/services';
import { WebLocks } from '../browser/writer-locks';
import { AppError } from '../core/errors';
import type { LanguageModel, ModelHost, RunStore } from '../core/ports';
import { LocalSimilarity } from './local-similarity';
import { quietServices } from './quiet-services';
import { type Script, ScriptedModel } from './scripted-model';
import { tinyConfig, tinySeeds } from './tiny-pool';

export const request = (target = 8): RunRequest => ({
  model: 'scripted',
  config: tinyConfig(target),
  seedSet: { id: 'tiny', name: 'Tiny', count: 10 },
  seeds: tinySeeds(),
});
export const notListed = (id: string): Promise<never> =>
  Promise.reject(new AppError({ kind: 'model-not-here', model: id }));
/** A host with a scripted model; loading takes a moment. */
export const host = (
  script: Script = {},
  load: () => Promise<void> = () => Promise.resolve(),
): ModelHost => ({
  list: () => Promise.resolve([]),
  find: notListed,
  load: async (_id, signal, onProgress): Promise<LanguageModel> => {
    onProgress({ label: 'Reading the model', done: 1, total: 2 });
    await load();
    signal.throwIfAborted();
    return new ScriptedModel(script);
  },
  unload: () => Promise.resolve(),
});

/** Those of one tab: locks are the browser's, over all tabs. */
export const runServices = (store: RunStore, models: ModelHost = host()): Services => ({
  ...quietServices(store),
  models,
  similarity: new LocalSimilarity(),
  locks: new WebLocks(),
});
