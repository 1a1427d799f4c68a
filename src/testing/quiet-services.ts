/** The app's services over a real store, with a model that never gets ready and locks that a test can hold. */
import { AppError } from '../core/errors';
import { GGUF_FILE, isNamed, type ModelInfo } from '../core/models/stored-model';
import type { RunStore } from '../core/ports';
import { checkDataFile, readDataFile } from '../import/data-file';
import { GpuTrust } from '../inference/gpu-trust';
import type { ModelLibrary } from '../models/model-library';
import { ServerList } from '../inference/server-list';
import { noSecondHome } from '../app/no-second-home';
import { markRuns } from '../app/run/run-mark';
import type { Services } from '../app/services';
import { IdbEvaluationStore } from '../storage/idb-evaluation-store';
import { IdbPlanStore } from '../storage/idb-plan-store';
import { IdbSeedStore } from '../storage/idb-seed-store';
import { IdbTrainingStore } from '../storage/idb-training-store';
import { LocalAnalyst } from './local-analyst';
import { PLAIN_DEVICE } from './plain-device';
import { localDecisions } from './local-decisions';
import { LocalSimilarity } from './local-similarity';
import { MemoryModelStore } from './memory-model-store';
import { ScriptedTrainer } from './scripted-trainer';
import { randomBase } from './base-weights';

export interface QuietServices extends Services {
  /** Ids of what another tab writes. */
  readonly lockedElsewhere: Set<string>;
}

/** What the built-in model's source says of it. */
export const BUILT_IN_INFO: ModelInfo = {
  id: 'built-in-0.1',
  name: 'Built-in model',
  engine: 'llama.cpp',
  origin: 'built-in',
  style: 'base',
  bytes: 6_432_096,
  contextLength: 512,
  licence: 'Apache-2.0',
  hash: '4775',
};

const refuse = (): Promise<never> => Promise.reject(new Error('Nothing can be fetched here.'));
const EMPTY_SHELF: ModelLibrary = {
  offered: () => Promise.resolve([]),
  sizeOfOffered: refuse,
  fetchOffered: refuse,
  sizeOf: refuse,
  fetchFile: refuse,
  take: refuse,
  installBeside: refuse,
  files: refuse,
  unfinished: () => Promise.resolve([]),
  discard: () => Promise.resolve(),
  leftovers: () => Promise.resolve([]),
  removeLeftovers: () => Promise.resolve(),
};

export function quietServices(store: RunStore): QuietServices {
  const lockedElsewhere = new Set<string>();
  return {
    store,
    models: {
      list: () => Promise.resolve([BUILT_IN_INFO]),
      find: (id) =>
        isNamed(BUILT_IN_INFO, id)
          ? Promise.resolve(BUILT_IN_INFO)
          : Promise.reject(new AppError({ kind: 'model-not-here', model: id })),
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
    classComparer: new LocalSimilarity(),
    dataFiles: { check: checkDataFile, read: readDataFile },
    trainer: new ScriptedTrainer(),
    trainings: new IdbTrainingStore(),
    ownSettings: store,
    seedSets: new IdbSeedStore(),
    evaluations: new IdbEvaluationStore(),
    plans: new IdbPlanStore(),
    modelStore: new MemoryModelStore(),
    servers: new ServerList(store),
    gpuTrust: new GpuTrust(store, () => Promise.resolve(null), 'llama.cpp'),
    weightsWriter: {
      write: ({ base }) =>
        Promise.resolve(
          new Map([[GGUF_FILE, new Blob(['GGUF', 'gguf' in base ? base.gguf : base.weights])]]),
        ),
    },
    builtInWeights: () => Promise.resolve(randomBase()),
    builtInSeedSets: [],
    heldOutSets: [],
    version: '0.0.0',
    secondHome: { open: () => Promise.resolve(null), ...noSecondHome(refuse) },
    locks: {
      acquire: (_kind, id) =>
        Promise.resolve(
          lockedElsewhere.has(id) ? null : { release: () => undefined, lost: new AbortController().signal },
        ),
      holder: (_kind, id) => Promise.resolve(lockedElsewhere.has(id) ? 'elsewhere' : 'nobody'),
    },
    deviceFacts: () =>
      Promise.resolve({ webAssembly: true, threads: 1, freeBytes: null, persisted: true, secure: true }),
    openTabs: () => Promise.resolve(1),
    deviceReport: () => Promise.resolve(PLAIN_DEVICE),
    modelLibrary: () => Promise.resolve(EMPTY_SHELF),
    requestPersistence: () => Promise.resolve(true),
    pickFolder: null,
    saveFile: () => undefined,
    now: () => 1,
    elapsed: () => performance.now(),
    markRuns,
    lockedElsewhere,
  };
}
