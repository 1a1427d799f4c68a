/** Loads a model into web-llm from its cache and tests it before it is used. */
import type { AppConfig, InitProgressReport } from '@mlc-ai/web-llm';
import { AppError } from '../../core/errors';
import type { Progress } from '../../core/ports';
import type { DeviceWatch } from './device-watch';
import { loadFailure } from './failures';
import { checkKnownAnswer, checkReuse } from './load-check';
import { findInternals, PrefixReuse } from './prefix-reuse';
import { type MlcEngine, WebLlmEngine } from './web-llm-engine';
import { WORDS } from '../words';

/** What web-llm loads. */
export interface WebLlmLoad {
  /** Its name; where numbers are 16 or 32 bits wide it says so (`q4f16_1`). */
  readonly name: string;
  /** Addresses that web-llm's cache knows the model and its library by. */
  readonly model: string;
  readonly library: string;
  /** Settings in place of those in the model's own file. */
  readonly overrides?: Readonly<Record<string, number>>;
  /** Tokens per request, prompt and completion together. */
  readonly contextLength: number;
  readonly style: 'base' | 'instruct';
  /** Prompt prefixes cached at the same time; 0 switches it off. */
  readonly prefixes: number;
}
/** What is known of a model once web-llm has loaded it. */
export interface WebLlmInfo {
  readonly contextLength: number;
  /** As the browser names the GPU. */
  readonly device: string;
  /** What is unusual, for the user. */
  readonly notes: readonly string[];
}

/** @throws AppError engine-load-failed, device-lost, out-of-memory, self-test-failed */
export async function loadWebLlm(
  make: (config: AppConfig, onProgress: (report: InitProgressReport) => void) => MlcEngine,
  devices: DeviceWatch,
  load: WebLlmLoad,
  onProgress: (progress: Progress) => void,
): Promise<{ readonly engine: WebLlmEngine; readonly info: WebLlmInfo }> {
  const modelId = load.name;
  const mlc = make(appConfig(load), (report) => onProgress(inOurWords(report)));
  try {
    await Promise.race([mlc.reload(modelId), devices.lost]);
    // A load that was interrupted by a lost device ends without an error and without a model.
    await Promise.race([mlc.getMessage(modelId), devices.lost]);
  } catch (error) {
    throw new AppError(loadFailure(error, load.name), { cause: error });
  }
  const found = findInternals(mlc, modelId);
  const pipeline = typeof found === 'string' ? null : found;
  const reuse = pipeline && new PrefixReuse(pipeline, Math.max(1, load.prefixes), bytesPerValue(load));
  const ownStops = pipeline?.conversation.config.stop_str ?? [];
  const options = { modelId, ownStops, reuse, lost: devices.lost };
  onProgress({ label: WORDS.webLlm.progress.checking, done: 1, total: 1 });
  // The checks continue texts, whatever the model was tuned for.
  const plain = new WebLlmEngine(mlc, { ...options, style: 'base' });
  await checkKnownAnswer(plain);
  const wrong = load.prefixes < 1 ? null : await whyNot(plain, reuse, typeof found === 'string' ? found : '');
  if (reuse) reuse.enabled = wrong === null && load.prefixes > 0;
  return {
    engine: new WebLlmEngine(mlc, { ...options, style: load.style }),
    info: {
      contextLength: load.contextLength,
      device: devices.name(),
      notes: wrong ? [WORDS.webLlm.noReuse(wrong)] : [],
    },
  };
}

const appConfig = ({ name, model, library, overrides, contextLength }: WebLlmLoad): AppConfig => ({
  cacheBackend: 'cache',
  model_list: [
    {
      model_id: name,
      model,
      model_lib: library,
      overrides: { ...overrides, context_window_size: contextLength, sliding_window_size: -1 },
    },
  ],
});

/** Of keys and values; a name that says nothing is taken for the larger. */
const bytesPerValue = ({ name, library }: WebLlmLoad): number => (/f16/u.test(name + library) ? 2 : 4);

/** Why prefixes cannot be cached, for the user; null when they can. */
async function whyNot(
  engine: WebLlmEngine,
  reuse: PrefixReuse | null,
  reason: string,
): Promise<string | null> {
  if (!reuse) return reason;
  if (!reuse.canRewind) return WORDS.webLlm.reuse.noRewind;
  return checkReuse(engine, reuse);
}

function inOurWords({ progress, text }: InitProgressReport): Progress {
  const label = /shader/iu.test(text) ? WORDS.webLlm.progress.gpu : WORDS.webLlm.progress.loading;
  return { label, done: Math.round(100 * progress), total: 100 };
}
