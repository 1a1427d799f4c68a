/** All that a user reads on the Models screen, by component. In texts for `Sentence`, `{name}` is a value. */
import type { Fit } from '../../core/models/model-fit';
import type { ModelInfo } from '../../core/models/stored-model';
import type { Progress } from '../../core/ports';
import type { ModelLine } from '../../models/model-lines';
import { languageNames } from '../../ui/language-names';
import { bytes, count, counted, decimal, duration, megabytes, percent } from '../../ui/format';

const UNKNOWN_SIZE = 'The server does not say how large it is.';
/** For screen readers, where many buttons have the same text. */
const ofModel = (action: string, model: string): string => `${action}: ${model}`;

export const WORDS = {
  ofModel,
  screen: {
    title: 'Models',
    sub: 'What this device can run. Everything is checked here and nothing is sent; speeds and times come from short tests.',
    builtIn: 'Built-in model',
    generate: (model: ModelInfo | null): string =>
      `Generate with ${!model || model.origin === 'built-in' ? 'the built-in model' : model.name}`,
  },
  groups: {
    well: { title: 'Runs well here', note: 'fast enough to watch' },
    slowly: { title: 'Runs slowly here', note: 'better left alone for an hour' },
    'not-here': { title: 'Needs more than this device has', note: '' },
  } satisfies Record<Fit, { title: string; note: string }>,
  group: {
    models: (models: number): string => counted(models, 'model'),
    more: (models: number): string => `Show ${counted(models, 'more model')}`,
  },
  device: {
    checking: 'Checking this device …',
    fine: 'This device has what the model needs.',
    states: { good: 'Good:', careful: 'Caution:', missing: 'Missing:' },
  },
  pick: {
    title: 'For this computer',
    why: ({ engine, here }: ModelLine): string => {
      if (engine === 'web-llm') return 'The largest model that runs well on the GPU of this device.';
      return here?.origin === 'built-in'
        ? 'The quickest model: no other that we have tried runs well enough here.'
        : 'A real language model that runs well on the CPU of this device.';
    },
    fetch: (size: number | null): string =>
      size === null ? 'Fetch it and use it' : `Fetch ${megabytes(size)} and use it`,
    use: 'Use it',
    minutes: ({ seconds }: { readonly seconds: number }): string =>
      `About ${duration(seconds)} for 100 tasks on this device.`,
    estimated: (model: string): string => `Estimated: ${model} was asked for 30 tokens here.`,
    probing: (model: string): string => `Timing this computer: ${model} writes 30 tokens …`,
    probe: 'Time this computer',
    probeAgain: 'Time it again',
  },
  gpu: {
    label: 'Run GGUF models on the GPU',
    help: (gpu: string): string =>
      `${gpu}. A model runs there only if it writes the same as on the CPU; otherwise, and for small models, the CPU is used. Without the GPU, models write more slowly, but a run repeated on this device gives exactly the same text. A change takes effect when a model is loaded next.`,
  },
  model: {
    style: { base: 'base model: continues text', instruct: 'chat model: follows instructions' },
    continues: 'best asked to continue text',
    finetunable: 'can be finetuned here',
    context: (tokens: number): string => `context of ${count(tokens)} tokens`,
    unknownLicence: 'licence unknown',
    speaks: (codes: readonly string[]): string => `Speaks ${languageNames(codes)}.`,
    notLoaded: 'Not tried by us',
    beside: 'Beside this page',
    noNetwork: 'Needs the network',
    recommended: 'Recommended',
    size: 'On this device',
    download: 'Download',
    place: 'Runs',
    onServer: 'on a server',
    askedFirst: 'size shown first',
    about: (size: number): string => `≈ ${megabytes(size)}`,
    gpuMemory: 'GPU memory',
    memory: 'Memory',
    speed: 'Speed',
    rate: (tokensPerSecond: number): string => `${decimal(tokensPerSecond)} tokens/s`,
    hundred: '100 instructions',
    time: ({ seconds, estimated }: { readonly seconds: number; readonly estimated: boolean }): string =>
      `≈ ${duration(seconds)}${estimated ? ', estimated' : ''}`,
    notTested: 'not tested',
    intact: 'All files are intact.',
    damaged: (files: readonly string[]): string =>
      `Damaged or missing: ${files.join(', ')}. Delete the model and download it again.`,
  },
  actions: {
    inUse: 'In use',
    use: 'Use',
    test: 'Test speed',
    saveFolder: 'Save as folder',
    saveZip: 'Save as zip',
    saveFile: 'Save as file',
    verify: 'Verify files',
    delete: 'Delete',
    remove: 'Remove',
    keep: 'Keep it',
    deleteIt: 'Delete it',
    removeIt: 'Remove it',
    question: (action: string, model: string): string => `${action} ${model}?`,
    removed: 'This page forgets the address; nothing changes on the server.',
    neededBy: (names: readonly string[]): string =>
      names.length === 1
        ? `The finetuned model “${names.join('')}” is an adapter for it and cannot be used until it is here again.`
        : `These finetuned models are adapters for it and cannot be used until it is here again: ${names.join(', ')}.`,
    deleted: (size: number | null): string =>
      `Its files are deleted from this device${size === null ? '' : ` (${megabytes(size)})`}. Runs made with it stay, but continuing one takes the model again.`,
  },
  download: {
    start: 'Download',
    startAnyway: 'Download anyway',
    startSize: (size: number): string => `Download ${megabytes(size)}`,
    pause: 'Pause',
    resume: 'Resume',
    cancel: 'Cancel',
    notNow: 'Not now',
    unknownSize: UNKNOWN_SIZE,
    from: {
      here: 'The file comes from the address of this page and is checked piece by piece.',
      hub: 'The files come from huggingface.co and githubusercontent.com, which see your IP address.',
    },
    /** @param here bytes of an earlier download that are kept; null when there was none */
    offer: (size: number | null, here: number | null, from: 'here' | 'hub'): string =>
      [
        size === null ? UNKNOWN_SIZE : `${megabytes(size)} to download.`,
        ...(here === null ? [] : [`${bytes(here)} are already here.`]),
        WORDS.download.from[from],
      ].join(' '),
    sizing: 'Checking its size …',
    unfinished: (here: number | null): string =>
      here === null
        ? 'Unfinished. What was downloaded is kept, even if you close the page.'
        : `Unfinished: ${bytes(here)} are here and kept, even if you close the page.`,
  },
  speed: {
    /** @param at null before the load reports any */
    progress: (at: Progress | null): string => {
      const label = at?.label ?? 'Loading the model';
      return at && at.total !== null ? `${label} …, ${percent(at.done, at.total)}` : `${label} …`;
    },
    writing: 'Writing for ten seconds',
    stop: 'Stop',
  },
  files: {
    title: 'From a file or a URL',
    drop: 'Drop a .gguf file or the zip of a model or adapter, or choose one',
    dropNote: 'It is verified and copied into this browser; no network is used.',
    folder: 'Or the folder of a model or adapter',
    folderHelp:
      'A .gguf file with its licence; the pieces of a model with manifest.json; a LoRA adapter as PEFT saves it (its base model must be here); or MLC files: mlc-chat-config.json, tensor-cache.json, the shards, the tokenizer and the library (.wasm).',
    url: 'Or the URL of a .gguf file',
    example: 'https://…/model.gguf',
    ask: 'Check its size',
  },
  server: {
    title: 'On a server',
    lead: 'Ollama, llama.cpp, LM Studio, vLLM or SGLang, on this computer or in your network. Prompts and completions go to that address and nowhere else.',
    address: 'Address',
    key: 'API key, if it needs one',
    keyHelp: 'Kept in memory until you close this page; never stored.',
    connect: 'Connect',
    connecting: 'Connecting …',
    model: 'Model',
    noModels: 'The server lists no models: enter the name it knows.',
    style: 'Kind',
    styles: { instruct: 'Chat: follows instructions', base: 'Base: continues text' },
    parallel: 'Requests in flight',
    parallelHelp: 'As many as the server batches.',
    context: 'Context in tokens',
    contextHelp: 'Prompt and completion together.',
    use: 'Use this model',
  },
  storage: {
    title: 'Storage',
    stored: (models: number, size: number): string => `${counted(models, 'model')} stored, ${bytes(size)}.`,
    unfinished: (source: string, size: number): string => `Unfinished: ${source}, ${bytes(size)}`,
    discard: 'Discard',
    leftovers: (entries: number, size: number): string =>
      `${counted(entries, 'leftover')} of web-llm that no model here uses, ${bytes(size)}`,
    removeLeftovers: 'Delete',
    deleteAll: 'Delete all models',
    question: 'Delete all models?',
    confirm: 'Delete all',
    keep: 'Keep them',
    deleted: (size: number): string =>
      `${bytes(size)} are deleted from this device, including finetuned models. Runs and their data stay, and so does the built-in model.`,
  },
  jobs: {
    sizing: (model: string): string => `Checking the size of ${model}`,
    files: (files: number): string => counted(files, 'file'),
    saving: (model: string): string => `Saving ${model}`,
    verifying: (model: string): string => `Verifying ${model}`,
  },
} as const;

/** Kind, context and licence of a model on one line. */
export function describe({ style, contextLength, engine, licence, ask, finetunable }: ModelLine): string {
  const { model } = WORDS;
  return [
    model.style[style],
    ...(style === 'instruct' && ask === 'continue' ? [model.continues] : []),
    ...(contextLength === null ? [] : [model.context(contextLength)]),
    ...(finetunable === true ? [model.finetunable] : []),
    ...(engine === 'server' ? [] : [licence ?? model.unknownLicence]),
  ].join(' · ');
}
