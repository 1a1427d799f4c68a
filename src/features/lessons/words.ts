/** All that a user reads on the Lessons screen, and around what is printed there; the lessons have their own files. */
import { counted } from '../../ui/format';

const sheets = {
  guide: 'Teacher’s guide',
  worksheet: 'Worksheet',
  report: 'Report',
} as const;
/** What of a lesson can be printed. */
export type Sheet = keyof typeof sheets;
export const isSheet = (name: string | undefined): name is Sheet =>
  name !== undefined && Object.hasOwn(sheets, name);

const date = new Intl.DateTimeFormat('en', { dateStyle: 'long' });

export const WORDS = {
  title: 'Lessons',
  about:
    'Each lesson stands beside the screens and leads through them, step by step. It plays a recorded run: no model is needed and nothing is sent anywhere.',
  sheets,
  begin: 'Begin the lesson',
  resume: (step: number, all: number): string => `Continue at step ${step} of ${all}`,
  again: 'Look at it again',
  restart: 'Remove my answers',
  restartTitle: 'Remove all answers of this lesson?',
  restartText: 'Predictions and explanations of this lesson are removed from this device.',
  restartKeep: 'Keep them',
  minutes: (minutes: number): string => counted(minutes, 'minute'),
  steps: 'Steps',
  print: 'Print',
  back: 'All lessons',
  pupil: 'Name of the pupil or group',
  notBegun: 'There is nothing to report: this lesson was not begun on this device.',
  guide: {
    minutes: (minutes: number, steps: number): string =>
      `${counted(minutes, 'minute')}, ${counted(steps, 'step')}`,
    aims: 'Afterwards pupils can',
    preparation: 'Before the lesson',
    terms: 'Words',
    course: 'Minute by minute',
    when: (from: number, to: number): string => `Minutes ${from} to ${to}`,
    say: 'For you:',
    ask: 'Question:',
    answer: 'Answer:',
    shown: 'On the screen:',
    why: 'Then:',
    expected: 'A good answer:',
    hint: 'If nobody knows:',
    misconceptions: 'Common wrong ideas',
  },
  worksheet: {
    name: 'Name',
    date: 'Date',
    predict: 'Predict first:',
    explain: 'Then explain:',
  },
  report: {
    of: (lesson: string): string => `Report: ${lesson}`,
    when: (from: number, to: number): string => {
      const [begun, changed] = [date.format(from), date.format(to)];
      return begun === changed ? begun : `${begun} to ${changed}`;
    },
    right: (right: number, all: number): string => `${right} of ${all} predictions came true`,
    predicted: 'Predicted:',
    happened: 'What happened:',
    explained: 'Explained:',
    nothing: 'nothing yet',
    own: (app: string): string => `Written in ${app}. Nothing of it was sent anywhere.`,
  },
} as const;
