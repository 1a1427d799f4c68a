import { describe, expect, it } from 'vitest';
import { AppError } from '../../core/errors';
import { loadFailure, requestFailure } from './failures';

const named = (name: string, message: string): Error => Object.assign(new Error(message), { name });
/** Texts of 0.2.86. */
const TOO_LONG =
  'Prompt tokens exceed context window size: number of prompt tokens: 5000; context window size: 4096\nConsider shortening the prompt';
const LOST =
  'The WebGPU device was lost while loading the model. This issue often occurs due to running out of memory (OOM). To resolve this, try';

describe('a failure of a request', () => {
  it.each([
    [named('ContextWindowSizeExceededError', TOO_LONG), 'prompt-too-long'],
    [`ContextWindowSizeExceededError: ${TOO_LONG}`, 'prompt-too-long'],
    [named('ModelNotLoadedError', 'Model not loaded before trying to complete getMessage.'), 'device-lost'],
    ['Error: Device was lost. This can happen', 'device-lost'],
    [named('RangeError', 'Array buffer allocation failed'), 'out-of-memory'],
    ['GPUOutOfMemoryError', 'out-of-memory'],
    [new Error('InternalError: failed to sample a valid token.'), 'engine-failed'],
    [undefined, 'engine-failed'],
    [new TypeError("Cannot read properties of undefined (reading 'text')"), 'unexpected'],
  ])('%s is %s', (error, kind) => expect(requestFailure(error).kind).toBe(kind));
  it('that has its kind already keeps it', () => {
    const failure = { kind: 'engine-timeout', seconds: 60 } as const;
    expect(requestFailure(new AppError(failure))).toBe(failure);
    expect(loadFailure(new AppError(failure), 'm')).toBe(failure);
  });
  it('is told in one sentence', () =>
    expect(requestFailure(new Error(TOO_LONG))).toEqual({
      kind: 'prompt-too-long',
      detail:
        'Error: Prompt tokens exceed context window size: number of prompt tokens: 5000; context window size: 4096',
    }));
});

describe('a failure of a load', () => {
  it.each([
    [named('DeviceLostError', LOST), 'device-lost'],
    [`DeviceLostError: ${LOST}`, 'device-lost'],
    ['RangeError: Array buffer allocation failed', 'out-of-memory'],
  ])('%s is %s', (error, kind) => expect(loadFailure(error, 'm').kind).toBe(kind));
  it.each([
    [
      named(
        'LinkError',
        'WebAssembly.instantiate(): Import #3 "env" "TVMFFIWasmSafeCall": function import requires a callable',
      ),
      /another version of web-llm/u,
    ],
    [named('CompileError', 'expected magic word 00 61 73 6d'), /not a WebAssembly file/u],
    [named('ShaderF16SupportError', 'This model requires WebGPU extension shader-f16'), /f32/u],
    ['WebGPUNotAvailableError: WebGPU is not supported', /WebGPU/u],
    ['Error: Unable to find a compatible GPU. This issue', /WebGPU/u],
    [
      'Error: Cannot initialize runtime because of requested maxBufferSize exceeds limit. requested=1',
      /too small/u,
    ],
    [named('TypeError', 'Failed to fetch'), /missing on this device/u],
    ['something\nelse', /^something$/u],
  ])('%s is said in plain words', (error, words) => {
    const failure = loadFailure(error, 'A model');
    expect(failure).toMatchObject({ kind: 'engine-load-failed', model: 'A model' });
    expect('detail' in failure && failure.detail).toMatch(words);
  });
});
