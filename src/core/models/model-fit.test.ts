import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DeviceReport, deviceChecks } from './device-report';
import { modelFit } from './model-fit';

const GB = 1_000_000_000;
const LAPTOP: DeviceReport = {
  gpu: {
    name: 'intel gen-12lp',
    software: false,
    halfPrecision: true,
    maxBufferBytes: 2 * GB,
    maxBindingBytes: 2 * GB,
    workgroupBytes: 32_768,
  },
  webGpu: true,
  memoryBytes: 8 * GB,
  cores: 8,
  threads: 4,
  isolated: true,
  secure: true,
  freeBytes: 20 * GB,
  persisted: true,
  canStoreFiles: true,
};
const gpu = LAPTOP.gpu as NonNullable<DeviceReport['gpu']>;
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
  it('runs GGUF files without WebGPU, up to what a page can hold', () => {
    const plain = { ...LAPTOP, gpu: null, webGpu: false };
    expect(modelFit(gguf(0.1 * GB), plain).fit).toBe('well');
    expect(modelFit(gguf(GB), plain).fit).toBe('slowly');
    expect(modelFit(gguf(4 * GB), plain).fit).toBe('not-here');
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
    };
    expect(state(poor)).toEqual({
      WebGPU: 'missing',
      'Half precision': 'missing',
      Memory: 'careful',
      Storage: 'missing',
      Keeping: 'careful',
      Threads: 'careful',
    });
    const silent = deviceChecks(poor).filter((check) => check.advice === null);
    expect(silent.map((check) => check.title)).toEqual(['Half precision']);
  });
  it('warn of WebGPU that the processor draws', () => {
    expect(state({ ...LAPTOP, gpu: { ...gpu, software: true } })['WebGPU']).toBe('careful');
  });
});
