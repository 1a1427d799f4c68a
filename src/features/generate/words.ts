/** All that a user reads on the Generate screen, by component. In texts for `Sentence`, `{name}` is a value. */
import { BLOCKED_LIMITS, type LeftOut } from '../../core/filters/blocked-words';
import { STANDARD_MODEL } from '../../core/models/standard-model';
import type { ModelInfo } from '../../core/models/stored-model';
import type {
  Decoding,
  OwnFilter,
  PipelineStage,
  PresetName,
  RunConfig,
  RunProgress,
  RunRecord,
} from '../../core/run';
import type { MachineTask } from '../../core/task';
import type { PromptProgress } from '../../core/ports';
import type { LiveCall } from '../../app/run/call-display.svelte';
import type { Rates } from '../../app/run/rate-meter.svelte';
import type { RunStatus } from '../../app/run/run-session.svelte';
import { count, counted, decimal, duration, megabytes, percent, short } from '../../ui/format';
import { languageNames } from '../../ui/language-names';
import { runNote, STAGE_WORDS } from '../../ui/run-words';
import type { FieldKey } from './run-fields';

const UNKNOWN = '…';
const NONE = '–';
const presets: Readonly<Record<PresetName, { readonly title: string; readonly note: string }>> = {
  ours: { title: 'Ours', note: 'The paper, with the known errors of its code fixed.' },
  paper: { title: 'Paper', note: 'What the text of the paper says, word for word.' },
  reference: { title: 'Reference code', note: 'What the published code does, errors included.' },
};
const statuses: Readonly<Record<RunStatus, string>> = {
  none: '',
  loading: 'The model is being prepared.',
  running: 'Every finished request is stored before the next one starts.',
  pausing: 'The requests in flight are being stopped.',
  elsewhere: 'Another tab computes this run. You see each request as soon as it is stored.',
  paused: 'Paused. Every finished request is stored; the run resumes where it stopped.',
  finished: 'Finished: every accepted instruction has its type and instances.',
  failed: 'Stopped by a problem. Every finished request is stored.',
};
const decoding: Readonly<Record<keyof Decoding, string>> = {
  temperature: 'Temperature',
  topP: 'Top-p',
  presencePenalty: 'Presence penalty',
  frequencyPenalty: 'Frequency penalty',
  maxTokens: 'Max tokens',
};
const fields: Readonly<Record<FieldKey, { readonly label: string; readonly help: string }>> = {
  seed: { label: 'Run seed', help: 'The same seed gives the same data set.' },
  exemplars: { label: 'Exemplars', help: 'Instructions shown in a prompt.' },
  machineExemplars: { label: 'Machine-written exemplars', help: 'At most; seed tasks fill the rest.' },
  rougeThreshold: { label: 'ROUGE-L threshold', help: 'More similar candidates are rejected.' },
  batchSize: { label: 'Requests per round', help: 'They draw from the same pool.' },
  classificationEvery: {
    label: 'Classification requests',
    help: 'Every n-th request asks for classification tasks; 0: none does.',
  },
  classificationShots: { label: 'Examples for the type', help: 'Fewer where the context is small.' },
  instanceShots: { label: 'Examples for instances', help: 'Fewer where the context is small.' },
};
const ownFilters: Readonly<Record<OwnFilter, { readonly label: string; readonly help: string }>> = {
  statements: {
    label: 'Reject statements',
    help: 'A candidate that neither asks nor orders is not a task (“You are a superhero.”). English only.',
  },
  repetitions: {
    label: 'Drop repetitions',
    help: 'An output without an input that stands in the instruction word by word does not answer it.',
  },
};
const kept = ({ kept }: RunProgress, { config }: RunRecord): string =>
  `${count(kept)} of ${count(config.target)}`;

