import { describe, expect, it } from 'vitest';
import type { ModelInfo } from '../core/models/stored-model';
import type { FetchableModel } from './model-library';
import { gpuFacts } from '../testing/gpu-facts';
import { PLAIN_DEVICE } from '../testing/plain-device';
import { bestToFetch, modelLines, pickFor } from './model-lines';

const GB = 1_000_000_000;
const offered = (
  id: string,
  gpuBytes: number,
  halfPrecision = false,
  more: Partial<FetchableModel> = {},
): FetchableModel => ({
  id,
  name: id,
  engine: 'web-llm',
  style: 'instruct',
  parameters: gpuBytes,
  bytes: gpuBytes / 2,
  gpuBytes,
  halfPrecision,
  contextLength: 4096,
  licence: null,
  why: null,
  from: 'hub',
  source: null,
  loaded: null,
  languages: [],
  finetunable: null,
  ...more,
});
const builtIn: ModelInfo = {
  id: 'built-in-0.1',
  name: 'Built-in',
  engine: 'llama.cpp',
  origin: 'built-in',
  style: 'base',
  bytes: 6_000_000,
  contextLength: 512,
  licence: null,
  hash: '',
};
const DEVICE = {
  ...PLAIN_DEVICE,
  webGpu: true,
  gpu: gpuFacts({ halfPrecision: false, maxBufferBytes: GB, maxBindingBytes: GB }),
};

describe('the lines of the Models screen', () => {
  it('of an adapter tell its base, and when that is missing', () => {
    const base = { ...builtIn, id: 'b', name: 'Small Llama', origin: 'file', hash: 'bb' } as const;
    const adapter = { base: { name: base.name, hash: 'bb', bytes: 400_000_000 }, scale: 2 };
    const tuned = { ...builtIn, id: 't', name: 'Mine', origin: 'finetuned', hash: 'tt', adapter } as const;
    const find = (models: readonly ModelInfo[]) =>
      modelLines(models, [], DEVICE).find(({ id }) => id === 't');
    expect(find([base, tuned])).toMatchObject({ bytes: 6_000_000, verdict: { fit: 'slowly' } });
    expect(find([base, tuned])?.why).toContain('computed on Small Llama');
    const alone = find([tuned])?.verdict;
    expect(alone?.fit).toBe('not-here');
    expect(alone?.why).toContain('Download Small Llama');
  });
  it('show what is here first, then what can be fetched from small to large, nothing twice', () => {
    const stored = { ...builtIn, id: 'b', name: 'b', engine: 'web-llm', origin: 'download' } as const;
    const lines = modelLines(
      [builtIn, stored],
      [offered('c', 2 * GB), offered('b', GB), offered('a', GB / 2)],
      DEVICE,
    );
    expect(lines.map(({ id }) => id)).toEqual(['built-in', 'b', 'a', 'c']);
    expect(lines.map(({ here }) => here !== null)).toEqual([true, true, false, false]);
    expect(lines[1]?.gpuBytes).toBe(GB);
  });
  it('stand in the order of the work that they make on the CPU, after those for the GPU', () => {
    const cpu = (id: string, bytes: number, work: number | null): FetchableModel =>
      offered(id, 0, false, { engine: 'llama.cpp', gpuBytes: null, bytes, work });
    const all = [cpu('unknown', 1, null), cpu('slow', 2, 30), cpu('quick', 9, 1), offered('g', GB)];
    expect(modelLines([], all, DEVICE).map(({ id }) => id)).toEqual(['g', 'quick', 'slow', 'unknown']);
  });
  it('say where a GGUF model is computed', () => {
    const stored = { ...builtIn, id: 'g', origin: 'file', bytes: GB } as const;
    const [there, here] = modelLines([{ ...stored, onGpu: true }, stored], [], DEVICE);
    expect(there).toMatchObject({
      why: 'Stored on this device, runs on the GPU.',
      verdict: { fit: 'well', why: null },
    });
    expect(here?.verdict).toEqual({ fit: 'slowly', why: 'It runs on the CPU.' });
  });
  it('offer the largest that runs well', () => {
    const all = [
      offered('small', GB / 2),
      offered('good', GB),
      offered('half', GB, true),
      offered('huge', 7 * GB),
    ];
    expect(bestToFetch(modelLines([builtIn], all, DEVICE))?.id).toBe('good');
    expect(bestToFetch(modelLines([builtIn], all, PLAIN_DEVICE))).toBeNull();
  });
  it('go by parameters, then by context, then by memory, and not by memory alone', () => {
    const best = (...all: FetchableModel[]): string | undefined =>
      bestToFetch(modelLines([builtIn], all, DEVICE))?.id;
    const small = offered('small, in 16 bits', GB, false, { parameters: 0.4e9 });
    const large = offered('large, in 4 bits', 0.9 * GB, false, { parameters: 1.2e9 });
    const short = offered('large, short', 0.8 * GB, false, { parameters: 1.2e9, contextLength: 1024 });
    const wide = offered('large, in 16 bits', 1.1 * GB, false, { parameters: 1.2e9 });
    expect(best(small, short, large, wide)).toBe('large, in 4 bits');
  });
  it('offer nothing once the best is here', () => {
    const all = [offered('small', GB / 2), offered('good', GB)];
    const stored = { ...builtIn, id: 'good', name: 'good', engine: 'web-llm', origin: 'download' } as const;
    expect(bestToFetch(modelLines([builtIn, stored], all, DEVICE))).toBeNull();
    const lesser = { ...stored, id: 'small', name: 'small' };
    expect(bestToFetch(modelLines([builtIn, lesser], all, DEVICE))?.id).toBe('good');
  });
});

