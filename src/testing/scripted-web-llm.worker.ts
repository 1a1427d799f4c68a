/** The worker of web-llm with a scripted engine in it; the worker's name says what goes wrong. */
import { loadWebLlm, type WebLlmInfo, type WebLlmLoad } from '../engines/web-llm/load-web-llm';
import { serveEngine } from '../inference/engine-worker';
import { type MlcScript, ScriptedMlc } from './scripted-mlc';

const forever = (): Promise<never> => new Promise(() => undefined);
const say = (text: string): never => {
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- as the library does
  throw text;
};
const FAULTS: Readonly<Record<string, MlcScript>> = {
  none: {},
  hang: { before: (token) => (token === 2 ? forever() : undefined) },
  lost: { before: (token) => (token === 2 ? say('DeviceLostError: the device was lost') : undefined) },
  memory: { load: () => say('GPUOutOfMemoryError: out of memory') },
  unlinked: { load: () => say('LinkError: import object') },
  silent: { load: forever },
};

serveEngine<WebLlmLoad, WebLlmInfo>((load, onProgress) =>
  loadWebLlm(
    (config, report) => new ScriptedMlc(config, report, FAULTS[self.name]).engine,
    { lost: forever(), name: () => 'scripted' },
    load,
    onProgress,
  ),
);
