/** All that a user reads about one task or candidate, by component. */
import type { ModelCall, PipelineStage } from '../../core/run';
import type { Candidate } from '../../core/task';
import { count, counted, decimal } from '../../ui/format';

/** Each filter in one sentence: why a candidate was accepted or rejected. */
const rules: Readonly<Record<Candidate['verdict'], string>> = {
  kept: 'It passed every filter and joined the task pool.',
  unfinished: 'The completion reached max tokens, so its last instruction may be cut.',
  empty: 'A completion must contain at least one instruction.',
  'too-short': 'An instruction has at least four words.',
  'too-long': 'An instruction has at most 150 words.',
  'blocked-word': 'A model that reads and writes text cannot see or make pictures, files and the like.',
  'asks-for-program':
    'Instructions that begin with “Write a program” are often hard to tell apart, so all are rejected.',
  'starts-with-punctuation': 'An instruction begins with a letter or a digit.',
  'non-ascii-start': 'This run accepts English instructions: they begin with an ASCII character.',
  statement:
    'It neither asks nor orders: nobody could tell what to do. This is a filter of our own, not of the paper; it can be switched off for a run.',
  'too-similar':
    'Its ROUGE-L to a task in the pool is over the threshold of this run, so it adds too little.',
  surplus: 'It passed the filters, but the run had reached its target.',
};
const stages: Readonly<Record<PipelineStage, string>> = {
  instructions: 'Completion with the instruction',
  classification: 'Completion about the type',
  instances: 'Completion with the instances',
};

export const WORDS = {
  rules,
  noInstruction: 'The completion contains no instruction',
  edited: 'Edited',
  original: 'What the model wrote',
  instance: (number: number): string => `Instance ${number}`,
  seed: 'Seed task',
  type: {
    none: 'Type not identified yet',
    unknown: 'Type not known',
    classification: 'Classification',
    outputFirst: 'Output-first',
    open: 'Not classification',
    inputFirst: 'Input-first',
  },
  completions: {
    title: 'What the model wrote',
    stages,
    nothing: 'Nothing',
    size: ({ completionTokens, seconds, finishReason, promptTokens, cachedTokens }: ModelCall): string =>
      `${counted(completionTokens, 'token')} in ${decimal(seconds)} s, ${finishReason === 'stop' ? 'complete' : 'cut at max tokens'}. Prompt: ${counted(promptTokens, 'token')}, ${count(cachedTokens)} of them cached.`,
    prompt: 'The prompt',
  },
  bar: {
    held: 'The run is active. Pause it to edit or remove tasks; finished requests are stored.',
    heldElsewhere: 'Another tab computes this run. Pause it there to edit or remove tasks.',
    pausing: 'Pausing',
    pause: 'Pause the run',
    unsaved: 'Your text is not saved. Save it, or discard it to continue.',
    changedElsewhere:
      'This task was changed in another place since you opened it. Your text is still in the form; saving again replaces the newer one.',
    save: 'Save',
    saveKey: 'Ctrl Enter',
    discard: 'Discard the changes',
    cancel: 'Cancel',
    cancelKey: 'Esc',
  },
  editor: {
    instruction: 'Instruction',
    objection: (reason: string, detail: string): string =>
      `A filter of the run would reject it: ${reason.toLowerCase()}${detail && ` (${detail})`}. You can save it anyway.`,
    type: 'Type',
    types: [
      { value: true, label: 'Classification' },
      { value: false, label: 'Open' },
    ],
    input: 'Input',
    inputHelp: 'Leave it empty if the task needs none.',
    output: 'Output',
    removeInstance: (number: number): string => `Remove instance ${number}`,
    addInstance: 'Add an instance',
    restore: 'Restore what the model wrote',
    machine: 'What the model wrote is stored beside your text.',
    seed: 'This changes the copy of the seed task in this run; the seed set stays as it is.',
    noInstances: 'The model has not written the instances yet; you can edit them then.',
  },
  kept: {
    title: (label: string): string => `Changes of the task ${label} were not saved`,
    text: (instruction: string): string => `The text is still here: “${instruction}”`,
    gone: 'The task is not in the pool any more. You can copy the text from here.',
    open: 'Continue writing',
    discard: 'Discard the text',
    pause: 'Pause the run to continue writing.',
    restored: 'This text was typed before and not saved.',
    asStored: 'Show the stored task instead',
  },
  problem: {
    instruction: 'An instruction needs at least one word.',
    output: (number: number): string =>
      `Instance ${number} has no output. Write one, or remove the instance.`,
  },
} as const;
