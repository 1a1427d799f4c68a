/** Texts of the warnings about seed tasks. */
export const SEED_WORDS = {
  tooFew: (needed: number, there: number): string => `A prompt shows ${needed} tasks; this set has ${there}.`,
  noneClassification: 'No task is a classification task. The model will hardly write classification tasks.',
  allClassification: 'All tasks are classification tasks. The model will hardly write other tasks.',
  tooShort: (min: number): string => `The instruction has fewer than ${min} words.`,
  tooLong: (words: number, max: number): string =>
    `The instruction has ${words} words; more than ${max} is too long.`,
  noInstance: 'The task has no instance.',
  noOutput: 'An instance has no output.',
  hidden: 'The text holds invisible or direction-changing characters.',
  similar: (rougeL: string, other: string): string => `Very similar (ROUGE-L ${rougeL}) to “${other}”.`,
} as const;