describe('the pick for a device', () => {
  const cpu = (id: string, loaded: boolean | null, bytes = 100_000_000): FetchableModel =>
    offered(id, 0, false, { engine: 'llama.cpp', gpuBytes: null, parameters: bytes, bytes, loaded });
  const standard = cpu('standard', true);

  it('is the best for the GPU where there is one', () => {
    expect(pickFor(modelLines([builtIn], [standard, offered('g', GB)], DEVICE))?.id).toBe('g');
  });
  it('is one that was tried, for the CPU', () => {
    const all = [standard, cpu('unknown', false, 200_000_000), offered('g', GB)];
    expect(pickFor(modelLines([builtIn], all, PLAIN_DEVICE))?.id).toBe('standard');
  });
  it('stays the pick when it is here', () => {
    const here = { ...builtIn, id: 'standard', origin: 'download', bytes: 100_000_000 } as const;
    expect(pickFor(modelLines([builtIn, here], [standard], PLAIN_DEVICE))?.here?.id).toBe('standard');
  });
  it('is the built-in model where nothing else runs well', () => {
    const built = (device: typeof PLAIN_DEVICE, ...all: FetchableModel[]): string | undefined =>
      pickFor(modelLines([builtIn], all, device))?.id;
    expect(built(PLAIN_DEVICE, cpu('large', true, 2 * GB))).toBe('built-in');
    expect(built({ ...PLAIN_DEVICE, freeBytes: 50_000_000 }, standard)).toBe('built-in');
    expect(built({ ...PLAIN_DEVICE, canStoreFiles: false }, standard)).toBe('built-in');
    expect(built({ ...PLAIN_DEVICE, memoryBytes: 150_000_000 }, standard)).toBe('built-in');
    expect(built(PLAIN_DEVICE, standard)).toBe('standard');
    expect(pickFor([])).toBeNull();
  });
  it('is one that a hundred tasks do not take an hour, as far as that is known', () => {
    const lines = modelLines([builtIn], [standard], PLAIN_DEVICE);
    const by = (seconds: number | null) => pickFor(lines, { seconds: () => seconds, online: true })?.id;
    expect([by(null), by(3_600), by(3_601)]).toEqual(['standard', 'standard', 'built-in']);
  });
  it('is, without a network, what is here or beside the page', () => {
    const offline = { seconds: () => null, online: false };
    const pick = (...all: FetchableModel[]) => pickFor(modelLines([builtIn], all, DEVICE), offline)?.id;
    expect(pick(standard, offered('g', GB))).toBe('built-in');
    expect(pick({ ...standard, from: 'here' }, offered('g', GB))).toBe('standard');
  });
});
