/** The realm of a GGUF file: our own engine for Llamas on the CPU, else llama.cpp. One instance, so that the page stays free. */
import type { AnswerPlace } from '../core/models/answer-places';
import type { Progress } from '../core/ports';
import { LlamaEngine } from '../engines/llama/llama-engine';
import { WllamaEngine, type WllamaLoadOptions, type WllamaModelInfo } from '../engines/wllama/wllama-engine';
import type { GgufFile } from '../weights/base-weights';
import { mergedGguf } from '../weights/merged-gguf';
import { serveEngine } from './engine-worker';
import { fastestThreads } from './fastest-threads';
import { WORDS } from './words';

/** A model and how it is loaded. */
export interface LlamaLoad {
  readonly weights: GgufFile;
  readonly options: WllamaLoadOptions;
  /** Whether it answers the question by which devices are compared. */
  readonly compare: boolean;
}
export interface LlamaInfo extends WllamaModelInfo {
  /** Whether our own engine computes it: it tells probabilities, and no other number of threads need be tried. */
  readonly own: boolean;
  /** Its answer to that question; empty when it was not asked. */
  readonly places: readonly AnswerPlace[];
}

serveEngine<LlamaLoad, LlamaInfo>(async ({ weights, options, compare }, onProgress) => {
  const own = compare || options.onGpu ? null : await loadOwn(weights, options, onProgress);
  // Its memory does not grow with the requests.
  if (own) {
    const info = { ...own.info, own: true, threads: 1, gpu: null, bytesPerToken: 0, places: [] };
    return { engine: own, info };
  }
  const watch = {
    signal: new AbortController().signal,
    onProgress: (done: number, total: number) =>
      onProgress({ label: WORDS.progress.merging, unit: 'tensors', done, total }),
  };
  const engine = await load(await mergedGguf(weights, watch), options, onProgress);
  if (!compare) return { engine, info: { ...engine.info, own: false, places: [] } };
  // Also a sign of life: load and answer have their time each.
  onProgress({ label: WORDS.progress.comparing, done: 0, total: null });
  return { engine, info: { ...engine.info, own: false, places: await engine.places() } };
});

const loadOwn = (
  weights: GgufFile,
  options: WllamaLoadOptions,
  onProgress: (progress: Progress) => void,
): Promise<LlamaEngine | null> =>
  LlamaEngine.load(weights, options, (done, total) =>
    onProgress({ label: WORDS.progress.starting, unit: 'tensors', done, total }),
  );

/** Loads with the number of threads that is fastest now. Each step is also a sign of life. */
function load(
  file: Blob,
  options: WllamaLoadOptions,
  onProgress: (progress: Progress) => void,
): Promise<WllamaEngine> {
  const { tryThreads = [], onGpu } = options;
  const [first = options.threads, ...more] = tryThreads;
  if (onGpu || more.length === 0) return WllamaEngine.load(file, { ...options, threads: first });
  return fastestThreads(tryThreads, {
    async load(threads) {
      onProgress({ label: WORDS.progress.threads(threads), done: 0, total: null });
      return WllamaEngine.load(file, { ...options, threads });
    },
    probe: (engine, limit) =>
      engine.probe(limit, ({ done, total }) =>
        onProgress({ label: WORDS.progress.threads(engine.info.threads), unit: 'tokens', done, total }),
      ),
    exit: (engine) => engine.exit(),
  });
}
