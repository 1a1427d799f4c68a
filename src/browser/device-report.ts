/** Asks the browser what this device offers models. Nothing of it is sent anywhere. */
import type { DeviceReport, GpuFacts } from '../core/models/device-report';
import { deviceFacts, folderPicker } from './device';
import { WORDS } from './words';

/** The part of WebGPU that is asked; the page's types do not know it. */
interface Gpu {
  requestAdapter(options?: { readonly powerPreference: 'high-performance' }): Promise<GpuAdapter | null>;
}
interface GpuAdapter {
  readonly info?: Readonly<Record<'vendor' | 'architecture' | 'device' | 'description', string>> & {
    readonly isFallbackAdapter?: boolean;
  };
  readonly features: ReadonlySet<string>;
  readonly limits: Readonly<
    Record<
      | 'maxBufferSize'
      | 'maxStorageBufferBindingSize'
      | 'maxStorageBuffersPerShaderStage'
      | 'maxComputeWorkgroupStorageSize',
      number
    >
  >;
}
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|basic render|warp/iu;
/** Browsers round to whole decimal gigabytes. */
const GB = 1_000_000_000;

export async function deviceReport(): Promise<DeviceReport> {
  const gpu = (navigator as { readonly gpu?: Gpu }).gpu;
  const [facts, canStoreFiles, adapter] = await Promise.all([deviceFacts(), storesFiles(), askAdapter(gpu)]);
  const gigabytes = (navigator as { readonly deviceMemory?: number }).deviceMemory;
  return {
    gpu: adapter && gpuFacts(adapter),
    webGpu: gpu !== undefined,
    memoryBytes: gigabytes === undefined ? null : gigabytes * GB,
    cores: navigator.hardwareConcurrency,
    threads: facts.threads,
    isolated: crossOriginIsolated,
    secure: isSecureContext,
    freeBytes: facts.freeBytes,
    persisted: facts.persisted,
    canStoreFiles,
    canWriteFolders: folderPicker() !== null,
  };
}

/** Broken drivers throw where they should give nothing. */
async function askAdapter(gpu: Gpu | undefined): Promise<GpuAdapter | null> {
  try {
    return (await gpu?.requestAdapter({ powerPreference: 'high-performance' })) ?? null;
  } catch {
    return null;
  }
}

function gpuFacts({ info, features, limits }: GpuAdapter): GpuFacts {
  const { vendor = '', architecture = '', device = '', description = '' } = info ?? {};
  const named = description || [vendor, architecture, device].filter(Boolean).join(' ');
  return {
    name: named || WORDS.unnamedGpu,
    software: info?.isFallbackAdapter === true || SOFTWARE.test(`${named} ${architecture}`),
    halfPrecision: features.has('shader-f16'),
    maxBufferBytes: limits.maxBufferSize,
    maxBindingBytes: limits.maxStorageBufferBindingSize,
    maxBuffers: limits.maxStorageBuffersPerShaderStage,
    workgroupBytes: limits.maxComputeWorkgroupStorageSize,
  };
}

/** Private windows of some browsers have the file system, and refuse when it is used. Without one the database keeps files. */
async function storesFiles(): Promise<boolean> {
  try {
    const storage = (navigator as { readonly storage?: Partial<StorageManager> }).storage;
    if (!storage?.getDirectory) return typeof indexedDB !== 'undefined';
    await storage.getDirectory();
    return true;
  } catch {
    return false;
  }
}
