/** The three named sets of switches and the run settings that go with them (docs/ALGORITHM.md, sections 2 and 8). */
import { requestsInFlight } from './models/capacity';
import { STANDARD_MODEL } from './models/standard-model';
import type { ModelInfo } from './models/stored-model';
import { answerTokens } from './prompts/fit';
import {
  completeSwitches,
  type Decoding,
  GREEDY,
  type PipelineStage,
  type PresetName,
  type RunConfig,
  type Switches,
} from './run';

const OURS: Required<Switches> = {
  instructionCase: 'keep',
  unfinished: 'drop-last',
  listSplit: 'any-number',
  exampleSplit: 'line-start',
  inputWithoutOutput: 'drop',
  emptyInputContradiction: 'drop',
  inputLabel: 'keep',
  stopAtSixteen: 'line-start',
  similarityTokens: 'ascii',
  similarityEdge: 'above',
  exemplarPool: 'instructions',
  order: 'task-by-task',
  statements: 'reject',
  repetitions: 'keep',
  listForm: 'task',
  exampleMarks: 'plain',
  secondMark: 'complete',
  unmarked: 'output',
  labelledInput: 'strip',
  layoutEnd: 'line',
  completionStart: 'space',
};
/** The paper and its code have none of our filters; of a second mark the paper says nothing. */
const PUBLISHED: Required<Switches> = { ...OURS, statements: 'keep', secondMark: 'text' };

/** The switches of each preset (docs/ALGORITHM.md, section 8). */
export const SWITCHES: Readonly<Record<PresetName, Required<Switches>>> = {
  ours: OURS,
  // The paper's figure returns whole tasks to the pool, its sentence keeps what is below the threshold.
  paper: { ...PUBLISHED, similarityEdge: 'from', exemplarPool: 'tasks-with-instances' },
  reference: {
    ...PUBLISHED,
    instructionCase: 'capitalize',
    unfinished: 'drop-response',
    listSplit: 'strict',
    exampleSplit: 'anywhere',
    emptyInputContradiction: 'keep',
    inputLabel: 'strip-half',
    stopAtSixteen: 'anywhere',
    order: 'stage-by-stage',
    listForm: 'number',
    exampleMarks: 'numbered',
    secondMark: 'end',
    unmarked: 'drop',
    labelledInput: 'keep',
    layoutEnd: 'blank-line',
    completionStart: 'after-output',
  },
};

const PAPER_DECODING: Readonly<Record<PipelineStage, Decoding>> = {
  instructions: { temperature: 0.7, topP: 0.5, frequencyPenalty: 0, presencePenalty: 2, maxTokens: 1024 },
  classification: { ...GREEDY, maxTokens: 3 },
  instances: { ...GREEDY, presencePenalty: 1.5, maxTokens: 300 },
};

/** The paper's values: 8 exemplars (2 of them machine-written), 5 requests at a time, threshold 0.7. */
export function paperConfig(seed: number, target: number): RunConfig {
  return {
    seed,
    target,
    preset: 'paper',
    switches: SWITCHES.paper,
    exemplars: 8,
    machineExemplars: 2,
    rougeThreshold: 0.7,
    batchSize: 5,
    classificationEvery: 0,
    classificationShots: 31,
    instanceShots: 16,
    maxInstances: 5,
    decoding: PAPER_DECODING,
  };
}

/** Tokens. The built-in model's values apply up to here: it and its finetuned versions have a context of 512. */
const SMALL_CONTEXT = 512;
/** Of a model that tells its context only when it is loaded. */
const USUAL_CONTEXT = 2_048;

/** Values for the built-in model with its context of 512 tokens; docs/benchmarks.md tells how they were chosen. */
export function builtInConfig(seed: number, target: number): RunConfig {
  return {
    ...paperConfig(seed, target),
    preset: 'ours',
    switches: OURS,
    batchSize: 4,
    classificationShots: 8,
    instanceShots: 3,
    decoding: {
      instructions: { temperature: 0.5, topP: 0.9, frequencyPenalty: 0, presencePenalty: 0, maxTokens: 160 },
      classification: PAPER_DECODING.classification,
      instances: { temperature: 0.5, topP: 0.9, frequencyPenalty: 0, presencePenalty: 0, maxTokens: 120 },
    },
  };
}

/**
 * Tokens of a completion of the standard model: eight tasks have fewer; those that had more never ended
 * (docs/benchmarks.md).
 */
const STANDARD_COMPLETION = 256;
/**
 * The standard model finds Yes less likely than No for nearly every task; at these odds it is right most often on the seed
 * tasks, whose types are known (docs/types.md).
 */
const STANDARD_ODDS = 0.15;

/** Whether the built-in model's values apply. @param model null while it is unknown */
export const isSmall = (model: Pick<ModelInfo, 'contextLength'> | null): boolean =>
  model === null || (model.contextLength !== null && model.contextLength <= SMALL_CONTEXT);

/** Values for a model: measured ones for a small context, otherwise the paper's with our switches, limited by the context. */
export function modelConfig(
  model: Pick<ModelInfo, 'engine' | 'bytes' | 'parallel' | 'contextLength' | 'ask'> &
    Partial<Pick<ModelInfo, 'hash'>>,
  seed: number,
  target: number,
): RunConfig {
  // It decides which candidates see each other, so it is stored: a run resumed with fewer concurrent requests stays the same.
  const batchSize = requestsInFlight(model);
  const { contextLength } = model;
  if (isSmall(model)) return { ...builtInConfig(seed, target), batchSize };
  const { decoding, ...paper } = paperConfig(seed, target);
  const { instructions } = decoding;
  const isStandard = model.hash === STANDARD_MODEL.sha256;
  const wanted = isStandard ? STANDARD_COMPLETION : instructions.maxTokens;
  const maxTokens = answerTokens(wanted, contextLength ?? USUAL_CONTEXT);
  return {
    ...paper,
    preset: 'ours',
    switches: OURS,
    batchSize,
    ...(model.ask ? { ask: model.ask } : {}),
    ...(isStandard ? { classificationBy: 'probability', classificationOdds: STANDARD_ODDS } : {}),
    decoding: { ...decoding, instructions: { ...instructions, maxTokens } },
  };
}

/** The switches of a preset for a model: the built-in one was trained on lists of `Task 9:` and continues no others. */
export const presetSwitches = (
  preset: PresetName,
  model: Pick<ModelInfo, 'contextLength'> | null,
): Required<Switches> => (isSmall(model) ? { ...SWITCHES[preset], listForm: 'task' } : SWITCHES[preset]);

/** The same settings under another preset. */
export const withPreset = (
  config: RunConfig,
  preset: PresetName,
  model: Pick<ModelInfo, 'contextLength'> | null,
): RunConfig => ({ ...config, preset, switches: presetSwitches(preset, model) });

/** Rejects nothing for its words, its form of a statement or its likeness; rules on length, first character and "Write a program" stay. */
export const withoutFilters = (config: RunConfig): RunConfig => ({
  ...config,
  switches: { ...config.switches, statements: 'keep', repetitions: 'keep', similarityEdge: 'above' },
  blockedWords: [],
  // No ROUGE-L is above 1.
  rougeThreshold: 1,
});

/** Names of the switches in which two sets differ. */
export function differences(a: Switches, b: Switches): (keyof Switches)[] {
  const [one, other] = [completeSwitches(a), completeSwitches(b)];
  return (Object.keys(one) as (keyof Switches)[]).filter((key) => one[key] !== other[key]);
}
