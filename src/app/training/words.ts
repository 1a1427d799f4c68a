/** What a user reads of a finetuning on any screen: its names, what it is doing, and why it stopped. */
import type { Failure } from '../../core/errors';
import type { TrainingData } from '../../core/training/training';

export const WORDS = {
  /** Names of plans and of what they are trained on. */
  names: {
    plan: (base: string, data: string): string => `${base} on ${data}`,
    data: (source: TrainingData['source'], run: number): string =>
      ({
        run: `run ${run}`,
        seeds: `the seed tasks of run ${run}`,
        'run-and-seeds': `run ${run} with seed tasks`,
      })[source],
    source: (base: string, data: string): string => `finetuned here from ${base} on ${data}`,
  },
  badTokenizer: 'The tokenizer does not fit the model: it does not have the token that ends a text.',
  readingBase: 'Reading the base model',
  readingTasks: 'Reading the tasks',
  starting: 'Starting the trainer',
  storing: 'Storing the model',
  runGone: (data: string): string => `the run it was trained on (${data}) is no longer stored here.`,
  baseChanged: (base: string): string =>
    `the model “${base}” here has other weights than the one it started with.`,
  tasksChanged: (data: string): string => `tasks of ${data} were added, edited or removed since it started.`,
  notStored: (id: string): string => `finetuning ${id} is not stored here`,
  /** For lists: the sentence beside a training that stopped. */
  reason: (failure: Failure): string => {
    switch (failure.kind) {
      case 'training-failed':
        return `Step ${failure.step}: ${failure.detail}`;
      case 'device-lost':
        return `The GPU was lost: ${failure.detail}`;
      case 'out-of-memory':
        return `Not enough memory: ${failure.detail}`;
      case 'unexpected':
        return `Fault in the program: ${failure.message}`;
      default:
        return 'detail' in failure ? failure.detail : failure.kind;
    }
  },
} as const;
