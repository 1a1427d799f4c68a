/**
 * What web-llm says went wrong, as a `Failure`. Its errors reach us as errors or as strings, told apart by their names and
 * texts (0.2.86).
 */
import { type Failure, AppError, failureOf, isCodeFault } from '../../core/errors';
import { WORDS } from '../words';

const text = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

/** The library's own words, without its advice to its users. */
const firstSentence = (detail: string): string => detail.split(/\n|(?<=\.) /u)[0]?.slice(0, 300) ?? detail;

const MEMORY = /out.?of.?memory|OOM|allocation failed|Array buffer allocation|memory limit/iu;
const LOST =
  /DeviceLostError|device (?:was|is) lost|lost (?:the )?device|ModelNotLoadedError|not loaded (?:before|with)/iu;

/** Of a request. */
export function requestFailure(error: unknown): Failure {
  if (error instanceof AppError) return error.failure;
  const detail = text(error);
  if (/ContextWindowSizeExceeded|exceed context window/iu.test(detail)) {
    return { kind: 'prompt-too-long', detail: firstSentence(detail) };
  }
  if (MEMORY.test(detail)) return { kind: 'out-of-memory', detail: firstSentence(detail) };
  if (LOST.test(detail)) return { kind: 'device-lost', detail: firstSentence(detail) };
  return isCodeFault(error) ? failureOf(error) : { kind: 'engine-failed', detail: firstSentence(detail) };
}

/** Of a load, with what the user can do about it. */
export function loadFailure(error: unknown, model: string): Failure {
  if (error instanceof AppError) return error.failure;
  const detail = text(error);
  const failed = (words: string): Failure => ({ kind: 'engine-load-failed', model, detail: words });
  // The library names its guess, memory, in the text of a lost device.
  if (LOST.test(detail)) return { kind: 'device-lost', detail: firstSentence(detail) };
  if (MEMORY.test(detail)) return { kind: 'out-of-memory', detail: firstSentence(detail) };
  if (/LinkError|TVMFFI|TVMWasmPackedCFunc|import object|function import requires/iu.test(detail)) {
    return failed(WORDS.webLlm.otherVersion);
  }
  if (/CompileError/u.test(detail)) {
    return failed(WORDS.webLlm.badLibrary);
  }
  if (/ShaderF16|shader-f16/iu.test(detail)) {
    return failed(WORDS.webLlm.noHalfPrecision);
  }
  if (/WebGPUNotAvailable|WebGPUNotFound|Cannot find WebGPU|compatible GPU/iu.test(detail)) {
    return failed(WORDS.webLlm.noWebGpu);
  }
  if (/exceeds limit|FeatureSupportError/iu.test(detail)) {
    return failed(WORDS.webLlm.smallGpu(firstSentence(detail)));
  }
  if (/IntegrityError/u.test(detail)) return failed(WORDS.webLlm.damaged);
  if (/Failed to fetch|NetworkError|Load failed|Cannot fetch|Cache\.add/iu.test(detail)) {
    return failed(WORDS.webLlm.missing);
  }
  return failed(firstSentence(detail));
}