export const WORDS = {
  step: {
    request: (index: number, all: number): string => `Request ${count(index + 1)} of ${count(all)}`,
    stages: { instructions: 'new instructions', classification: 'type', instances: 'instances' },
    /** Of which instruction. */
    of: (instruction: string): string => `“${instruction}”`,
    next: 'Next',
    back: 'Back',
    keys: 'The arrow keys go on and back as well.',
    prompt: 'Prompt',
    parts: {
      header: 'header',
      seed: 'seed exemplar',
      machine: 'machine exemplar',
      example: 'example',
      examples: (number: number): string => counted(number, 'example'),
      open: 'open end',
    },
    raw: 'Raw text',
    odds: 'Probabilities',
    likely: ({ yes, no }: { readonly yes: number; readonly no: number }): string =>
      `Yes: ${percent(yes, 1)}, No: ${percent(no, 1)}. No text was written.`,
    ended: { stop: 'It ended by itself.', length: 'It was cut at max tokens.' },
    split: 'Split and judged',
    splitNote: (items: number): string => counted(items, 'candidate'),
    rules: 'Rules, in the order in which they are asked',
    passes: 'passes',
    rejects: (why: string): string => `rejects it: ${why}`,
    similarity: 'Similarity',
    nearestGone: 'Its nearest neighbour is no longer in the pool.',
    result: 'What was read from it',
    type: { true: 'a classification task', false: 'not a classification task' },
    dropped: (why: string): string => `dropped: ${why}`,
    noInstance: 'No instance.',
    missing: 'This request is not stored.',
  },
  reading: ({ done, total }: PromptProgress): string => `Reading the prompt, ${percent(done, total)}`,
  fields,
  request: (index: number): string => `request ${count(index + 1)}`,
  screen: {
    steps: 'Step by step',
    start: 'Start the run',
    pause: 'Pause',
    pausing: 'Pausing …',
    next: 'Next: see the pool',
    resume: (run: number): string => `Resume run ${run}`,
    stop: 'Stop here',
    newRun: 'New run',
    back: (run: number): string => `Back to run ${run}`,
    title: 'Generate',
    starting: 'Starting the run',
    importedTitle: (tasks: number): string => `${counted(tasks, 'task')}, imported`,
    progressTitle: (progress: RunProgress, run: RunRecord): string =>
      `${kept(progress, run)} machine instructions`,
    kept,
    statuses,
    setup: 'The model continues a list of tasks; rules decide which of its instructions join the pool.',
    imported: 'A data set from a file: you can view, analyse, review and export it.',
    restored: 'Restored from a backup: you can view, analyse, review and export it, but not continue it.',
    run: (run: number): string => `Run ${run}`,
    note: (run: RunRecord): string =>
      run.imported ? runNote(run) : `${runNote(run)}, from ${counted(run.seedSet.count, 'seed task')}`,
  },
  notices: {
    finished: 'The run is finished.',
    paused: 'The run is paused.',
    progress: (progress: RunProgress, run: RunRecord): string =>
      `${kept(progress, run)} instructions accepted`,
    resume: 'Resume',
    elsewhere: {
      announced: 'Another tab computes this run.',
      title: 'Another tab computes this run',
      text: 'You can watch it here, but not change it. To continue in this tab, pause it in the other one, or take it over: requests in flight there are repeated here, and nothing is lost.',
      /** @param seconds since something was stored */
      silent: (seconds: number): string =>
        `Nothing was stored for ${duration(seconds)}: the other tab may be slow, or frozen by the browser.`,
      takeOver: 'Take over here',
    },
    saveMemory: 'Save what is in memory',
  },
  setup: {
    title: 'New run',
    target: 'Target',
    /** @param pace seconds per accepted instruction in an earlier run; null when there is none */
    targetHelp: (pace: number | null, target: number): string =>
      pace === null
        ? 'Machine instructions to accept.'
        : `Machine instructions to accept: ≈ ${duration(pace * target)} at the speed of your last run.`,
    seeds: 'Seed tasks',
    toSeeds: 'View and edit them',
    language: 'Language of the tasks',
    english: 'English',
    englishHelp:
      'As in the paper: similarity compares a to z and digits, and an instruction begins with an ASCII character.',
    any: 'Any',
    anyHelp: 'Similarity compares the letters and digits of all scripts.',
    values: 'Values',
    forBuiltIn: 'For the built-in model',
    forModel: 'For this model',
    paper: "The paper's",
    changed: 'edited',
    paperHelp:
      "As published: 8 exemplars, 5 requests per round, temperature 0.7, top-p 0.5, presence penalty 2. Completions are cut to what fits into the model's context.",
    builtInHelp:
      'Measured to give the most useful tasks per minute on the built-in model, whose context holds 512 tokens.',
    modelHelp:
      "The paper's values with our rules. Requests per round follow from what the model takes at once; prompts hold as many exemplars as fit.",
    all: 'All values',
    ask: 'How the model is asked',
    askContinue: 'It continues the list',
    askTurns: 'In turns of a chat',
    /** Why one is recommended for a model, by what was measured (docs/benchmarks.md). */
    askHelp: ({ ask, hash }: ModelInfo): string => {
      if (ask !== 'continue') return 'A chat model is asked in turns, unless you choose otherwise.';
      return hash === STANDARD_MODEL.sha256
        ? 'A chat model, but best asked as a base model. Measured on this model: for one minute of the processor 18 sensible instructions when it continues the list, 11 in turns, where 3 of 4 candidates repeat what is in the pool (144 accepted instructions, marked without knowing how they were made).'
        : 'A chat model, but best asked as a base model, as far as we know: that was measured on the standard model, which is of the same kind, not on this one.';
    },
    typeBy: 'The type of a task is decided by',
    typeByText: "The completion's text",
    typeByProbability: 'The odds of Yes and No',
    typeOdds: 'Yes from these odds',
    typeOddsHelp:
      '1: when it is likelier than No. Less finds more classification tasks, and more that are none.',
    newSeed: 'Draw another run seed',
    copied: (seeds: number): string =>
      `${counted(seeds, 'seed task')} ${seeds === 1 ? 'is' : 'are'} copied into the run's task pool; later changes of the set do not affect the run.`,
  },
  ownFilters: {
    label: 'Filters of our own, which the paper does not have',
    options: ownFilters,
  },
  blockedWords: {
    summary: (words: number, own: boolean): string =>
      words === 0
        ? 'No blocked words'
        : `${counted(words, 'blocked word')}${own ? '' : ', those of the public code'}`,
    label: 'Blocked words',
    help: 'One a line. An instruction with one of them as a whole word, in any case, is rejected. Your list holds for every next run that is set up here.',
    leftOut: ({ long, surplus }: LeftOut): string =>
      [
        long > 0 &&
          `${counted(long, 'word')} ${long === 1 ? 'was' : 'were'} left out: a word has at most ${count(BLOCKED_LIMITS.characters)} characters.`,
        surplus > 0 &&
          `${counted(surplus, 'word')} at the end ${surplus === 1 ? 'was' : 'were'} left out: a list has at most ${count(BLOCKED_LIMITS.words)} words.`,
      ]
        .filter(Boolean)
        .join(' '),
    restore: 'Back to the 13 words of the public code',
  },
  presets: {
    label: 'Rules',
    options: presets,
    differences: (differences: number): string => `${counted(differences, 'difference')} from ours`,
    ours: (value: string): string => `(ours: ${value})`,
  },
  decoding: {
    label: 'Decoding',
    caption: 'Decoding. Temperature 0 always takes the likeliest token.',
    stage: 'Stage',
    columns: decoding,
    cell: (stage: PipelineStage, key: keyof Decoding): string => `${STAGE_WORDS[stage]}: ${decoding[key]}`,
  },
  model: {
    label: 'Model',
    builtIn: 'Built-in model',
    option: ({ name, host }: ModelInfo): string => (host === undefined ? name : `${name} at ${host}`),
    help: (info: ModelInfo | null): string => {
      if (!info) return 'Comes with this page.';
      if (info.host !== undefined)
        return `Prompts and completions go to ${info.host}; ${counted(info.parallel ?? 1, 'request')} in flight.`;
      const size = info.bytes === null ? '' : ` (${megabytes(info.bytes)})`;
      return `Runs on this device${size} and ${info.style === 'base' ? 'continues text' : 'follows instructions in a chat'}.${info.languages ? ` Speaks ${languageNames(info.languages)}.` : ''}`;
    },
  },
  imported: {
    title: (run: number): string => `Run ${run} is an imported data set`,
    text: ({ kept, instances }: RunProgress): string =>
      `${counted(kept, 'task')} with ${counted(instances, 'instance')}, read from {file} ({format}). No model wrote ${kept === 1 ? 'it' : 'them'} here, so there are no prompts, rates or decisions to show, and the run cannot be continued.`,
    toPool: (tasks: number): string => `View its ${counted(tasks, 'task')}`,
    toAnalyse: 'Analyse it',
    toReview: 'Review it',
  },
  more: {
    lead: 'Continue this run:',
    instructions: (more: number): string => `${count(more)} more instructions`,
  },
  rates: {
    label: 'Progress and rates',
    accepted: 'Accepted instructions',
    timeLeft: 'Time left',
    timeLeftOf: (finished: boolean, left: Rates['secondsLeft']): { value: string; note: string } => {
      if (finished) return { value: 'None', note: 'all tasks have their type and instances' };
      if (!left) return { value: UNKNOWN, note: 'known after the first instances' };
      const { low, high } = left;
      return {
        value: `≈ ${duration((low + high) / 2)}`,
        note: `${duration(low)} to ${duration(high)} at the current rate`,
      };
    },
    perMinute: 'Accepted per minute',
    perMinuteOf: (rate: number | null): string => (rate === null ? UNKNOWN : decimal(rate)),
    share: (accepted: number, candidates: number): string =>
      candidates > 0 ? `${percent(accepted, candidates)} of candidates` : 'no candidate yet',
    speed: 'Writing speed',
    speedOf: (rate: number | null): string => (rate === null ? UNKNOWN : count(rate)),
    speedUnit: 'tokens/s',
    cache: 'Prompt from cache',
    cacheNote: (read: number, reused: number): string =>
      `${short(read)} tokens read, ${short(reused)} reused`,
    elapsed: 'Elapsed',
    requests: (requests: number): string => counted(requests, 'request'),
    retries: (requests: number, retries: number): string =>
      `${counted(requests, 'request')}, ${retries === 1 ? '1 retry' : `${count(retries)} retries`}`,
  },
  steps: {
    label: 'From seed tasks to the pool',
    pool: 'Seeds and pool',
    poolValue: (seeds: number, accepted: number): string => `${count(seeds)} + ${count(accepted)}`,
    drawn: (seeds: number, machine: number): string => `drawn: ${seeds} seed, ${machine} machine`,
    prompt: 'Prompt',
    promptValue: (call: LiveCall | null): string => {
      if (!call) return NONE;
      return call.promptTokens === null
        ? counted(call.exemplars.length, 'task')
        : counted(call.promptTokens, 'token');
    },
    promptNote: (call: LiveCall | null): string =>
      call
        ? `request ${count(call.index + 1)}${call.classificationOnly ? ', classification' : ''}`
        : 'no request in flight',
    completion: 'Completion',
    tokens: (tokens: number): string => counted(tokens, 'token'),
    writing: 'being written',
    completions: (completions: number): string => `in ${counted(completions, 'completion')}`,
    verdicts: 'Verdicts',
    candidates: (candidates: number): string => counted(candidates, 'candidate'),
    rejected: (rejected: number): string => `${count(rejected)} rejected, each for a reason`,
    tasks: 'Type, then instances',
    complete: (complete: number, accepted: number): string => `${count(complete)} of ${count(accepted)}`,
    instances: (accepted: number, rejected: number): string =>
      `${counted(accepted, 'instance')} accepted, ${count(rejected)} rejected`,
  },
  prompt: {
    title: 'Prompt',
    note: (exemplars: number): string => `${counted(exemplars, 'exemplar')}, shuffled`,
    none: ({ exemplars, machineExemplars }: RunConfig): string =>
      `The next prompt appears here: ${counted(exemplars, 'exemplar')}, at most ${count(machineExemplars)} of them machine-written, shuffled.`,
    exact: 'Exact text',
  },
  completion: {
    title: 'Completion',
    note: (temperature: number): string => `as written, temperature ${temperature}`,
    none: 'The model continues the list of tasks; its text appears here as it is written.',
    end: 'A blank line, the ninth new number or the length limit ends a completion.',
  },
  others: {
    title: 'Other requests',
    note: (requests: number): string => `${count(requests)} in flight`,
    none: 'Types and instances of accepted instructions appear here.',
  },
  verdicts: {
    title: 'Verdicts',
    note: (index: number, candidates: number, accepted: number): string =>
      `request ${count(index + 1)}: ${counted(candidates, 'candidate')}, ${count(accepted)} accepted`,
    none: 'Each instruction that the model writes gets its verdict here, with the rule and the most similar task.',
    /** How far an accepted task is: what is done, then what comes next. */
    progress: (task: MachineTask): { readonly done: readonly string[]; readonly next?: string } => {
      if (task.stage === 'instruction') return { done: [], next: 'type and instances next' };
      const type = task.isClassification ? 'classification' : 'not classification';
      return task.stage === 'complete'
        ? { done: [type, counted(task.instances.length, 'instance')] }
        : { done: [type], next: 'instances next' };
    },
  },
  latest: {
    title: 'Latest candidates',
    held: 'held still while you read',
    all: (run: number): string => `Task pool of run ${run}`,
    verdict: 'Verdict',
    candidate: 'Candidate',
    why: 'Why',
    none: 'New verdicts appear here; earlier ones are in the pool.',
  },
  times: {
    title: 'Time per stage',
    stage: 'Stage',
    requests: 'Requests',
    soFar: 'So far',
    left: 'Left',
    leftOf: (seconds: number | null): string => {
      if (seconds === null) return UNKNOWN;
      return seconds === 0 ? NONE : `≈ ${duration(seconds)}`;
    },
  },
  funnel: {
    title: 'Verdicts so far',
    label: 'Candidates by verdict',
    none: 'No candidate yet.',
    note: 'The rules run in this order; the first that rejects is the reason.',
  },
} as const;
