/**
 * What a model is finetuned on (docs/ALGORITHM.md, section 5): rows of a pool, split by instruction, encoded, without exact
 * duplicates, shuffled. The same tasks and the same choice give the same examples, in the same order.
 */
import { Random, deriveSeed } from '../random';
import type { Task } from '../task';
import type { TrainingData, TrainingExample } from '../training/training';
import { type Encoding, encodeRow } from './encode';
import { questionKey, type Row, rowsOf } from './rows';
import { type Split, SplitBorder } from './split';

/** Most held-out examples: each evaluation of the validation loss costs as much as a step. */
export const MAX_VALIDATION = 200;
/** Tasks that the trainer answers during training, so that the user sees what changes. */
const SAMPLES = 3;
/** Most characters of a prompt that is shown beside its answers. */
const SAMPLE_LENGTH = 400;

/** Which rows become examples, and how they are drawn. */
export type ExampleChoice = Pick<TrainingData, 'source' | 'heldOutShare' | 'limit' | 'machineShare'> & {
  readonly seed: number;
  /** Outputs of the machine tasks by `questionKey`, in place of their own; a row without one is left out. */
  readonly outputs?: ReadonlyMap<string, string>;
  /** Of the run. */
  readonly encoding: Encoding;
  /** Ends every completion: the end-of-text token of the base model. */
  readonly endOfText: string;
};

/** Examples to train and validate on, with what was left out. */
export interface BuiltExamples {
  readonly training: readonly TrainingExample[];
  /** Of held-out instructions; at most `MAX_VALIDATION`, drawn by the seed. */
  readonly validation: readonly TrainingExample[];
  /** Rows of the chosen tasks, before duplicates were removed and the limit was applied. */
  readonly rows: number;
  readonly duplicates: number;
  readonly heldOutInstructions: number;
  /** Prompts to answer during training, with the answers of the data. */
  readonly samples: readonly { readonly prompt: string; readonly wanted: string }[];
  /** Fingerprint of both lists. */
  readonly print: number;
}

/** Whether a task is among the chosen ones. */
export const isChosen = (task: Task, source: TrainingData['source']): boolean =>
  source === 'run-and-seeds' || (task.origin === 'seed') === (source === 'seeds');

/**
 * Which instructions of the chosen tasks are held out. Evaluation uses the same function to find a training's tasks.
 * @param breathe called between pages, so that the browser stays responsive
 */
export async function trainingSplit(
  pages: AsyncIterable<readonly Task[]>,
  { source, heldOutShare, seed }: Pick<ExampleChoice, 'source' | 'heldOutShare' | 'seed'>,
  breathe: () => Promise<void> = () => Promise.resolve(),
): Promise<Split> {
  const border = new SplitBorder({ share: heldOutShare, seed });
  for await (const page of pages) {
    for (const task of page) {
      if (isChosen(task, source) && rowsOf(task).length > 0) border.add(task.instruction);
      await breathe();
    }
  }
  return border.result();
}

/**
 * Reads the tasks twice: once for the split, once for the rows; once more for a share of the machine tasks.
 * @param scan reads the tasks of the run from the start
 * @param breathe called between tasks, so that the browser stays responsive
 */
export async function buildExamples(
  scan: () => AsyncIterable<readonly Task[]>,
  choice: ExampleChoice,
  breathe: () => Promise<void> = () => Promise.resolve(),
): Promise<BuiltExamples> {
  const { source, limit, endOfText } = choice;
  const split = await trainingSplit(scan(), choice, breathe);
  const isUsed = await machineShare(scan, choice, breathe);
  const sides = { train: new Side(choice), validation: new Side(choice) };
  for await (const page of scan()) {
    for (const task of page) {
      if (isChosen(task, source) && isUsed(task)) {
        sides[split.sideOf(task.instruction)].add(trainedRows(task, choice));
      }
      await breathe();
    }
  }
  const training = sides.train.drawn('training', limit ?? Infinity);
  const validation = sides.validation.drawn('validation', MAX_VALIDATION);
  const short = (validation.length > 0 ? validation : training).filter(
    ({ prompt }) => prompt.length <= SAMPLE_LENGTH,
  );
  return {
    training,
    validation,
    rows: sides.train.rows + sides.validation.rows,
    duplicates: sides.train.duplicates + sides.validation.duplicates,
    heldOutInstructions: sides.validation.instructions,
    samples: short.slice(0, SAMPLES).map(({ prompt, completion }) => ({
      prompt,
      wanted: completion.slice(0, completion.length - endOfText.length).trim(),
    })),
    print: await examplesFingerprint([...training, ...validation], breathe),
  };
}

/** Rows of a task with the outputs that are learned. */
const trainedRows = (task: Task, { outputs }: Pick<ExampleChoice, 'outputs'>): readonly Row[] =>
  outputs && task.origin === 'machine'
    ? rowsOf(task).flatMap((row): Row[] => {
        const output = outputs.get(questionKey(row));
        return output === undefined ? [] : [{ ...row, output }];
      })
    : rowsOf(task);

/** Which tasks are used when only a share of the machine tasks is: the same border as between the two sides of a split. */
async function machineShare(
  scan: () => AsyncIterable<readonly Task[]>,
  { machineShare: share = 1, seed }: Pick<ExampleChoice, 'machineShare' | 'seed'>,
  breathe: () => Promise<void>,
): Promise<(task: Task) => boolean> {
  if (share >= 1) return () => true;
  if (share <= 0) return ({ origin }) => origin === 'seed';
  const drawn = { source: 'run', heldOutShare: share, seed: deriveSeed(seed, 'machine share') } as const;
  const border = await trainingSplit(scan(), drawn, breathe);
  return ({ origin, instruction }) => origin === 'seed' || border.sideOf(instruction) === 'validation';
}

/** The examples of one side of the split, without exact duplicates. */
class Side {
  rows = 0;
  duplicates = 0;
  readonly #instructions = new Set<string>();
  readonly #examples = new Map<string, TrainingExample>();
  constructor(private readonly choice: Pick<ExampleChoice, 'seed' | 'encoding' | 'endOfText'>) {}

  get instructions(): number {
    return this.#instructions.size;
  }
  add(rows: readonly Row[]): void {
    const { seed, encoding, endOfText } = this.choice;
    for (const row of rows) {
      const example = encodeRow(row, seed, encoding, endOfText);
      const key = JSON.stringify([example.prompt, example.completion]);
      this.rows++;
      this.#instructions.add(row.instruction);
      if (this.#examples.has(key)) this.duplicates++;
      else this.#examples.set(key, example);
    }
  }
  drawn(name: string, limit: number): TrainingExample[] {
    const all = [...this.#examples.values()];
    return new Random(deriveSeed(this.choice.seed, 'examples', name)).sample(
      all,
      Math.min(limit, all.length),
    );
  }
}

/** Order counts: another order is another training. */
async function examplesFingerprint(
  examples: readonly TrainingExample[],
  breathe: () => Promise<void>,
): Promise<number> {
  let print = examples.length;
  for (const { prompt, completion } of examples) {
    print = deriveSeed(print, prompt, completion);
    await breathe();
  }
  return print;
}
