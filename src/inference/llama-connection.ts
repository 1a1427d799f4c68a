/** The connection to a worker that holds llama.cpp. */
import type { Progress } from '../core/ports';
import type { WllamaLoadOptions } from '../engines/wllama/wllama-engine';
import type { GgufFile } from '../weights/base-weights';
import { EngineConnection, PATIENCE } from './engine-connection';
import type { LlamaInfo, LlamaLoad } from './llama.worker';

const spawn = (): Worker =>
  new Worker(new URL('./llama.worker.ts', import.meta.url), { type: 'module', name: 'model' });

/** What a model asks of it; tests script it. */
export type LlamaCalls = Pick<
  LlamaConnection,
  'dead' | 'load' | 'compare' | 'complete' | 'choose' | 'likelihood' | 'terminate'
>;

export class LlamaConnection extends EngineConnection<LlamaLoad, LlamaInfo> {
  constructor(worker = spawn(), tickMs = PATIENCE.tickMs) {
    super(worker, 'model', { ...PATIENCE, tickMs });
  }

  load(
    weights: GgufFile,
    options: WllamaLoadOptions,
    onProgress: (progress: Progress) => void = () => undefined,
  ): Promise<LlamaInfo> {
    return this.open({ weights, options, compare: false }, onProgress);
  }

  /** Loads, and has the question answered by which devices are compared. @throws as `load` and `complete` */
  compare(
    weights: GgufFile,
    options: WllamaLoadOptions,
    onProgress: (progress: Progress) => void,
  ): Promise<LlamaInfo> {
    return this.open({ weights, options, compare: true }, onProgress);
  }
}
