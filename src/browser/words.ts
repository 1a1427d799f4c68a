/** Texts about this device and the built-in files. */
export const WORDS = {
  readingModel: 'Reading the built-in model',
  unnamedGpu: 'Unnamed GPU',
  noFolder: (reason: string): string => `The browser could not open the folder: ${reason}.`,
  snapshots: {
    checking: 'Reading the snapshots',
    fileName: (at: number): string => `self-instruct-${new Date(at).toISOString().slice(0, 10)}.jsonl`,
  },
  sets: {
    simple: { name: 'Simple English', about: 'Short tasks for pupils and for the built-in model.' },
    paper: { name: 'Paper-sized', about: 'As many tasks as in the paper, for larger models.' },
    heldOutSimple: 'Simple English, held out',
    heldOutPaper: 'Paper-sized, held out',
  },
} as const;
