/** Whether a model runs on a device, from what is known before it is downloaded. */
import { type DeviceReport, WEB_LLM_LIMITS } from './device-report';
import type { EngineName } from './stored-model';

/** What a model needs. */
export interface ModelNeed {
  readonly engine: EngineName;
  /** Of its files; null when nobody knows. */
  readonly bytes: number | null;
  /** On the graphics processor, weights, context and work; null where it has none to do. */
  readonly gpuBytes: number | null;
  readonly halfPrecision: boolean;
  /** Whether llama.cpp computes it on the graphics processor here. */
  readonly graphics?: boolean;
  /** Of the largest buffer that its shaders bind; null or absent where nobody says. */
  readonly bufferBytes?: number | null;
}

/** How well a model runs on a device. */
export type Fit = 'well' | 'slowly' | 'not-here';
/** How well a model runs on a device, and why not better. */
export interface FitVerdict {
  readonly fit: Fit;
  /** The reason, for people; null where nothing stands in the way. */
  readonly why: string | null;
}

const MB = 1_000_000;
const GB = 1_000 * MB;
/** On the processor these write several words a second; larger ones are for a coffee break. */
const QUICK_ON_PROCESSOR = 300 * MB;
/** llama.cpp in a page has 4 GiB for weights, context and itself. */
const MOST_ON_PROCESSOR = 3_900 * MB;
/** Up to here a graphics processor that shares the machine's memory is quick enough to wait for. */
const QUICK_ON_GPU = 1_500 * MB;
/** Share of the machine's memory that one model may take beside browser and system. */
const SHARE_OF_MEMORY = 0.6;
/** Browsers say 8 GB for everything above as well. */
const MOST_TOLD = 8 * GB;

const well: FitVerdict = { fit: 'well', why: null };
const no = (why: string): FitVerdict => ({ fit: 'not-here', why });

/** Whether a model fits a device, before anything of it is downloaded. */
export function modelFit(need: ModelNeed, device: DeviceReport): FitVerdict {
  if (need.engine === 'server') return well;
  const memory = tooMuchMemory(need.gpuBytes ?? need.bytes, device.memoryBytes);
  if (memory !== null) return no(memory);
  return need.engine === 'web-llm' ? onGpu(need, device) : inLlama(need);
}

function onGpu({ gpuBytes, halfPrecision, bufferBytes }: ModelNeed, { gpu }: DeviceReport): FitVerdict {
  if (!gpu) return no('It needs WebGPU, which is not to be had here.');
  if (halfPrecision && !gpu.halfPrecision)
    return no('It needs half precision (shader-f16), which is missing here.');
  const { workgroupBytes, buffers, bindingBytes } = WEB_LLM_LIMITS;
  if (gpu.workgroupBytes < workgroupBytes) return no('The browser gives WebGPU too little shared memory.');
  if (gpu.maxBuffers < buffers || gpu.maxBindingBytes < Math.max(bindingBytes, bufferBytes ?? 0))
    return no('The browser gives WebGPU too small or too few buffers.');
  if (gpu.software)
    return { fit: 'slowly', why: 'WebGPU is drawn by the processor here: minutes for a word.' };
  return (gpuBytes ?? 0) <= QUICK_ON_GPU ? well : { fit: 'slowly', why: null };
}

function inLlama({ bytes, graphics = false }: ModelNeed): FitVerdict {
  // Also on the graphics processor: the processor has to hold it for the comparison, and where that fails.
  if ((bytes ?? 0) > MOST_ON_PROCESSOR) return no('It has more than 3.9 GB, and a page gets 4 GB in all.');
  if (graphics) return (bytes ?? 0) <= QUICK_ON_GPU ? well : { fit: 'slowly', why: null };
  return (bytes ?? 0) <= QUICK_ON_PROCESSOR ? well : { fit: 'slowly', why: 'It runs on the processor.' };
}

function tooMuchMemory(needed: number | null, told: number | null): string | null {
  if (needed === null || told === null || told >= MOST_TOLD) return null;
  const room = told * SHARE_OF_MEMORY;
  return needed > room
    ? `It needs ${(needed / GB).toFixed(1)} GB, about ${((needed - room) / GB).toFixed(1)} GB more than can be spared here.`
    : null;
}
