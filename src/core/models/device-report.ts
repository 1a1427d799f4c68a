/** What this device offers a model, checked before anything is downloaded, in plain words and with what to do. */

export interface GpuFacts {
  /** As the browser names it; browsers tell little, so that nobody is recognised by it. */
  readonly name: string;
  /** Computed by the processor: right, but slower than the processor's own engine. */
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

/** What a device offers a model, as far as browsers tell. */
export interface DeviceReport {
  /** Null without WebGPU or without an adapter. */
  readonly gpu: GpuFacts | null;
  /** Whether the browser knows WebGPU at all. */
  readonly webGpu: boolean;
  /** Of the machine, as browsers say it: rounded, and never more than 8 GB in most; null when they do not. */
  readonly memoryBytes: number | null;
  readonly cores: number;
  /** Threads that models on the processor get. */
  readonly threads: number;
  readonly isolated: boolean;
  readonly secure: boolean;
  readonly freeBytes: number | null;
  readonly persisted: boolean;
  /** Whether files can be kept; private windows of some browsers refuse. */
  readonly canStoreFiles: boolean;
}

/** One line of the device check. */
export interface Check {
  readonly title: string;
  readonly state: 'good' | 'careful' | 'missing';
  readonly text: string;
  /** What a person can do about it; null when there is nothing to do. */
  readonly advice: string | null;
}

const MIB = 1024 * 1024;
/** Without these web-llm 0.2.86 does not begin. It asks for `wantedBytes` first, and for no more than these where that is too much. */
export const WEB_LLM_LIMITS = {
  workgroupBytes: 32 * 1024,
  buffers: 10,
  bufferBytes: 256 * MIB,
  bindingBytes: 128 * MIB,
  wantedBytes: 1024 * MIB,
} as const;
const GB = 1_000_000_000;
/** The smallest models of the list with room to work. */
const SMALL_STORAGE = GB;

const gigabytes = (bytes: number): string => `${(bytes / GB).toFixed(bytes < 10 * GB ? 1 : 0)} GB`;

/** The device check, in the order in which it is shown. */
export function deviceChecks(device: DeviceReport): readonly Check[] {
  return [
    webGpuCheck(device),
    halfPrecisionCheck(device),
    bufferCheck(device),
    memoryCheck(device),
    storageCheck(device),
    keepingCheck(device),
    threadCheck(device),
  ];
}

function webGpuCheck({ gpu, webGpu, secure }: DeviceReport): Check {
  const title = 'WebGPU';
  if (!gpu) {
    const text = !secure
      ? 'This page came over plain http, where browsers offer no WebGPU.'
      : webGpu
        ? 'The browser knows WebGPU, but gives no graphics processor.'
        : 'This browser has no WebGPU.';
    const advice = !secure
      ? 'Open it over https or from this computer (localhost). Models on the processor work all the same.'
      : webGpu
        ? 'Update the graphics driver, or look at chrome://gpu. Models on the processor work all the same.'
        : 'Use a current Chrome or Edge, or Safari 26. Models on the processor work all the same.';
    return { title, state: 'missing', text, advice };
  }
  if (gpu.software) {
    return {
      title,
      state: 'careful',
      text: `${gpu.name}: drawn by the processor, a hundred times slower than a graphics processor.`,
      advice:
        'Use models for the processor. On Linux, Chrome may need its Vulkan flag to find the graphics processor.',
    };
  }
  return { title, state: 'good', text: `${gpu.name}.`, advice: null };
}

/** Limits of the browser, not of the graphics processor: the largest piece of memory that one shader may use. */
function bufferCheck({ gpu }: DeviceReport): Check {
  const title = 'Buffers';
  if (!gpu) return { title, state: 'missing', text: 'Needs WebGPU.', advice: null };
  const { maxBufferBytes, maxBindingBytes, maxBuffers, workgroupBytes } = gpu;
  const need = WEB_LLM_LIMITS;
  const text = `${gigabytes(maxBufferBytes)} for one piece of memory, ${gigabytes(maxBindingBytes)} of it at once.`;
  if (
    maxBufferBytes < need.bufferBytes ||
    maxBindingBytes < need.bindingBytes ||
    maxBuffers < need.buffers ||
    workgroupBytes < need.workgroupBytes
  ) {
    return {
      title,
      state: 'missing',
      text: `${text} ${maxBuffers} pieces, ${workgroupBytes / 1024} kB shared: web-llm needs 0.3 GB, 0.1 GB, ${need.buffers} and 32 kB.`,
      advice: 'Use models for the processor, or Chrome instead of this browser.',
    };
  }
  return Math.min(maxBufferBytes, maxBindingBytes) < need.wantedBytes
    ? {
        title,
        state: 'careful',
        text,
        advice: 'Models with large tables of words may fail to load; small ones work.',
      }
    : { title, state: 'good', text, advice: null };
}

function halfPrecisionCheck({ gpu }: DeviceReport): Check {
  const title = 'Half precision';
  if (!gpu) return { title, state: 'missing', text: 'Needs WebGPU.', advice: null };
  return gpu.halfPrecision
    ? { title, state: 'good', text: 'shader-f16: the smaller model files work.', advice: null }
    : {
        title,
        state: 'careful',
        text: 'No shader-f16: only models whose name has f32 work, which take more memory.',
        advice: null,
      };
}

function memoryCheck({ memoryBytes }: DeviceReport): Check {
  const title = 'Memory';
  if (memoryBytes === null)
    return { title, state: 'good', text: 'The browser does not say how much there is.', advice: null };
  const most = memoryBytes >= 8 * GB ? ' or more' : '';
  const text = `${gigabytes(memoryBytes)}${most} in this device.`;
  return memoryBytes < 4 * GB
    ? {
        title,
        state: 'careful',
        text,
        advice: 'Close other tabs and programs before a large model is loaded.',
      }
    : { title, state: 'good', text, advice: null };
}

function storageCheck({ freeBytes, canStoreFiles }: DeviceReport): Check {
  const title = 'Storage';
  if (!canStoreFiles) {
    return {
      title,
      state: 'missing',
      text: 'This browser or window keeps no files, so only the built-in model can be used.',
      advice: 'Leave the private window, or use a current browser over https.',
    };
  }
  if (freeBytes === null)
    return { title, state: 'good', text: 'The browser does not say how much is free.', advice: null };
  const text = `${gigabytes(freeBytes)} free for this page.`;
  return freeBytes < SMALL_STORAGE
    ? { title, state: 'careful', text, advice: 'A private window or a full disk: most models will not fit.' }
    : { title, state: 'good', text, advice: null };
}

function keepingCheck({ persisted }: DeviceReport): Check {
  const title = 'Keeping';
  return persisted
    ? { title, state: 'good', text: 'The browser keeps what this page stores.', advice: null }
    : {
        title,
        state: 'careful',
        text: 'The browser may clear what this page stores when the disk is full; a private window forgets it when it is closed.',
        advice: 'Install the page as an app or bookmark it; then most browsers keep it.',
      };
}

function threadCheck({ threads, cores, isolated }: DeviceReport): Check {
  const title = 'Threads';
  const text = `${threads} of ${cores} for models on the processor.`;
  return isolated || cores === 1
    ? { title, state: 'good', text, advice: null }
    : {
        title,
        state: 'careful',
        text,
        advice: 'The server of this page does not send the headers that allow more; npm start does.',
      };
}
