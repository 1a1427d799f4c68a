/** All that a user reads on the screen of the whole loop, by component. */
import type { StageKind } from '../../core/plan/plan';
import { count, counted, duration } from '../../ui/format';

export const WORDS = {
  title: 'The whole loop',
  about:
    'A model writes tasks from a few examples, is finetuned on them, and answers tasks that it has never seen, before and after. One button; it can be paused, and it resumes after a closed tab where it stopped.',
  stored: 'Loop',
  newLoop: 'New loop',
  setup: {
    title: 'Plan',
    modelHelp: 'It writes the tasks and is finetuned on them. Larger ones are fetched on the Models screen.',
    seeds: 'Seed tasks',
    target: 'Instructions to write',
    targetHelp: 'Accepted ones; each gets an answer.',
    steps: 'Finetuning steps',
    stepsHelp: (batch: number): string => `Each on ${counted(batch, 'example')}.`,
    tasksHelp: 'In simple English; the model answers them before and after.',
    seedsAlone: 'Also finetune on the seed tasks alone',
    seedsAloneHelp:
      'For equally many steps: it shows what the generated tasks add. Without it, the finetuning could have helped whatever the data.',
    begin: 'Run the whole loop',
  },
  promise: {
    title: 'How long it will take',
    stages: {
      generate: 'Write the tasks',
      finetune: 'Finetune',
      evaluate: 'Answer the held-out tasks',
    } satisfies Record<StageKind, string>,
    total: 'All together',
    about: (seconds: number): string => `about ${duration(seconds)}`,
    note: 'An estimate from a few seconds of real work on this device, and from earlier runs here; the more tasks a model writes, the fewer are new, and other programs that keep the computer busy make it take several times as long.',
    unknown:
      'It is measured by a few seconds of real work on this device: now if you like, else when you begin.',
  },
  probe: {
    label: 'Measuring this device',
    writing: 'Measuring: the model writes',
    answering: 'Measuring: the model answers',
    training: 'Measuring: the model is trained a few steps',
  },
  names: {
    loop: (model: string, target: number): string => `${model}, ${counted(target, 'instruction')}`,
    after: (model: string): string => `After Self-Instruct: ${model}`,
    seedsAlone: (model: string): string => `After seeds alone: ${model}`,
    evaluation: (model: string): string => `${model}, before and after`,
  },
  plan: {
    finished: 'The loop is finished.',
    discard: 'Delete the loop',
    confirm: 'Delete this loop?',
    discardHelp: 'Its run, its finetuned model and its evaluation stay.',
  },
  answers: {
    title: (tasks: number): string => `${counted(tasks, 'task')}, answer by answer`,
    about:
      'Drawn by the seed of the plan before anything was answered, so that neither good nor bad ones were picked.',
    marked: 'Words in common with the reference are marked.',
  },
  funnel: {
    title: 'What was accepted and rejected',
    caption: (candidates: number): string =>
      `${counted(candidates, 'candidate')} written by the model. Each rule rejects of what the rules before it passed.`,
  },
  made: {
    title: 'What it took',
    model: 'Model',
    data: 'Tasks',
    tasks: (kept: number, instances: number, seeds: number): string =>
      `${counted(kept, 'instruction')} accepted with ${counted(instances, 'instance')}, from ${counted(seeds, 'seed task')}`,
    training: 'Finetuning',
    seedsAlone: 'On seed tasks alone',
    steps: (steps: number, batch: number, examples: number): string =>
      `${counted(steps, 'step')} of ${counted(batch, 'example')} each, drawn from ${count(examples)}`,
    equal:
      'Both finetunings took equally many steps with equally many examples: the difference is what the generated tasks add.',
    files: {
      data: 'The tasks, as data or as a passport',
      model: 'The finetuned model and its adapter',
      answers: 'All answers and scores',
    },
  },
  report: {
    save: 'Save the report',
    note: 'One HTML file with charts and answers. Print it to get a PDF.',
    title: (name: string): string => `Self-Instruct, the whole loop: ${name}`,
    lead: 'A model wrote tasks from a few examples, was finetuned on them, and answered tasks that it had never seen, before and after.',
    answers: 'Answers side by side',
    change: 'After minus before, with 95% interval',
    shares: 'By task',
    points: (points: string): string => `ROUGE-L ${points}`,
    foot: (version: string, began: Date): string =>
      `Written by Self-Instruct ${version}. The loop began on ${began.toISOString().slice(0, 10)}. All of it was computed in a browser, on one computer.`,
  },
  result: {
    none: 'The result is shown here when the models have answered.',
  },
} as const;
