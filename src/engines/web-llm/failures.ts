/**
 * What web-llm says went wrong, as a `Failure`. Its errors reach us as errors or as strings, told apart by their names and
 * texts (0.2.86).
 */
import { type Failure, AppError, failureOf, isCodeFault } from '../../core/errors';

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

/** Of a load, with what a person can do about it. */
export function loadFailure(error: unknown, model: string): Failure {
  if (error instanceof AppError) return error.failure;
  const detail = text(error);
  const failed = (words: string): Failure => ({ kind: 'engine-load-failed', model, detail: words });
  // The library names its guess, memory, in the text of a lost device.
  if (LOST.test(detail)) return { kind: 'device-lost', detail: firstSentence(detail) };
  if (MEMORY.test(detail)) return { kind: 'out-of-memory', detail: firstSentence(detail) };
  if (/LinkError|TVMFFI|TVMWasmPackedCFunc|import object|function import requires/iu.test(detail)) {
    return failed(
      'Its program was built for another version of web-llm than the one in this app (0.2.86). Use a build of the model for this version.',
    );
  }
  if (/CompileError/u.test(detail)) {
    return failed('Its program is no WebAssembly file, or the file is damaged. Install the model again.');
  }
  if (/ShaderF16|shader-f16/iu.test(detail)) {
    return failed(
      'It needs 16-bit numbers on the graphics processor (shader-f16), which this device or browser does not offer. Choose a model whose name has “f32”.',
    );
  }
  if (/WebGPUNotAvailable|WebGPUNotFound|Cannot find WebGPU|compatible GPU/iu.test(detail)) {
    return failed(
      'This browser gives pages no graphics processor (WebGPU). Use the built-in model or a GGUF file.',
    );
  }
  if (/exceeds limit|FeatureSupportError/iu.test(detail)) {
    return failed(`The graphics processor is too small for it. ${firstSentence(detail)}`);
  }
  if (/IntegrityError/u.test(detail)) return failed('One of its files is damaged. Install the model again.');
  if (/Failed to fetch|NetworkError|Load failed|Cannot fetch|Cache\.add/iu.test(detail)) {
    return failed('Files of it are missing on this device. Install the model again.');
  }
  return failed(firstSentence(detail));
}
