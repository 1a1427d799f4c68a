import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gpuFacts } from '../../testing/gpu-facts';
import { concerns, type DeviceReport, deviceChecks } from './device-report';
import { modelFit } from './model-fit';

const GB = 1_000_000_000;
const gpu = gpuFacts({ maxBufferBytes: 2 * GB, maxBindingBytes: 2 * GB });
const LAPTOP: DeviceReport = {
  gpu,
  webGpu: true,
  memoryBytes: 8 * GB,
  cores: 8,
  threads: 4,
  isolated: true,
  secure: true,
  freeBytes: 20 * GB,
  persisted: true,
  canStoreFiles: true,
  canWriteFolders: true,
};
const webLlm = (gpuBytes: number, halfPrecision = true) =>
  ({ engine: 'web-llm', bytes: gpuBytes, gpuBytes, halfPrecision }) as const;
const gguf = (bytes: number) =>
  ({ engine: 'llama.cpp', bytes, gpuBytes: null, halfPrecision: false }) as const;

describe('whether a model runs here', () => {
  it('asks WebGPU for what web-llm needs of it', () => {
    expect(modelFit(webLlm(GB), LAPTOP)).toEqual({ fit: 'well', why: null });
    expect(modelFit(webLlm(2 * GB), LAPTOP).fit).toBe('slowly');
    expect(modelFit(webLlm(GB), { ...LAPTOP, gpu: null }).fit).toBe('not-here');
    expect(modelFit(webLlm(GB), { ...LAPTOP, gpu: { ...gpu, halfPrecision: false } }).fit).toBe('not-here');
    expect(modelFit(webLlm(GB, false), { ...LAPTOP, gpu: { ...gpu, halfPrecision: false } }).fit).toBe(
      'well',
    );
    expect(modelFit(webLlm(GB), { ...LAPTOP, gpu: { ...gpu, software: true } }).fit).toBe('slowly');
    expect(modelFit(webLlm(GB), { ...LAPTOP, gpu: { ...gpu, workgroupBytes: 16_384 } }).fit).toBe('not-here');
  });
  it('asks for buffers of the size that a model needs, and for as many as web-llm uses', () => {
    const MIB = 1024 * 1024;
    const large = { ...webLlm(GB), bufferBytes: 250 * MIB };
    const tight = { ...LAPTOP, gpu: { ...gpu, maxBindingBytes: 128 * MIB } };
    expect(modelFit(webLlm(GB), tight).fit).toBe('well');
    expect(modelFit(large, tight).fit).toBe('not-here');
    expect(modelFit(large, LAPTOP).fit).toBe('well');
    expect(modelFit(webLlm(GB), { ...LAPTOP, gpu: { ...gpu, maxBuffers: 8 } }).fit).toBe('not-here');
  });
  it('runs GGUF files without WebGPU, up to what a page can hold', () => {
    const plain = { ...LAPTOP, gpu: null, webGpu: false };
    expect(modelFit(gguf(0.1 * GB), plain).fit).toBe('well');
    expect(modelFit(gguf(GB), plain).fit).toBe('slowly');
    expect(modelFit(gguf(4 * GB), plain).fit).toBe('not-here');
  });
  it('runs larger GGUF files well where llama.cpp has the GPU, up to what a page can hold', () => {
    const there = (bytes: number) => modelFit({ ...gguf(bytes), onGpu: true }, LAPTOP);
    expect(there(GB)).toEqual({ fit: 'well', why: null });
    expect(there(3 * GB)).toEqual({ fit: 'slowly', why: null });
    expect(there(4 * GB).fit).toBe('not-here');
  });
  it('says how much memory is missing, where the browser says how much there is', () => {
    const small = { ...LAPTOP, memoryBytes: 4 * GB };
    expect(modelFit(webLlm(3 * GB), small)).toEqual({
      fit: 'not-here',
      why: 'It needs 3.0 GB, about 0.6 GB more than can be spared here.',
    });
    expect(modelFit(webLlm(3 * GB), { ...LAPTOP, memoryBytes: null }).fit).toBe('slowly');
  });
  it('never fits better when it is larger', () => {
    const order = ['well', 'slowly', 'not-here'];
    const sizes = fc.integer({ min: 1, max: 20_000 }).map((megabytes) => megabytes * 1_000_000);
    fc.assert(
      fc.property(
        sizes,
        sizes,
        fc.constantFrom(webLlm, gguf),
        fc.constantFrom(2, 4, 8),
        (a, b, of, memory) => {
          const device = { ...LAPTOP, memoryBytes: memory * GB };
          const [small, large] = [modelFit(of(Math.min(a, b)), device), modelFit(of(Math.max(a, b)), device)];
          expect(order.indexOf(large.fit)).toBeGreaterThanOrEqual(order.indexOf(small.fit));
        },
      ),
    );
  });
});

