/** The realm of llama.cpp: holds one instance, so that the page stays free. */
import { WllamaEngine, type WllamaLoadOptions, type WllamaModelInfo } from '../engines/wllama/wllama-engine';
import { serveEngine } from './engine-worker';

/** A model file and how it is loaded. */
export interface LlamaLoad {
  readonly file: Blob;
  readonly options: WllamaLoadOptions;
}

serveEngine<LlamaLoad, WllamaModelInfo>('model', async ({ file, options }) => {
  const engine = await WllamaEngine.load(file, options);
  return { engine, info: engine.info };
});
