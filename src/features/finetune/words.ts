/** All that a user reads on the Finetune screen, by component. In texts for `Sentence`, `{name}` is a value. */
import type { LoraTarget, TrainingConfig, TrainingData, TrainingMethod } from '../../core/training/training';
import { bytes, count, counted, decimal, duration, percent } from '../../ui/format';
import { languageNames } from '../../ui/language-names';
import { FORMATS } from './formats-words';

const statuses = {
  none: {
    title: 'Finetune',
    about: 'Train the model on the tasks that it generated, so that it follows instructions better.',
  },
  preparing: { title: 'Preparing', about: 'Reading the data and the base model.' },
  estimating: { title: 'Measuring', about: 'Running a few steps to measure time and memory.' },
  running: {
    title: 'Training',
    about: 'Only the output counts towards the loss. Checkpoints are saved along the way.',
  },
  pausing: { title: 'Pausing', about: 'Finishing this step, then saving a checkpoint.' },
  saving: {
    title: 'Saving the model',
    about: 'Training is done. Writing the weights, the tokenizer and a GGUF file to this device.',
  },
  paused: { title: 'Paused', about: 'A checkpoint is saved; training resumes at the same step.' },
  finished: {
    title: 'Finished',
    about: 'The model is stored on this device: generate with it, evaluate it, or save it as a file.',
  },
  failed: { title: 'Stopped', about: 'Everything up to the last checkpoint is kept.' },
};

const numbers = {
  epochs: { label: 'Epochs', help: 'Passes over the examples; the paper uses 2.' },
  steps: {
    label: 'Steps',
    help: '0: as the epochs need. Set it to compare data of different sizes at equal steps.',
  },
  batchSize: { label: 'Batch size', help: 'Examples per step.' },
  learningRate: {
    label: 'Learning rate',
    help: 'The highest step size, after the warm-up. If it is too high, the loss rises.',
  },
  rank: { label: 'Rank', help: 'Width of the added matrices.' },
  alpha: { label: 'Alpha', help: 'Their product is scaled by alpha / rank.' },
  warmupShare: { label: 'Warm-up', help: 'Share of the steps until the full learning rate.' },
  weightDecay: { label: 'Weight decay', help: 'Pulls the weights towards 0.' },
  clipNorm: { label: 'Gradient clipping (max norm)', help: 'Larger gradients are scaled down to this norm.' },
  maxTokens: { label: 'Max length (tokens)', help: 'Longer examples are left out.' },
  validateEvery: { label: 'Validation interval', help: 'Steps between two losses on the held-out tasks.' },
  sampleEvery: { label: 'Sample interval', help: 'Steps between sample outputs; 0 means none.' },
  checkpointEvery: { label: 'Checkpoint interval', help: 'Steps between checkpoints.' },
  topLayers: { label: 'Top layers', help: 'Counted from the output.' },
  seed: { label: 'Seed', help: 'For the layouts, the split, the subset and the order.' },
};

/** The matrices of a layer, in the order in which they are used. */
const targets: Readonly<Record<LoraTarget, string>> = {
  q_proj: 'queries',
  k_proj: 'keys',
  v_proj: 'values',
  o_proj: 'attention output',
  gate_proj: 'gate',
  up_proj: 'up',
  down_proj: 'down',
};

/** `3.1 million parameters`. */
const parameters = (number: number): string => {
  if (number < 1_000_000) return `${count(number)} parameters`;
  const millions = number < 100_000_000 ? decimal(number / 1e6) : count(number / 1e6);
  return `${millions} million parameters`;
};
/** `0.0005`, `0.00002`: never an exponent. */
const rate = (value: number): string => value.toFixed(10).replace(/0+$/u, '').replace(/\.$/u, '');
const of = (step: number, steps: number): string =>
  steps > 0 ? `${count(step)} of ${count(steps)}` : count(step);

/** Names that are listed before "and more". */
const LISTED = 4;
const listed = (names: readonly string[]): string =>
  names.slice(0, LISTED).join(', ') + (names.length > LISTED ? ` and ${names.length - LISTED} more` : '');

