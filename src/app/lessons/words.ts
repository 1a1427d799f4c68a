/** All that a user reads of a lesson beside the screens; what the lesson itself says is in its own file. */
import { counted } from '../../ui/format';

export const WORDS = {
  region: 'Lesson',
  step: (number: number, all: number): string => `Step ${number} of ${all}`,
  minutes: (minutes: number): string => counted(minutes, 'minute'),
  hide: 'Hide the lesson',
  show: 'Show the lesson',
  end: 'Leave the lesson',
  back: 'Step back',
  next: 'Next step',
  finish: 'Finish',
  toPlace: 'Show the screen of this step',
  opening: 'Opening the recorded run',
  moving: 'Moving the recorded run to this step',
  tasks: 'What to do',
  hint: 'A hint',
  predict: {
    title: 'Predict',
    see: 'See what happens',
    first: 'Choose first: a guess is fine.',
  },
  see: {
    title: 'See',
    right: 'You predicted it.',
    look: 'Look at the screen',
    wrong: (predicted: string): string => `You predicted: ${predicted}`,
  },
  explain: { title: 'Explain', kept: 'Stored on this device while you write.' },
  finished: {
    title: 'Lesson finished',
    text: 'Your predictions and answers are stored on this device.',
    report: 'My report, to print',
  },
  notStored: 'Your answers cannot be stored here. They are kept until this tab is closed.',
} as const;
