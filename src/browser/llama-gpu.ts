/** The GPU that llama.cpp can use in this browser. */
import type { GpuFacts } from '../core/models/device-report';
import { deviceReport } from './device-report';

/**
 * Null without WebGPU, for an emulated GPU, without half precision, which llama.cpp's shaders need, and without JSPI, by
 * which WebAssembly waits for the GPU.
 */
export async function llamaGpu(): Promise<GpuFacts | null> {
  if (!('Suspending' in WebAssembly)) return null;
  const { gpu } = await deviceReport();
  return gpu && !gpu.software && gpu.halfPrecision ? gpu : null;
}
