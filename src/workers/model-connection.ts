/** The connection to a worker that holds llama.cpp. */
import type { WllamaLoadOptions, WllamaModelInfo } from '../engines/wllama/wllama-engine';
import { EngineConnection, PATIENCE } from './engine-connection';
import type { LlamaLoad } from './model.worker';

const spawn = (): Worker =>
  new Worker(new URL('./model.worker.ts', import.meta.url), { type: 'module', name: 'model' });

export class ModelConnection extends EngineConnection<LlamaLoad, WllamaModelInfo> {
  constructor(worker = spawn(), tickMs = PATIENCE.tickMs) {
    super(worker, 'model', { ...PATIENCE, tickMs });
  }

  load(file: Blob, options: WllamaLoadOptions): Promise<WllamaModelInfo> {
    return this.open({ file, options });
  }
}
