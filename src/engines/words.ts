/** Texts of the engines: why a load or a request failed, notes and progress. */
export const WORDS = {
  tooLong: (tokens: number, max: number): string => `${tokens} tokens; the maximum is ${max}`,
  server: {
    longEvent: 'One event of the stream is too long.',
    brokeOff: 'The answer was cut off.',
    unknownForm: (data: string): string =>
      `This is not an answer of an OpenAI-compatible server: ${data.slice(0, 80)}`,
    mixedContent: 'A page loaded over https cannot call an http server.',
    connectionLost: 'The connection was lost.',
    noAnswer: 'There was no answer that this page can read.',
    noList: 'Its answer is not a list of models.',
    notAddress: 'This is not the address of a server. One looks like http://localhost:11434/v1.',
    device: (host: string): string => `server ${host}`,
    privacy: (host: string): string => `Prompts and answers are sent to ${host}.`,
    noCounts: 'This server does not count tokens, so token figures show 0.',
    status: (status: number): string => `status ${status}`,
  },
  webLlm: {
    bufferFailed: 'a buffer could not be allocated',
    noReason: 'no reason given',
    otherVersion:
      'Its library was built for another version of web-llm than the 0.2.86 of this app. Use a build of the model for this version.',
    badLibrary: 'Its library is not a WebAssembly file, or the file is damaged. Install the model again.',
    noHalfPrecision:
      'It needs half precision on the GPU (shader-f16), which this device or browser does not have. Choose a model whose name has “f32”.',
    noWebGpu: 'This browser offers no GPU (WebGPU). Use the built-in model or a GGUF file.',
    smallGpu: (detail: string): string => `The GPU is too small for it. ${detail}`,
    damaged: 'One of its files is damaged. Install the model again.',
    missing: 'Some of its files are missing on this device. Install the model again.',
    interrupted: 'It was interrupted.',
    noEnd: 'The answer was cut off.',
    noOdds: 'It returned no probabilities.',
    noReuse: (reason: string): string =>
      `Every prompt is evaluated from its start, which is slower, because ${reason}.`,
    /** After “because”. */
    reuse: {
      notKept: 'no prompt prefix was cached',
      sameAnswers: 'this model answers different questions alike, so nothing could be compared',
      differs: (difference: number): string =>
        `its answers differed from a fresh evaluation by ${difference.toFixed(2)}`,
      noRewind: 'its library cannot rewind the cache',
      otherBuild: 'this version of web-llm is built differently',
      otherMemory: 'this kind of model has another state than keys and values',
      ownPlan: 'this model has a generation plan of its own',
      sliding: 'this model forgets the start of long texts',
    },
    notText: 'The prompt is not plain text.',
    progress: { checking: 'Checking the model', gpu: 'Preparing the GPU', loading: 'Loading the model' },
  },
  cpu: {
    noMemory: 'There is not enough memory for the model.',
    badTokenizer: 'The tokenizer in this model file does not work.',
    noNumbers: 'The model computed something that is not a number.',
    noTemplate: 'This model file has no template for turns.',
    badTemplate: (detail: string): string =>
      `The template for turns in this model file does not work: ${detail}`,
  },
  llama: {
    noReason: 'llama.cpp gave no reason',
    unnamedGpu: 'unnamed',
    noOdds: 'llama.cpp returned no probabilities.',
    badOdds: 'llama.cpp returned probabilities that are not numbers.',
    noEnd: 'The answer was cut off.',
    modelFile: 'model file',
  },
} as const;