describe('whether a model that is not here fits', () => {
  it('asks for its space on disk, and for the memory of weights and context', () => {
    const device = { ...LAPTOP, memoryBytes: 4 * GB, freeBytes: GB };
    expect(modelFit({ ...gguf(GB / 10), toStore: GB / 10 }, device).fit).toBe('well');
    expect(modelFit({ ...gguf(2 * GB), toStore: 2 * GB }, device).why).toContain('on disk');
    expect(modelFit({ ...gguf(GB / 10), memoryBytes: 3 * GB }, device).why).toContain('3.0 GB');
    expect(modelFit({ ...gguf(GB / 10), toStore: 1 }, { ...device, canStoreFiles: false }).fit).toBe(
      'not-here',
    );
  });
  it('goes by its work rather than by its size, where that is known', () => {
    expect(modelFit({ ...gguf(GB / 10), work: 30 }, LAPTOP).fit).toBe('slowly');
    expect(modelFit({ ...gguf(GB / 2), work: 3 }, LAPTOP).fit).toBe('well');
  });
});

describe('the checks before a download', () => {
  const state = (device: DeviceReport): Record<string, string> =>
    Object.fromEntries(deviceChecks(device).map((check) => [check.title, check.state]));

  it('are all green on a good laptop, with nothing to do', () => {
    const checks = deviceChecks(LAPTOP);
    expect(checks.map((check) => check.state)).toEqual(checks.map(() => 'good'));
    expect(checks.every((check) => check.advice === null)).toBe(true);
  });
  it('say what is missing and what to do', () => {
    const poor: DeviceReport = {
      ...LAPTOP,
      gpu: null,
      webGpu: false,
      memoryBytes: 2 * GB,
      threads: 1,
      isolated: false,
      freeBytes: 0.2 * GB,
      persisted: false,
      canStoreFiles: false,
      canWriteFolders: false,
    };
    expect(state(poor)).toEqual({
      WebGPU: 'missing',
      Memory: 'careful',
      Storage: 'missing',
      Persistence: 'careful',
      Folders: 'careful',
      Threads: 'careful',
    });
    expect(deviceChecks(poor).every((check) => check.advice !== null)).toBe(true);
  });
  it('matter for models of one processor or both, and only where something is not well', () => {
    const titles = (device: DeviceReport, processor: 'gpu' | 'cpu'): string[] =>
      concerns(deviceChecks(device), processor).map(({ title }) => title);
    expect([titles(LAPTOP, 'gpu'), titles(LAPTOP, 'cpu')]).toEqual([[], []]);
    const plain = { ...LAPTOP, gpu: null, webGpu: false, persisted: false, canWriteFolders: false };
    expect(titles(plain, 'cpu')).toEqual([]);
    expect(titles(plain, 'gpu')).toEqual(['WebGPU']);
    const poor = { ...LAPTOP, memoryBytes: 2 * GB, freeBytes: 0.2 * GB, isolated: false, threads: 1 };
    expect(titles(poor, 'cpu')).toEqual(['Memory', 'Storage', 'Threads']);
    expect(titles(poor, 'gpu')).toEqual(['Memory', 'Storage']);
  });
  it('tell small buffers from too small ones', () => {
    const MIB = 1024 * 1024;
    const buffers = (more: Partial<typeof gpu>): string | undefined =>
      state({ ...LAPTOP, gpu: { ...gpu, ...more } })['Buffers'];
    expect(buffers({ maxBindingBytes: 128 * MIB })).toBe('careful');
    expect(buffers({ maxBindingBytes: 127 * MIB })).toBe('missing');
    expect(buffers({ maxBufferBytes: 255 * MIB })).toBe('missing');
    expect(buffers({ maxBuffers: 8 })).toBe('missing');
    expect(buffers({ workgroupBytes: 16 * 1024 })).toBe('missing');
  });
  it('warn of WebGPU that the CPU emulates', () => {
    expect(state({ ...LAPTOP, gpu: { ...gpu, software: true } })['WebGPU']).toBe('careful');
  });
});
