/** The GPU that llama.cpp can use in this browser. */
import type { GpuFacts } from '../core/models/device-report';
import { deviceReport } from './device-report';

/**
 * Null without WebGPU, where the CPU draws it, without half precision, which llama.cpp's programs are written in, and
 * without WebAssembly that can wait for an answer (JSPI), as llama.cpp does for each one of the GPU.
 */
export async function llamaGpu(): Promise<GpuFacts | null> {
  if (!('Suspending' in WebAssembly)) return null;
  const { gpu } = await deviceReport();
  return gpu && !gpu.software && gpu.halfPrecision ? gpu : null;
}
