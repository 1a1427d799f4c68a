/** Composition root: the only file that chooses implementations. */
import '@fontsource-variable/atkinson-hyperlegible-next';
import '@fontsource-variable/atkinson-hyperlegible-mono';
import './app.css';
import { mount } from 'svelte';
import { dependencies, version } from '../package.json';
import Root from './Root.svelte';
import { type Automation, automation } from './automation/automation';
import { builtInWeights } from './browser/built-in-weights';
import { deviceFacts, folderPicker, modelThreads, requestPersistence, saveFile } from './browser/device';
import { deviceReport } from './browser/device-report';
import { llamaGpu } from './browser/llama-gpu';
import { BrowserSecondHome, isInMemory } from './browser/second-home';
import { replaceMissing } from './browser/plain-http';
import { allowOwnScripts } from './browser/trusted-types';
import { WebLocks } from './browser/writer-locks';
import { BUILT_IN_SEED_SETS, HELD_OUT_SETS } from './browser/seed-sets';
import { GpuTrust } from './inference/gpu-trust';
import { RememberedAnswers } from './inference/remembered-answers';
import { LoadGuard, localMarks, openTabs } from './inference/load-guard';
import { OpfsModelStore } from './models/opfs-model-store';
import { VerifiedModels } from './models/verified-models';
import { ServerList } from './inference/server-list';
import { markRuns, runsWereStored } from './app/run/run-mark';
import { AppState } from './app/app-state.svelte';
import type { Services } from './app/services';
import { admission } from './snapshots/admission';
import { Connection } from './storage/connection';
import { currentHome, openHome } from './storage/home';
import { IdbEvaluationStore } from './storage/idb-evaluation-store';
import { IdbPlanStore } from './storage/idb-plan-store';
import { IdbRunStore } from './storage/idb-run-store';
import { IdbSeedStore } from './storage/idb-seed-store';
import { IdbTrainingStore } from './storage/idb-training-store';
import { AnalysisClient } from './workers/analysis-client';
import { BuiltInSource } from './inference/built-in-source';
import { CheckedSource } from './inference/checked-source';
import { checkInWorker, readInWorker } from './workers/data-file-client';
import { DecisionsClient } from './workers/decisions-client';
import { workOnModelFiles } from './workers/model-file-client';
import { SourcesHost } from './inference/model-host';
import type { ModelSource } from './inference/model-source';
import { ServerSource } from './inference/server-source';
import { SimilarityClient } from './workers/similarity-client';
import { StoredSource } from './inference/stored-source';
import { TrainerClient } from './workers/trainer-client';
import { WebLlmSource } from './inference/web-llm-source';
import { writeInWorker } from './workers/weights-client';

replaceMissing();
allowOwnScripts();

declare global {
  interface Window {
    selfInstruct: Automation;
  }
}

const MODELS_FOLDER = new URL(`${import.meta.env.BASE_URL}models/`, location.href).href;
const STANDARD_RECORDING = `${import.meta.env.BASE_URL}recordings/standard.recording`;
const BUILT_IN_FOLDER = `${import.meta.env.BASE_URL}models/built-in/`;
const connection = new Connection({
  home: async () => {
    // Here and not above: code that is loaded later must not wait for the end of this file.
    if (isInMemory()) await import('fake-indexeddb/auto');
    return openHome(await currentHome());
  },
  ...(isInMemory() ? { outbox: false } : { admit: admission({ stored: runsWereStored }) }),
});
const locks = new WebLocks();
const store = new IdbRunStore(connection, locks);
const modelStore = new OpfsModelStore(connection, workOnModelFiles);
const servers = new ServerList(store);
const tabs = openTabs();
const guard = new LoadGuard(localMarks(), tabs);
const answers = new RememberedAnswers(store);
const verified = new VerifiedModels(modelStore, store, () => Date.now());
const versionOf = (engine: keyof typeof dependencies): string => `${engine} ${dependencies[engine]}`;
const withCare = (source: ModelSource, engine: keyof typeof dependencies): ModelSource =>
  new CheckedSource(source, versionOf(engine), guard, answers, verified);
const gpuTrust = new GpuTrust(store, llamaGpu, versionOf('@wllama/wllama'));
const services: Services = {
  store,
  models: new SourcesHost([
    new BuiltInSource(BUILT_IN_FOLDER, modelThreads()),
    withCare(new StoredSource(modelStore, modelThreads(), gpuTrust), '@wllama/wllama'),
    withCare(new WebLlmSource(modelStore), '@mlc-ai/web-llm'),
    new ServerSource(servers),
  ]),
  similarity: new SimilarityClient(),
  decisions: new DecisionsClient(),
  analysis: new AnalysisClient(),
  comparer: new SimilarityClient(),
  classComparer: new SimilarityClient(),
  dataFiles: { check: checkInWorker, read: readInWorker },
  trainer: new TrainerClient(),
  trainings: new IdbTrainingStore(connection),
  evaluations: new IdbEvaluationStore(connection),
  plans: new IdbPlanStore(connection),
  modelStore,
  servers,
  gpuTrust,
  weightsWriter: writeInWorker,
  builtInWeights: (signal, onProgress) => builtInWeights(BUILT_IN_FOLDER, signal, onProgress),
  ownSettings: store,
  seedSets: new IdbSeedStore(connection),
  builtInSeedSets: BUILT_IN_SEED_SETS,
  heldOutSets: HELD_OUT_SETS,
  version,
  locks,
  secondHome: new BrowserSecondHome(connection, () => Date.now()),
  deviceFacts,
  openTabs: async () => (await tabs.alive()).size,
  deviceReport,
  modelLibrary: async () => {
    const [{ LocalModelLibrary }, { Mirror }] = await Promise.all([
      import('./models/local-model-library'),
      import('./models/mirror'),
    ]);
    return new LocalModelLibrary(modelStore, store, new Mirror(MODELS_FOLDER), () => Date.now());
  },
  requestPersistence,
  pickFolder: folderPicker(),
  saveFile,
  now: () => Date.now(),
  elapsed: () => performance.now(),
  markRuns,
};
const app = new AppState(services, async (file, signal) => {
  const { play } = await import('./playback/play');
  return play(services, file ?? STANDARD_RECORDING, signal);
});
void app.load();
window.selfInstruct = automation(app);

const target = document.getElementById('app');
if (target) mount(Root, { target, props: { app } });

// After the first visit everything needed is at hand offline. A new version waits until all tabs are closed.
if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  window.addEventListener('load', () => {
    navigator.serviceWorker
      .register(`${import.meta.env.BASE_URL}service-worker.js`)
      .catch((error: unknown) => {
        console.info('The app will not work offline:', error);
      });
  });
}
