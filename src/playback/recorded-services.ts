/** What the screens of a recording are given: stores of their own, the recorded model, and nothing that writes elsewhere. */
import { noSecondHome } from '../app/no-second-home';
import type { Services } from '../app/services';
import { AppError } from '../core/errors';
import { isNamed, type ModelInfo } from '../core/models/stored-model';
import type { LanguageModel } from '../core/ports';
import { ServerList } from '../inference/server-list';
import type { ModelStore } from '../models/model-store';
import type { Connection } from '../storage/connection';
import { IdbEvaluationStore } from '../storage/idb-evaluation-store';
import { IdbPlanStore } from '../storage/idb-plan-store';
import { IdbRunStore } from '../storage/idb-run-store';
import { IdbSeedStore } from '../storage/idb-seed-store';
import { IdbTrainingStore } from '../storage/idb-training-store';
import { AnalysisClient } from '../workers/analysis-client';
import { DecisionsClient } from '../workers/decisions-client';
import { SimilarityClient } from '../workers/similarity-client';

/** The time of a recording. */
interface RecordedTime {
  /** Milliseconds since 1970, as it was then. */
  readonly now: () => number;
  readonly elapsed: () => number;
}
interface RecordedServices {
  readonly services: Services;
  /** Ends the workers. */
  readonly end: () => void;
}

export function recordedServices(
  own: Services,
  connection: Connection,
  model: LanguageModel,
  time: RecordedTime,
): RecordedServices {
  const store = new IdbRunStore(connection);
  const similarity = new SimilarityClient();
  const comparer = new SimilarityClient();
  const classComparer = new SimilarityClient();
  const analysis = new AnalysisClient();
  const info = infoOf(model);
  const find = (id: string): Promise<ModelInfo> =>
    isNamed(info, id)
      ? Promise.resolve(info)
      : Promise.reject(new AppError({ kind: 'model-not-here', model: id }));
  const services: Services = {
    ...own,
    ...time,
    recorded: true,
    store,
    similarity,
    comparer,
    classComparer,
    analysis,
    decisions: new DecisionsClient(),
    trainings: new IdbTrainingStore(connection),
    evaluations: new IdbEvaluationStore(connection),
    plans: new IdbPlanStore(connection),
    seedSets: new IdbSeedStore(connection),
    servers: new ServerList(store),
    // No model of this device computes here, and whether one does on the GPU is not a matter of the recording.
    gpuTrust: {
      fitting: () => Promise.resolve(null),
      isOn: () => Promise.resolve(false),
      setOn: notRecorded,
    },
    models: {
      list: () => Promise.resolve([info]),
      find,
      load: async (id) => {
        await find(id);
        return model;
      },
      unload: () => Promise.resolve(),
    },
    modelStore: NO_MODELS,
    builtInWeights: notRecorded,
    modelLibrary: notRecorded,
    // The database is this tab's alone.
    locks: {
      acquire: () => Promise.resolve({ release: () => undefined, lost: new AbortController().signal }),
      holder: () => Promise.resolve('nobody'),
    },
    secondHome: { ...noSecondHome(notRecorded), open: () => connection.open() },
    requestPersistence: () => Promise.resolve(true),
    markRuns: () => undefined,
  };
  return {
    services,
    end: () => {
      similarity.terminate();
      comparer.terminate();
      classComparer.terminate();
      analysis.terminate();
    },
  };
}

/** It stands for the built-in model too: no other can be chosen here. */
const infoOf = ({ id, name, hash, style = 'base' }: LanguageModel): ModelInfo => ({
  id,
  name,
  hash,
  style,
  engine: 'llama.cpp',
  origin: 'built-in',
  bytes: null,
  contextLength: null,
  licence: null,
});

const notRecorded = (): Promise<never> => Promise.reject(new AppError({ kind: 'not-recorded' }));

const NO_MODELS: ModelStore = {
  list: () => Promise.resolve([]),
  get: () => Promise.resolve(undefined),
  file: notRecorded,
  stage: notRecorded,
  rename: notRecorded,
  delete: notRecorded,
  check: notRecorded,
  watch: () => () => undefined,
};
