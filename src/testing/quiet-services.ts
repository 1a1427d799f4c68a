/** The app's services over a real store, with a model that never gets ready and locks that a test can hold. */
import type { RunStore } from '../core/ports';
import { checkDataFile, readDataFile } from '../import/data-file';
import type { Services } from '../state/services';
import { LocalAnalyst } from './local-analyst';
import { localDecisions } from './local-decisions';
import { LocalSimilarity } from './local-similarity';

export interface QuietServices extends Services {
  /** Runs whose lock another tab holds. */
  readonly lockedElsewhere: Set<string>;
}

export function quietServices(store: RunStore): QuietServices {
  const lockedElsewhere = new Set<string>();
  return {
    store,
    models: {
      list: () => Promise.resolve([]),
      load: (_id, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new DOMException('stopped', 'AbortError')));
        }),
      unload: () => Promise.resolve(),
    },
    similarity: new LocalSimilarity(),
    decisions: localDecisions,
    analysis: new LocalAnalyst(),
    comparer: new LocalSimilarity(),
    dataFiles: { check: checkDataFile, read: readDataFile },
    builtInSeedSets: [],
    heldOutSets: [],
    version: '0.0.0',
    locks: {
      acquire: (runId) => Promise.resolve(lockedElsewhere.has(runId) ? null : { release: () => undefined }),
    },
    deviceFacts: () => Promise.resolve({ webAssembly: true, threads: 1, freeBytes: null, persisted: true }),
    requestPersistence: () => Promise.resolve(true),
    saveFile: () => undefined,
    now: () => 1,
    lockedElsewhere,
  };
}
