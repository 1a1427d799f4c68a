/** Texts of the device check, and reasons why a model does not run well. */

const ON_CPU = 'Models that run on the CPU work all the same.';

export const DEVICE_WORDS = {
  webGpu: {
    title: 'WebGPU',
    insecure: 'This page came over plain http, where browsers offer no WebGPU.',
    insecureAdvice: `Open it over https or from this computer (localhost). ${ON_CPU}`,
    noAdapter: 'The browser has WebGPU, but gives this page no GPU.',
    noAdapterAdvice: `Update the graphics driver, or look at chrome://gpu. ${ON_CPU}`,
    missing: 'This browser has no WebGPU.',
    missingAdvice: `Use a current Chrome or Edge, or Safari 26. ${ON_CPU}`,
    software: (name: string): string => `${name}: emulated by the CPU, a hundred times slower than a GPU.`,
    softwareAdvice:
      'Use models that run on the CPU. On Linux, Chrome may need its Vulkan flag to find the GPU.',
    good: (name: string): string => `${name}.`,
  },
  buffers: {
    title: 'Buffers',
    sizes: (buffer: string, binding: string): string =>
      `Buffers of up to ${buffer}, ${binding} of one in use.`,
    tooSmall: (buffers: number, sharedKb: number, needed: number): string =>
      `${buffers} buffers, ${sharedKb} kB shared: web-llm needs 0.3 GB, 0.1 GB, ${needed} and 32 kB.`,
    tooSmallAdvice: 'Use models that run on the CPU, or Chrome instead of this browser.',
    largeVocabularies: 'Models with large vocabularies may fail to load; small ones work.',
  },
  halfPrecision: {
    title: 'Half precision',
    good: 'shader-f16: the smaller model files work.',
    missing: 'No shader-f16: only models whose name has f32 work, which take more memory.',
  },
  memory: {
    title: 'Memory',
    unknown: 'The browser does not tell how much there is.',
    size: (size: string): string => `${size} in this device.`,
    sizeOrMore: (size: string): string => `${size} or more in this device.`,
    littleAdvice: 'Close other tabs and programs before loading a large model.',
  },
  storage: {
    title: 'Storage',
    missing: 'This browser or window keeps no files, so only the built-in model can be used.',
    missingAdvice: 'Leave the private window, or use a current browser over https.',
    unknown: 'The browser does not tell how much is free.',
    free: (size: string): string => `${size} free for this page.`,
    littleAdvice: 'A private window or a full disk: most models will not fit.',
  },
  persistence: {
    title: 'Persistence',
    good: 'The browser keeps what this page stores.',
    careful:
      'The browser may clear what this page stores when the disk is full; a private window forgets it when it is closed.',
    carefulAdvice: 'Install the page as an app or bookmark it; then most browsers keep it.',
    insecureAdvice:
      'This page came over plain http from another computer, where browsers promise nothing: export your data before you leave.',
  },
  folders: {
    title: 'Folders',
    good: 'Models can be saved into a folder, such as one on a USB stick.',
    missing: 'This browser lets no page write into a folder.',
    missingAdvice: 'Save models as zip files instead; Chrome and Edge can write into folders.',
  },
  threads: {
    title: 'Threads',
    count: (threads: number, cores: number): string => `${threads} of ${cores} for models on the CPU.`,
    oneAdvice: 'The server of this page does not send the headers that allow more; npm start does.',
    insecureAdvice:
      'This page came over plain http from another computer, where browsers allow one thread. Open it over https, or from this computer (localhost).',
  },
} as const;

export const FIT_WORDS = {
  noWebGpu: 'It needs WebGPU, which is not available here.',
  noHalfPrecision: 'It needs half precision (shader-f16), which is missing here.',
  littleShared: 'The browser gives WebGPU too little shared memory.',
  smallBuffers: 'The browser gives WebGPU too small or too few buffers.',
  software: 'WebGPU is emulated by the CPU here: it takes minutes per word.',
  tooLarge: 'It has more than 3.9 GB, and a page gets 4 GB in all.',
  onCpu: 'It runs on the CPU.',
  noFiles: 'This browser or window keeps no files.',
  disk: (neededGb: string, freeGb: string): string =>
    `It takes ${neededGb} GB on disk, and ${freeGb} GB are free for this page.`,
  memory: (neededGb: string, missingGb: string): string =>
    `It needs ${neededGb} GB, about ${missingGb} GB more than can be spared here.`,
} as const;
