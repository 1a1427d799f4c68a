/** The realm of llama.cpp: holds one instance, so that the page stays free. */
import type { AnswerPlace } from '../core/models/answer-places';
import { WllamaEngine, type WllamaLoadOptions, type WllamaModelInfo } from '../engines/wllama/wllama-engine';
import { serveEngine } from './engine-worker';
import { WORDS } from './words';

/** A model file and how it is loaded. */
export interface LlamaLoad {
  readonly file: Blob;
  readonly options: WllamaLoadOptions;
  /** Whether it answers the question by which devices are compared. */
  readonly compare: boolean;
}
export interface LlamaInfo extends WllamaModelInfo {
  /** Its answer to that question; empty when it was not asked. */
  readonly places: readonly AnswerPlace[];
}

serveEngine<LlamaLoad, LlamaInfo>(async ({ file, options, compare }, onProgress) => {
  const engine = await WllamaEngine.load(file, options);
  if (!compare) return { engine, info: { ...engine.info, places: [] } };
  // Also a sign of life: load and answer have their time each.
  onProgress({ label: WORDS.progress.comparing, done: 0, total: null });
  return { engine, info: { ...engine.info, places: await engine.places() } };
});
