/** All that a user reads on the Compare screen, by component. */
import { CLOSE_SCORE } from '../../core/analysis/overlap';
import { count, counted, decimal, percent } from '../../ui/format';

const limit = decimal(CLOSE_SCORE, 2);
const run = (number: number): string => `Run ${number}`;

export const WORDS = {
  run,
  screen: {
    title: 'Compare',
    about:
      'Two runs or imported data sets: their statistics, what they have in common, and whether they contain tasks held out for evaluation.',
    compare: 'Compare',
    checkOne: 'Check for held-out tasks',
    compared: 'Compared',
    notCompared: 'Not compared yet',
    retry: 'Try again',
    noRun: {
      title: 'Nothing to compare yet',
      text: 'Generate a run, or import a data set on the Export screen. Two of them can be compared here.',
      action: 'Go to Start',
    },
  },
  progress: {
    reading: (number: number): string => `Reading run ${number}`,
    comparing: (number: number): string => `Comparing run ${number}`,
    heldOut: (number: number): string => `Checking run ${number} for held-out tasks`,
    runGone: (id: string): string => `run ${id} is no longer stored here`,
  },
  choice: {
    title: 'Runs to compare',
    first: 'First',
    second: 'Second',
    none: 'None: only check the first',
    option: (name: string, instructions: number): string =>
      `${name}, ${counted(instructions, 'instruction')}`,
  },
  files: {
    title: 'Held-out tasks from files',
    about:
      'The runs are always checked against the sets of this app. Add the task files that you evaluate on elsewhere, in any form that the Evaluate screen reads.',
    drop: 'Drop task files here',
    note: 'JSON or JSONL; they are read in this tab and not stored.',
    reading: (file: string): string => `Reading ${file}`,
    tasks: (tasks: number, badLines: number): string =>
      `${counted(tasks, 'task')}${badLines > 0 ? `, ${counted(badLines, 'bad line')} left out` : ''}`,
    remove: (file: string): string => `Remove ${file}`,
  },
  statistics: { title: 'Statistics side by side' },
  heldOut: {
    title: 'Held-out tasks',
    found: 'The data contains held-out tasks.',
    foundAdvice:
      'A model finetuned on these instructions gets the same ones in its evaluation, so its scores would be too high. Remove the listed tasks in the Pool before finetuning.',
    none: `No instruction scores ${limit} or more against a task held out for evaluation.`,
    set: (name: string, set: string): string => `${name}: ${set}`,
    pairs: (close: number, tasks: number, highest: number): string =>
      `${counted(close, 'pair')} at ${limit} or more among ${counted(tasks, 'task')}, highest ${decimal(highest, 2)}`,
    pairsTitle: (number: number, set: string): string => `Run ${number} and the set “${set}”`,
    task: 'held-out task',
  },
  overlap: {
    title: (a: number, b: number): string => `Run ${a} to run ${b}`,
    caption: (a: number, b: number, compared: number, close: number, equal: number): string =>
      `The highest ROUGE-L to run ${b} of each of the ${counted(compared, 'instruction')} of run ${a}. ${count(close)} (${percent(close, compared)}) reach ${limit}; ${count(equal)} ${equal === 1 ? 'is' : 'are'} identical.`,
    axis: (b: number): string => `highest ROUGE-L to any instruction of run ${b}`,
    unit: 'ROUGE-L',
    what: 'instructions',
    empty: (number: number): string => `Run ${number} has no machine instruction.`,
  },
  pairs: {
    title: 'Closest pairs',
    empty: `No instruction of one run is close to one of the other: no pair reaches ${limit}.`,
    sides: (left: string, right: string): string => `${left} and ${right}`,
    identical: (left: string, right: string): string => `${left} and ${right}, identical`,
    more: (shown: number, all: number): string => `Show more (${count(shown)} of ${count(all)})`,
  },
} as const;
