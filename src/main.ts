/** Composition root: the only file that chooses implementations. */
import '@fontsource-variable/atkinson-hyperlegible-next';
import '@fontsource-variable/atkinson-hyperlegible-mono';
import './app.css';
import { mount } from 'svelte';
import { version } from '../package.json';
import App from './App.svelte';
import { type Automation, automation } from './automation';
import { deviceFacts, modelThreads, requestPersistence, saveFile } from './browser/device';
import { webLocks } from './browser/run-locks';
import { BUILT_IN_SEED_SETS, HELD_OUT_SETS } from './browser/seed-sets';
import { RunSession } from './state/run-session.svelte';
import type { Services } from './state/services';
import { IdbRunStore } from './storage/idb-run-store';
import { AnalysisClient } from './workers/analysis-client';
import { BuiltInSource } from './workers/built-in-source';
import { checkInWorker, readInWorker } from './workers/data-files';
import { DecisionsClient } from './workers/decisions-client';
import { SourcesHost } from './workers/model-host';
import { SimilarityClient } from './workers/similarity-client';

declare global {
  interface Window {
    selfInstruct: Automation;
  }
}

const services: Services = {
  store: new IdbRunStore(),
  models: new SourcesHost([new BuiltInSource(`${import.meta.env.BASE_URL}models/built-in/`, modelThreads())]),
  similarity: new SimilarityClient(),
  decisions: new DecisionsClient(),
  analysis: new AnalysisClient(),
  comparer: new SimilarityClient(),
  dataFiles: { check: checkInWorker, read: readInWorker },
  builtInSeedSets: BUILT_IN_SEED_SETS,
  heldOutSets: HELD_OUT_SETS,
  version,
  locks: webLocks,
  deviceFacts,
  requestPersistence,
  saveFile,
  now: () => Date.now(),
};
const session = new RunSession(services);
window.selfInstruct = automation(services, session);

const target = document.getElementById('app');
if (target) mount(App, { target, props: { services, session } });

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
