/** What this device offers models, checked before anything is downloaded, with advice. */
import { DEVICE_WORDS } from './device-words';

export interface GpuFacts {
  /** As the browser names it; browsers tell little, to prevent fingerprinting. */
  readonly name: string;
  /** Emulated by the CPU: correct, but slower than the CPU's own engine. */
  readonly software: boolean;
  /** shader-f16: models with half precision need it. */
  readonly halfPrecision: boolean;
  readonly maxBufferBytes: number;
  readonly maxBindingBytes: number;
  /** Storage buffers that one shader may use. */
  readonly maxBuffers: number;
  /** Bytes of shared memory of a work group. */
  readonly workgroupBytes: number;
}

/** What a device offers models, as far as browsers tell. */
export interface DeviceReport {
  /** Null without WebGPU or without an adapter. */
  readonly gpu: GpuFacts | null;
  /** Whether the browser knows WebGPU at all. */
  readonly webGpu: boolean;
  /** Of the device, as browsers tell it: rounded, in most at most 8 GB; null when unknown. */
  readonly memoryBytes: number | null;
  readonly cores: number;
  /** Threads that models on the CPU get. */
  readonly threads: number;
  readonly isolated: boolean;
  readonly secure: boolean;
  readonly freeBytes: number | null;
  readonly persisted: boolean;
  /** Whether files can be kept; private windows of some browsers refuse. */
  readonly canStoreFiles: boolean;
  /** Whether a page may write into a folder that the user picks. */
  readonly canWriteFolders: boolean;
}

/** One line of the device check. */
export interface Check {
  readonly title: string;
  readonly state: 'good' | 'careful' | 'missing';
  /** For models on which processor it matters; absent where no model needs it. */
  readonly matters?: 'gpu' | 'cpu' | 'both';
  readonly text: string;
  /** What the user can do about it; null when there is nothing to do. */
  readonly advice: string | null;
}

const MIB = 1024 * 1024;
/** Without these web-llm 0.2.86 does not start. It asks for `wantedBytes` first, then for these. */
export const WEB_LLM_LIMITS = {
  workgroupBytes: 32 * 1024,
  buffers: 10,
  bufferBytes: 256 * MIB,
  bindingBytes: 128 * MIB,
  wantedBytes: 1024 * MIB,
} as const;
const GB = 1_000_000_000;
/** The smallest models of the list with space to work. */
const SMALL_STORAGE = GB;

const gigabytes = (bytes: number): string => `${(bytes / GB).toFixed(bytes < 10 * GB ? 1 : 0)} GB`;

/** The device check, in the order in which it is shown. Of a GPU that is not there, nothing more is said. */
export function deviceChecks(device: DeviceReport): readonly Check[] {
  const { gpu } = device;
  return [
    { ...webGpuCheck(device), matters: 'gpu' },
    ...(gpu
      ? ([
          { ...halfPrecisionCheck(gpu), matters: 'gpu' },
          { ...bufferCheck(gpu), matters: 'gpu' },
        ] as const)
      : []),
    { ...memoryCheck(device), matters: 'both' },
    { ...storageCheck(device), matters: 'both' },
    persistenceCheck(device),
    folderCheck(device),
    { ...threadCheck(device), matters: 'cpu' },
  ];
}

/** What a user should know before taking a model for one processor: all that is not well. */
export const concerns = (checks: readonly Check[], processor: 'gpu' | 'cpu'): readonly Check[] =>
  checks.filter(({ state, matters }) => state !== 'good' && (matters === processor || matters === 'both'));

function webGpuCheck({ gpu, webGpu, secure }: DeviceReport): Check {
  const words = DEVICE_WORDS.webGpu;
  const { title } = words;
  if (!gpu) {
    if (!secure) return { title, state: 'missing', text: words.insecure, advice: words.insecureAdvice };
    return webGpu
      ? { title, state: 'missing', text: words.noAdapter, advice: words.noAdapterAdvice }
      : { title, state: 'missing', text: words.missing, advice: words.missingAdvice };
  }
  return gpu.software
    ? { title, state: 'careful', text: words.software(gpu.name), advice: words.softwareAdvice }
    : { title, state: 'good', text: words.good(gpu.name), advice: null };
}

