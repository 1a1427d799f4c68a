import { describe, expect, it } from 'vitest';
import type { ModelInfo } from '../core/models/stored-model';
import type { FetchableModel } from '../models/model-shelf';
import { PLAIN_DEVICE } from '../testing/plain-device';
import { bestToFetch, modelLines } from './model-lines';

const GB = 1_000_000_000;
const offered = (id: string, gpuBytes: number, halfPrecision = false): FetchableModel => ({
  id,
  name: id,
  engine: 'web-llm',
  style: 'instruct',
  bytes: gpuBytes / 2,
  gpuBytes,
  halfPrecision,
  contextLength: 4096,
  licence: null,
  why: null,
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
  gpu: {
    name: 'a laptop',
    software: false,
    halfPrecision: false,
    maxBufferBytes: GB,
    maxBindingBytes: GB,
    workgroupBytes: 32_768,
  },
};

describe('the lines of the Models screen', () => {
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
});
