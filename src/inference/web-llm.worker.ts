/** The realm of web-llm: holds its engine and the graphics device, so that the page stays free. */
import { createMlc } from '../engines/web-llm/create-mlc';
import { watchDevices } from '../engines/web-llm/device-watch';
import { loadWebLlm, type WebLlmInfo, type WebLlmLoad } from '../engines/web-llm/load-web-llm';
import { serveEngine } from './engine-worker';
import { keepOffline } from './keep-offline';

const devices = watchDevices((globalThis as { GPUAdapter?: typeof GPUAdapter }).GPUAdapter);

serveEngine<WebLlmLoad, WebLlmInfo>(async (load, onProgress) => {
  // Not worth failing for: it only means that the next start needs the network.
  await keepOffline(self.location.href).catch(() => undefined);
  return loadWebLlm(createMlc, devices, load, onProgress);
});