/** Limits of the browser, not of the GPU: the largest buffer that one shader may use. */
function bufferCheck({ maxBufferBytes, maxBindingBytes, maxBuffers, workgroupBytes }: GpuFacts): Check {
  const words = DEVICE_WORDS.buffers;
  const { title } = words;
  const need = WEB_LLM_LIMITS;
  const text = words.sizes(gigabytes(maxBufferBytes), gigabytes(maxBindingBytes));
  if (
    maxBufferBytes < need.bufferBytes ||
    maxBindingBytes < need.bindingBytes ||
    maxBuffers < need.buffers ||
    workgroupBytes < need.workgroupBytes
  ) {
    const more = words.tooSmall(maxBuffers, workgroupBytes / 1024, need.buffers);
    return { title, state: 'missing', text: `${text} ${more}`, advice: words.tooSmallAdvice };
  }
  return Math.min(maxBufferBytes, maxBindingBytes) < need.wantedBytes
    ? { title, state: 'careful', text, advice: words.largeVocabularies }
    : { title, state: 'good', text, advice: null };
}

function halfPrecisionCheck({ halfPrecision }: GpuFacts): Check {
  const { title, good, missing } = DEVICE_WORDS.halfPrecision;
  return halfPrecision
    ? { title, state: 'good', text: good, advice: null }
    : { title, state: 'careful', text: missing, advice: null };
}

function memoryCheck({ memoryBytes }: DeviceReport): Check {
  const words = DEVICE_WORDS.memory;
  const { title } = words;
  if (memoryBytes === null) return { title, state: 'good', text: words.unknown, advice: null };
  const size = gigabytes(memoryBytes);
  const text = memoryBytes >= 8 * GB ? words.sizeOrMore(size) : words.size(size);
  return memoryBytes < 4 * GB
    ? { title, state: 'careful', text, advice: words.littleAdvice }
    : { title, state: 'good', text, advice: null };
}

function storageCheck({ freeBytes, canStoreFiles }: DeviceReport): Check {
  const words = DEVICE_WORDS.storage;
  const { title } = words;
  if (!canStoreFiles) return { title, state: 'missing', text: words.missing, advice: words.missingAdvice };
  if (freeBytes === null) return { title, state: 'good', text: words.unknown, advice: null };
  const text = words.free(gigabytes(freeBytes));
  return freeBytes < SMALL_STORAGE
    ? { title, state: 'careful', text, advice: words.littleAdvice }
    : { title, state: 'good', text, advice: null };
}

function persistenceCheck({ persisted, secure }: DeviceReport): Check {
  const { title, good, careful, carefulAdvice, insecureAdvice } = DEVICE_WORDS.persistence;
  return persisted
    ? { title, state: 'good', text: good, advice: null }
    : { title, state: 'careful', text: careful, advice: secure ? carefulAdvice : insecureAdvice };
}

/** Nothing needs folders: there are zip files, and single files. */
function folderCheck({ canWriteFolders }: DeviceReport): Check {
  const { title, good, missing, missingAdvice } = DEVICE_WORDS.folders;
  return canWriteFolders
    ? { title, state: 'good', text: good, advice: null }
    : { title, state: 'careful', text: missing, advice: missingAdvice };
}

function threadCheck({ threads, cores, isolated, secure }: DeviceReport): Check {
  const { title, count, oneAdvice, insecureAdvice } = DEVICE_WORDS.threads;
  const text = count(threads, cores);
  return isolated || cores === 1
    ? { title, state: 'good', text, advice: null }
    : { title, state: 'careful', text, advice: secure ? oneAdvice : insecureAdvice };
}
