/** Whether a model runs on a device, from what is known before it is downloaded. */
import { type DeviceReport, WEB_LLM_LIMITS } from './device-report';
import { FIT_WORDS } from './device-words';
import type { EngineName } from './stored-model';

/** What a model needs. */
export interface ModelNeed {
  readonly engine: EngineName;
  /** Of its files; null when unknown. */
  readonly bytes: number | null;
  /** Weights, context and buffers on the GPU; null for a model that does not run there. */
  readonly gpuBytes: number | null;
  readonly halfPrecision: boolean;
  /** Whether llama.cpp runs it on the GPU here. */
  readonly onGpu?: boolean;
  /** Of the largest buffer that its shaders bind; null or absent when unknown. */
  readonly bufferBytes?: number | null;
  /** Weights, context and buffers in the memory of the page; null or absent: as large as its files. */
  readonly memoryBytes?: number | null;
  /** On the CPU for one task, in that of the standard model (run-time.ts); null or absent when unknown. */
  readonly work?: number | null;
  /** What it would take on disk, for one that is not here. */
  readonly toStore?: number | null;
}

/** How well a model runs on a device. */
export type Fit = 'well' | 'slowly' | 'not-here';
/** How well a model runs on a device, and why not better. */
export interface FitVerdict {
  readonly fit: Fit;
  /** The reason, for users; null where nothing stands in the way. */
  readonly why: string | null;
}

const MB = 1_000_000;
const GB = 1_000 * MB;
/** Models up to this size write several words a second on the CPU; larger ones are slow. Where no work is known. */
const QUICK_ON_CPU = 300 * MB;
/** Up to so many times the standard model's work, a hundred tasks are a matter of minutes on a laptop. */
const QUICK_WORK = 8;
/** llama.cpp in a page has 4 GiB for weights, context and itself. */
const MAX_ON_CPU = 3_900 * MB;
/** Up to here a GPU that shares the machine's memory is quick enough to wait for. */
const QUICK_ON_GPU = 1_500 * MB;
/** Share of the machine's memory that one model may take beside browser and system. */
const SHARE_OF_MEMORY = 0.6;
/** Browsers report 8 GB for anything above. */
const MAX_STATED = 8 * GB;

const well: FitVerdict = { fit: 'well', why: null };
const no = (why: string): FitVerdict => ({ fit: 'not-here', why });

/** Whether a model fits a device, before anything of it is downloaded. */
export function modelFit(need: ModelNeed, device: DeviceReport): FitVerdict {
  if (need.engine === 'server') return well;
  const memory = tooMuchMemory(need.gpuBytes ?? need.memoryBytes ?? need.bytes, device.memoryBytes);
  if (memory !== null) return no(memory);
  const disk = noSpace(need.toStore ?? null, device);
  if (disk !== null) return no(disk);
  return need.engine === 'web-llm' ? onGpu(need, device) : inLlama(need);
}

function onGpu({ gpuBytes, halfPrecision, bufferBytes }: ModelNeed, { gpu }: DeviceReport): FitVerdict {
  if (!gpu) return no(FIT_WORDS.noWebGpu);
  if (halfPrecision && !gpu.halfPrecision) return no(FIT_WORDS.noHalfPrecision);
  const { workgroupBytes, buffers, bindingBytes } = WEB_LLM_LIMITS;
  if (gpu.workgroupBytes < workgroupBytes) return no(FIT_WORDS.littleShared);
  if (gpu.maxBuffers < buffers || gpu.maxBindingBytes < Math.max(bindingBytes, bufferBytes ?? 0))
    return no(FIT_WORDS.smallBuffers);
  if (gpu.software) return { fit: 'slowly', why: FIT_WORDS.software };
  return (gpuBytes ?? 0) <= QUICK_ON_GPU ? well : { fit: 'slowly', why: null };
}

function inLlama({ bytes, work, onGpu = false }: ModelNeed): FitVerdict {
  // Also on the GPU: the CPU needs the model for the comparison and as a fallback.
  if ((bytes ?? 0) > MAX_ON_CPU) return no(FIT_WORDS.tooLarge);
  if (onGpu) return (bytes ?? 0) <= QUICK_ON_GPU ? well : { fit: 'slowly', why: null };
  const quick = work == null ? (bytes ?? 0) <= QUICK_ON_CPU : work <= QUICK_WORK;
  return quick ? well : { fit: 'slowly', why: FIT_WORDS.onCpu };
}

function noSpace(
  toStore: number | null,
  { freeBytes, canStoreFiles }: Pick<DeviceReport, 'freeBytes' | 'canStoreFiles'>,
): string | null {
  if (toStore === null) return null;
  if (!canStoreFiles) return FIT_WORDS.noFiles;
  return freeBytes !== null && toStore > freeBytes
    ? FIT_WORDS.disk((toStore / GB).toFixed(1), (freeBytes / GB).toFixed(1))
    : null;
}

function tooMuchMemory(needed: number | null, stated: number | null): string | null {
  if (needed === null || stated === null || stated >= MAX_STATED) return null;
  const spare = stated * SHARE_OF_MEMORY;
  return needed > spare
    ? FIT_WORDS.memory((needed / GB).toFixed(1), ((needed - spare) / GB).toFixed(1))
    : null;
}