export const WORDS = {
  statuses,
  parameters,
  /** `LoRA, rank 8, all matrices`. */
  method: (method: TrainingMethod): string => {
    if (method.kind === 'full') return 'all weights';
    const chosen = method.targets.map((id) => targets[id]);
    const where = chosen.length === Object.keys(targets).length ? 'all matrices' : chosen.join(', ');
    const layers = method.topLayers === undefined ? '' : `, top ${method.topLayers} layers`;
    return `LoRA, rank ${method.rank}, ${where}${layers}`;
  },
  labels: {
    base: 'Base model',
    data: 'Data',
    method: 'Method',
    epochs: 'Epochs',
    step: 'Step',
    steps: 'Steps',
    speed: 'Speed',
    loss: 'Training loss',
    heldOut: 'Held-out loss',
  },
  unknown: '…',
  resume: 'Resume',
  frame: {
    start: 'Start finetuning',
    new: 'New',
    back: 'Back',
    newPlan: 'New finetuning',
    openRun: (base: string, data: string): string => `${base}, ${data}`,
    titleOf: (status: string, name: string): string => `${status}: ${name}`,
    pause: 'Pause',
    evaluate: 'Next: evaluate it',
    finishNow: 'Finish now',
    finishNowHelp: 'Ends the training here and saves the model as it is',
    discard: 'Discard',
    summary: (step: number, steps: number): string => `${count(step)} of ${counted(steps, 'step')}`,
  },
  discard: {
    title: 'Discard this finetuning?',
    action: 'Discard it',
    safe: 'Keep it',
    text: (steps: number): string =>
      `Its ${counted(steps, 'step')}, loss curves and checkpoint will be deleted. The base model and the data stay.`,
  },
  data: {
    run: 'Run or data set',
    option: (name: string, instances: number): string => `${name}: ${counted(instances, 'instance')}`,
    import: 'A public data set can be chosen here once you have imported it.',
    importLink: 'Import a data set',
    source: 'Tasks',
    sources: { 'run-and-seeds': 'Both', run: 'Machine tasks', seeds: 'Seed tasks' },
    counts: (instances: number, seeds: number): string =>
      `${counted(instances, 'instance')} written by the model, ${counted(seeds, 'seed task')} written by people.`,
    heldOut: 'Held out',
    share: (share: number): string =>
      share === 0 ? 'Nothing' : `${count(100 * share)}% of the instructions`,
    heldOutHelp: 'Not trained on; their loss shows whether the model generalises or memorises.',
    limit: 'Max examples',
    limitHelp: 'A random subset, drawn by the seed; 0 means all.',
  },
  base: {
    notes: {
      builtIn: 'Comes with this page and can be trained on any laptop',
      finetuned: 'Finetuned here before; training continues from its weights',
      instruct: 'A chat model, stored on this device',
      base: 'Continues text, stored on this device',
    },
    note: (note: string, size: number | null, languages: readonly string[] | undefined): string =>
      [
        note,
        ...(size === null ? [] : [parameters(size)]),
        ...(languages ? [`speaks ${languageNames(languages)}`] : []),
      ].join(', '),
    offer: (repository: string, size: number | null): string =>
      `${repository}: ${size === null ? 'the hub does not tell its size' : bytes(size)}`,
    offerText:
      'It is downloaded from huggingface.co, which sees your IP address. It is stored here twice: as it is, and as GGUF, so that you can run it and compare it with the finetuned model.',
    download: (size: number | null): string => (size === null ? 'Download' : `Download ${bytes(size)}`),
    notNow: 'Not now',
    other: 'Another model',
    otherText:
      'A Llama model as Hugging Face stores it, with F16, BF16 or F32 weights. With a GPU (WebGPU), models of about 135 million parameters can be trained with LoRA.',
    hub: 'From the Hugging Face Hub',
    repository: 'Repository on the hub',
    repositoryExample: 'owner/name',
    size: 'Check its size',
    files: 'Choose files from this device, or drop them here',
    filesHelp:
      'config.json, tokenizer.json and model.safetensors (or its index and all shards), together or one by one.',
    incomplete: (chosen: readonly string[], missing: readonly string[]): string =>
      `Chosen: ${listed(chosen)}. Still missing: ${listed(missing)}.`,
    missing: (names: readonly string[]): string => `Files of the model are missing: ${listed(names)}.`,
    badRepository: 'A model on the hub is named by its owner and its name, with a slash between them.',
    downloading: (name: string): string => `Downloading ${name}`,
    converting: (name: string): string => `Writing ${name} for llama.cpp`,
    storing: (name: string): string => `Storing ${name}`,
    fromDisk: 'Model from disk',
    filesSource: 'files from this device',
  },
  training: {
    reset: 'Reset to the defaults',
    methods: {
      full: { title: 'All weights', note: 'As in the paper: every parameter is trained.' },
      lora: {
        title: 'LoRA',
        note: 'Trains small added matrices and leaves the model as it is: less memory, and a file of a few megabytes.',
      },
    },
    numbers,
    depth: {
      label: 'Layers with an adapter',
      all: { title: 'All layers', note: 'The model improves most for the same examples.' },
      top: {
        title: 'Only the top layers',
        note: 'Faster: what comes out of the layers below is computed once for each example and kept. The model improves less.',
      },
    },
    adapted: 'Matrices with an adapter',
    targets,
    more: 'More settings',
    note: 'From the paper: 2 epochs, 13 prompt layouts drawn at random, and a loss on the output alone. The other defaults suit the chosen model.',
  },
  estimate: {
    title: 'Before you start',
    name: 'Name of the new model',
    measured: 'Measured on this device',
    time: (seconds: number): string => `≈ ${duration(seconds)}`,
    stepsOf: (steps: number, seconds: number): string => `${count(steps)}, ${decimal(seconds, 2)} s each`,
    tokens: (rate: number): string => `${count(rate)} tokens/s`,
    memory: 'Memory',
    device: 'Device',
    note: (every: number, seconds: number): string =>
      `From a short trial of this plan. A checkpoint is saved every ${counted(every, 'step')}: closing the tab loses at most ${duration(seconds)}.`,
    measuring: 'Running a few steps of this plan on this device.',
    stop: 'Stop the trial',
    ask: 'How long it takes depends on this device. A short trial measures it; it changes and stores nothing.',
    least: (size: number): string => `Memory: at least ${bytes(size)} for the weights and the optimizer.`,
    measure: 'Measure time and memory',
  },
  settings: {
    title: 'Settings',
    fixed: 'Fixed',
    trained: 'Trained',
    dataText: (
      { name, limit }: TrainingData,
      counts: { readonly training: number; readonly validation: number },
    ): string => {
      const most = limit === null ? '' : `, at most ${count(limit)}`;
      const held = counts.validation > 0 ? `, ${count(counts.validation)} held out by instruction` : '';
      return `${name}: ${counted(counts.training, 'example')}${most}${held}`;
    },
    leftOut: 'Left out',
    tooLong: (examples: number, tokens: number): string =>
      `${count(examples)} longer than ${count(tokens)} tokens`,
    /** Of epochs or steps. */
    inBatches: (number: number, batch: number): string => `${count(number)}, batch size ${count(batch)}`,
    rate: 'Learning rate',
    rateText: ({ learningRate, warmupShare }: TrainingConfig): string =>
      `${rate(learningRate)}, cosine, ${percent(warmupShare, 1)} warm-up`,
    lossOn: 'Loss on',
    lossOnText: 'the output alone, not the prompt',
    layouts: 'Layouts',
    layoutsText: '7 with input, 6 without',
    seed: 'Seed',
    estimate: 'Estimate and actual time',
    estimated: 'Estimated',
    estimatedText: (seconds: number, memory: number): string => `${duration(seconds)}, ${bytes(memory)}`,
    took: 'Took',
    now: 'Expected now',
    actual: (seconds: number, perStep: number | null): string =>
      duration(seconds) + (perStep === null ? '' : `, ${decimal(perStep, 2)} s per step`),
    estimateNote: 'The estimate was made by a short trial on this device.',
    copy: 'Copy into a new plan',
  },
  interrupted: {
    title: (name: string, step: number, steps: number): string =>
      `${name}: checkpoint at step ${of(step, steps)}`,
    note: 'Interrupted finetuning',
    reason: (reason: string): string => `It stopped: ${reason}`,
    show: 'Show its curves',
  },
  notices: {
    step: (step: number, steps: number): string => `Step ${count(step)} of ${count(steps)}`,
    saveAt: (step: number): string => `Save the model of step ${count(step)}`,
    recovered: (lost: boolean, times: number): string =>
      `${lost ? 'The GPU was lost' : 'The trainer crashed'} ${counted(times, 'time')}. Each time, training resumed from the last checkpoint.`,
  },
  progress: {
    label: 'Progress of the training',
    of: (steps: number): string => `of ${steps > 0 ? count(steps) : '…'}`,
    epoch: (epoch: number, epochs: number): string => `epoch ${count(epoch)} of ${count(epochs)}`,
    epochs: (epochs: number): string => counted(epochs, 'epoch'),
    left: 'Time left',
    none: 'None',
    soFar: (seconds: number): string => `${duration(seconds)} so far`,
    mean: (window: number): string => `mean of the last ${window} steps`,
    heldOut: (examples: number, step: number | null): string =>
      counted(examples, 'example') + (step === null ? '' : `, at step ${count(step)}`),
    speedUnit: 'tokens/s',
    checkpoint: (epoch: string, step: number): string => `${epoch}, checkpoint at ${count(step)}`,
  },
  samples: {
    title: 'Sample outputs',
    task: 'Task',
    kind: (heldOut: boolean): string =>
      heldOut ? 'A held-out task, completed greedily' : 'A task that is trained on, completed greedily',
    wanted: 'Output in the data',
    step: (step: number): string => (step === 0 ? 'Step 0, base model' : `Step ${count(step)}`),
    nothing: 'Nothing: the model stopped at once.',
  },
  models: {
    title: 'Finetuned models',
    dataText: (name: string, examples: number): string => `${name}, ${counted(examples, 'example')}`,
    notMeasured: 'not measured',
    size: 'Size',
    noModel: 'no model yet',
    started: 'Started',
    running: 'training',
    finished: 'finished',
    deleted: 'the model was deleted',
    recorded: 'finished; a recording holds no model files',
    paused: (step: number, steps: number): string => `paused at step ${of(step, steps)}`,
    failed: (step: number, steps: number, reason: string): string =>
      `stopped at step ${of(step, steps)}: ${reason}`,
    newName: 'New name',
    keepName: 'Save the name',
    show: 'Show',
    save: 'Save as …',
    rename: 'Rename',
    delete: 'Delete',
    deleteTitle: (name: string): string => `Delete ${name}?`,
    deleteAction: 'Delete it',
    deleteSafe: 'Keep it',
    deleteModel: (size: string): string =>
      `Its files (${size}), loss curves and sample outputs will be deleted. Save it first if you may need it. The base model and the data stay.`,
    deleteRecord:
      'Its loss curves, sample outputs and checkpoint will be deleted. The base model and the data stay.',
  },
  save: {
    title: (name: string): string => `Save ${name}`,
    groups: {
      run: 'To run it',
      train: 'To work on with it',
      base: 'What it was made from',
      webLlm: 'For web-llm, on a GPU',
    },
    formats: FORMATS,
    done: (name: string, size: number): string => `Done: ${name}, ${bytes(size)}.`,
    file: 'Save the file',
    library: 'Or install it here, with the library of',
    libraryHelp: 'A library is compiled for one architecture: it runs every model of the same shape.',
    install: 'Install for web-llm',
    noLibrary:
      'To run it here on the GPU, first download the web-llm model that it was finetuned from: its library also runs this one.',
    models: 'Go to Models',
    packing: 'Packing',
  },
} as const;
