/** A GPU on which everything runs, but for what a test changes. */
import type { GpuFacts } from '../core/models/device-report';

export const gpuFacts = (changes: Partial<GpuFacts> = {}): GpuFacts => ({
  name: 'intel gen-12lp',
  software: false,
  halfPrecision: true,
  maxBufferBytes: 2 ** 31,
  maxBindingBytes: 2 ** 31,
  maxBuffers: 10,
  workgroupBytes: 32_768,
  ...changes,
});
