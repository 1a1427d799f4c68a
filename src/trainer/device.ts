/** Where training runs: on a GPU through WebGPU when there is a real one, otherwise in WebAssembly. */
import { defaultDevice, getWebGPUDevice, init } from '@jax-js/jax';
import { RUNS_ON } from '../core/models/runs-on';
import { AppError, type Failure } from '../core/errors';
import { WORDS } from './words';

/** What jax-js computes on: the GPU by WebGPU, or the CPU by WebAssembly. */
export type DeviceKind = 'webgpu' | 'wasm';

/** The opened device. */
export interface ComputeDevice {
  readonly kind: DeviceKind;
  /** As shown to the user. */
  readonly words: string;
  /** Threads that may share memory on the CPU; 1 where the page is not isolated. */
  readonly threads: number;
  /** Why the device is gone; null while it is there. */
  lost(): string | null;
}

/** The part of WebGPU that is used before jax-js takes over. */
interface AdapterSource {
  requestAdapter(options: { powerPreference: string }): Promise<{
    readonly info?: { readonly isFallbackAdapter?: boolean; readonly description?: string };
  } | null>;
}
const gpuOf = (): AdapterSource | undefined =>
  typeof navigator === 'undefined' ? undefined : (navigator as { readonly gpu?: AdapterSource }).gpu;

/**
 * @param wish takes only this device; tests use it for an emulated GPU
 * @throws AppError device-lost when that device is missing, webassembly-missing
 */
export async function openDevice(wish?: DeviceKind): Promise<ComputeDevice> {
  let note = '';
  if (wish !== 'wasm') {
    try {
      const device = await openWebGpu(wish === 'webgpu');
      if (device) return device;
    } catch (error) {
      // Drivers fail in many ways; the CPU always works.
      note = WORDS.gpuUnusable(error instanceof Error ? error.message : String(error));
    }
    if (wish) throw new AppError({ kind: 'device-lost', detail: WORDS.noGpu(note) });
  }
  if (typeof WebAssembly === 'undefined') throw new AppError({ kind: 'webassembly-missing' });
  const threads = cpuThreads();
  return { kind: 'wasm', words: `${RUNS_ON.cpu(threads)}${note}`, threads, lost: () => null };
}

/** Lets jax-js compute on the CPU. It starts its threads then. */
export async function startJaxOnCpu(): Promise<void> {
  await init('wasm');
  defaultDevice('wasm');
}

/** As many as there are cores where memory may be shared; otherwise the calling thread alone. */
function cpuThreads(): number {
  const shared = typeof SharedArrayBuffer !== 'undefined' && typeof Worker !== 'undefined';
  return shared && typeof navigator !== 'undefined' ? navigator.hardwareConcurrency : 1;
}

async function openWebGpu(anyAdapter: boolean): Promise<ComputeDevice | null> {
  const adapter = await gpuOf()?.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) return null;
  // An emulated GPU is many times slower than WebAssembly.
  if (adapter.info?.isFallbackAdapter && !anyAdapter) return null;
  if (!(await init('webgpu')).includes('webgpu')) throw new Error(WORDS.noDevice);
  defaultDevice('webgpu');
  let reason: string | null = null;
  void getWebGPUDevice().lost.then(({ message }) => (reason = message || WORDS.noReason));
  const name = adapter.info?.description;
  return { kind: 'webgpu', words: RUNS_ON.gpu(name ?? ''), threads: 1, lost: () => reason };
}

/**
 * What an error of the libraries means. On a lost device every awaited call ends in an AbortError of its own.
 * @param aborted whether the user stopped
 */
export function deviceFailure(error: unknown, device: ComputeDevice, aborted: boolean): unknown {
  if (error instanceof AppError) return error;
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const isAbort = error instanceof Error && error.name === 'AbortError';
  const of = (failure: Failure): AppError => new AppError(failure, { cause: error });
  const lost = device.lost();
  if (lost !== null || (isAbort && !aborted)) return of({ kind: 'device-lost', detail: lost ?? text });
  if (isAbort) return error;
  if (/out of memory|memory32 limit|Memory\.grow|allocation|Array buffer/iu.test(text)) {
    return of({ kind: 'out-of-memory', detail: text });
  }
  return error;
}
