/** Notes, progress and reasons of models that are opened here. GPUs are named as the browser names them. */
const again = 'To try again, switch the GPU off and on for GGUF models on the Models screen.';

export const WORDS = {
  progress: {
    threads: (threads: number): string =>
      threads === 1
        ? 'Finding the fastest setting: 1 thread'
        : `Finding the fastest setting: ${threads} threads`,
    starting: 'Starting the model',
    reading: 'Reading the model',
    merging: 'Merging what was learned into the model',
    startingOnGpu: 'Starting the model on the GPU',
    cpuAnswer: 'Running a test on the CPU first, for comparison (only once)',
    comparing: 'Comparing the GPU with the CPU',
  },
  notes: {
    failedBefore: `This model runs on the CPU because it failed on the GPU before. ${again}`,
    differs: (gpu: string): string =>
      `The GPU (${gpu}) did not give the same results as the CPU, so this model runs on the CPU. ${again}`,
    hung: (gpu: string): string =>
      `The GPU (${gpu}) did not respond, so this model runs on the CPU. ${again}`,
    memory: (gpu: string): string =>
      `The GPU (${gpu}) has too little free memory for this model, so it runs on the CPU.`,
    unusable: (gpu: string): string => `The GPU (${gpu}) could not run this model, so it runs on the CPU.`,
    movedToCpu: 'The GPU failed, so the model now runs on the CPU. It is slower; nothing was lost.',
    smallerContext: (tokens: number): string =>
      `The GPU failed twice, so requests are now limited to ${tokens} tokens and show fewer examples.`,
  },
  failures: {
    notJson: 'This is not a JSON file.',
    size: (bytes: number, expected: number): string => `${bytes} bytes instead of ${expected}`,
    checksum: 'the checksum differs',
    noGpu: 'llama.cpp found no GPU that it can use.',
    cpuAnswer: 'the answer of the CPU',
    none: 'none',
    odds: (difference: number): string => `probabilities that differ by ${difference.toFixed(2)}`,
    text: 'a text',
    closed: 'The model was closed.',
    notLoaded: 'No model is loaded.',
    noOdds: 'This engine gives no probabilities.',
  },
} as const;
