/** What each switch of a run decides and what its values mean (docs/ALGORITHM.md, section 8). */
import type { Switches } from '../core/run';

export const SWITCH_WORDS: {
  readonly [K in keyof Switches]-?: {
    readonly title: string;
    readonly values: Readonly<Record<NonNullable<Switches[K]>, string>>;
  };
} = {
  instructionCase: {
    title: 'Case of an instruction',
    values: {
      keep: 'kept, first letter capitalized',
      capitalize: 'all but the first letter lowered ("NASA" becomes "nasa")',
    },
  },
  unfinished: {
    title: 'Completion cut at max tokens',
    values: {
      'drop-last': 'only the last item is dropped',
      'drop-response': 'the whole completion is dropped',
    },
  },
  listSplit: {
    title: 'Splitting the list',
    values: { 'any-number': 'any form of number', strict: 'one exact form only' },
  },
  exampleSplit: {
    title: '"Example" inside a completion',
    values: {
      'line-start': 'splits only at the start of a line',
      anywhere: 'splits anywhere ("For Example, ...")',
    },
  },
  inputWithoutOutput: {
    title: 'Input without output',
    values: { drop: 'dropped', 'as-output': 'becomes the output' },
  },
  emptyInputContradiction: {
    title: 'Two labels for an empty input',
    values: { drop: 'dropped', keep: 'kept' },
  },
  inputLabel: {
    title: 'A lone "word:" before an input',
    values: { keep: 'kept', 'strip-half': 'removed half of the time ("10:30" becomes "30")' },
  },
  stopAtSixteen: {
    title: 'Stop at the number 16',
    values: { 'line-start': 'at the start of a line', anywhere: 'anywhere ("$16." ends the completion)' },
  },
  similarityTokens: {
    title: 'Words that ROUGE-L compares',
    values: { ascii: 'a to z and digits', unicode: 'letters and digits of any language' },
  },
  similarityEdge: {
    title: 'A score equal to the threshold',
    values: { above: 'is accepted', from: 'is rejected' },
  },
  exemplarPool: {
    title: 'What joins the pool',
    values: {
      instructions: 'every accepted instruction',
      'tasks-with-instances': 'only tasks with instances',
    },
  },
  order: {
    title: 'Order of the stages',
    values: {
      'task-by-task': 'each task is finished before new ones',
      'stage-by-stage': 'each stage runs over the whole set before the next',
    },
  },
  statements: {
    title: 'A statement where a task is asked for',
    values: { reject: 'rejected (a filter of our own)', keep: 'accepted' },
  },
  repetitions: {
    title: 'An output that repeats its instruction',
    values: { reject: 'dropped (a filter of our own)', keep: 'kept' },
  },
  listForm: {
    title: 'Numbers of the list in the prompt',
    values: { task: '"Task 9:"', number: '"9.", which the next items are then split at' },
  },
  exampleMarks: {
    title: 'Marks of input and output',
    values: { plain: '"Input:" and "Output:"', numbered: 'also with numbers and spaces ("Output 2 :")' },
  },
  secondMark: {
    title: 'A second "Output:" or "Input:" in one example',
    values: {
      complete: 'ends the output, and the example is whole',
      text: 'is part of the output',
      end: 'ends the output',
    },
  },
  unmarked: {
    title: 'A completion without any mark',
    values: { output: 'is an output', drop: 'is dropped' },
  },
  labelledInput: {
    title: '"Input:" after a class label',
    values: { strip: 'removed', keep: 'kept as part of the input' },
  },
  layoutEnd: {
    title: 'Two of the seven layouts for finetuning end',
    values: { line: 'with a line break', 'blank-line': 'with a blank line' },
  },
  completionStart: {
    title: 'A completion for finetuning begins',
    values: { space: 'with a space', 'after-output': 'with a space after "Output:" alone' },
  },
};
