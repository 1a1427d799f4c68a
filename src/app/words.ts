/** All that a user reads around the screens: navigation, the choice of a run, the seed library. */
import type { RunRecord } from '../core/run';
import { count, counted } from '../ui/format';
import type { Screen } from './address';

const screens: Readonly<Record<Screen, string>> = {
  start: 'Start',
  lessons: 'Lessons',
  loop: 'Whole loop',
  seeds: 'Seeds',
  generate: 'Generate',
  pool: 'Pool',
  decisions: 'Decisions',
  review: 'Review',
  analyse: 'Analyse',
  compare: 'Compare',
  finetune: 'Finetune',
  evaluate: 'Evaluate',
  export: 'Export',
  class: 'Class',
  models: 'Models',
};

export const WORDS = {
  name: 'Self-Instruct',
  screens,
  navigation: {
    label: 'Screens',
    order: 'The work, in order',
    steps: { write: 'Write', judge: 'Judge', learn: 'Learn', share: 'Share' },
    next: 'Next',
    goNext: (screen: Screen): string => `Next: ${screens[screen]}`,
    done: 'done',
    local: 'Nothing leaves this tab',
    host: (host: string): string => `Texts go to ${host}`,
    theme: 'Light or dark',
    projector: 'Projector size',
    classroom: 'Words for a classroom',
  },
  handIn: { restoring: (number: number): string => `Storing run ${number} of the hand-in` },
  memory: {
    label: 'Kept in memory',
    text: 'This tab keeps everything in memory: it is gone when the tab is closed. Export what you want to keep.',
    store: 'Try to store again',
  },
  run: {
    label: 'Run',
    name: (number: number, origin: string): string => `Run ${number}, ${origin}`,
    accepted: (number: number, accepted: number): string => `Run ${number}, ${count(accepted)} accepted`,
    pauseFirst: 'Pause the run to look at another',
    which: 'Which run',
    number: (number: number): string => `Run ${number}`,
    size: ({ imported, config }: RunRecord, accepted: number): string =>
      imported ? counted(accepted, 'task') : `${count(accepted)} of ${count(config.target)} instructions`,
    open: 'Open',
    openRun: (number: number): string => ` run ${number}`,
    none: 'No run yet',
    noneText: 'A run makes the data that is shown and saved here. It starts with one click.',
    toStart: 'Go to Start',
    retry: 'Try again',
  },
  seeds: {
    builtIn: (tasks: number, note: string): string => `${count(tasks)} tasks. ${note}`,
    own: (tasks: number): string => `${counted(tasks, 'task')}. Yours, stored on this device.`,
    added: 'Task added.',
    changed: 'Task changed.',
    removed: 'Task removed.',
    setRemoved: (name: string): string => `“${name}” removed.`,
    copied: (change: string): string => `${change} The changed set is now your own.`,
    copyName: (name: string): string => `${name}, changed`,
    changedSince: 'Another tab changed this task since, so it stays as it is.',
    goneElsewhere: (name: string): string =>
      `“${name}” was removed in another tab. Undo it there to get it back.`,
    imported: 'Imported',
    begun: 'My seeds',
    tooLarge: (file: string, megabytes: number): string =>
      `“${file}” has ${megabytes} MB; seed files of up to 32 MB can be read.`,
    reading: (file: string): string => `Reading ${file}`,
  },
} as const;
