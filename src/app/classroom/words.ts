/** All that a user reads of the words for a classroom, on every screen. */
import { counted } from '../../ui/format';

export const WORDS = {
  title: 'Words for a classroom',
  on: 'Hide tasks that have one of these words',
  about:
    'A language model writes what people write, not all of it fit for a class. Tasks with a word of this list are not shown; they stay stored, are counted, and go into a file only if you say so.',
  list: 'The words',
  listHelp:
    'One word a line, with its usual endings: “kill” also hides kills, killed and killing. A word inside another one does not count. The list that comes with the app is English, was written for this project, and is free for any use (CC0).',
  save: 'Save the list',
  restore: 'The list that comes with the app',
  covered: '(hidden: words for a classroom)',
  hidden: (tasks: number): string =>
    `${counted(tasks, 'task')} ${tasks === 1 ? 'is' : 'are'} hidden: words for a classroom.`,
  shownNote: (tasks: number): string =>
    `${counted(tasks, 'task')} with words for a classroom ${tasks === 1 ? 'is' : 'are'} shown.`,
  covers: 'Texts with words for a classroom are hidden here.',
  uncovered: 'Texts with words for a classroom are shown here.',
  show: 'Show',
  hide: 'Hide again',
} as const;
