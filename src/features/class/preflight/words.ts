/** What a user reads of the check before a lesson. */
import { STANDARD_MODEL } from '../../../core/models/standard-model';
import { duration, megabytes } from '../../../ui/format';

const standard = `${STANDARD_MODEL.name}, ${megabytes(STANDARD_MODEL.bytes)}`;

export const WORDS = {
  title: 'Is this computer ready?',
  about:
    'What a lesson needs is checked in this tab, and the chosen model is loaded and asked briefly: seconds for a small model, longer for a large one. Nothing leaves this tab.',
  inRecording: 'Close the recording to check this computer: the model of a recording says nothing of it.',
  run: 'Check this computer',
  again: 'Check again',
  lights: { green: 'Ready', amber: 'Ready, with limits', red: 'Not ready' },
  lightNotes: {
    green: 'A lesson works well on this computer.',
    amber: 'A lesson works on this computer. The limits are below, with what can be done.',
    red: 'A lesson does not work on this computer. What can be done is below.',
  },
  states: { good: 'Good', careful: 'Limit', missing: 'Problem' },
  summary: (good: string, all: string): string => `${good} of ${all} checks are good`,
  copy: 'Copy for the IT desk',
  copied: 'Result of the check',
  engine: {
    title: 'Model engine',
    good: 'The browser runs WebAssembly, which models on the CPU need.',
    missing: 'The browser runs no WebAssembly, so no model can write here.',
    advice: 'Use a current Chrome, Edge, Firefox or Safari, or ask the IT desk to allow WebAssembly.',
  },
  keeping: {
    title: 'Keeping work',
    good: 'Work is stored as it is made, and is here after the tab was closed.',
    careful: 'This tab keeps everything in memory, as in a private window: closing it loses the work.',
    advice: 'Open the page in a window that is not private, or hand in before the tab is closed.',
  },
  tabs: {
    title: 'One tab',
    good: 'The app is open in this tab alone.',
    careful: (tabs: number): string =>
      `The app is open in ${tabs} tabs, which share the memory of this computer.`,
    advice: 'Close the others.',
  },
  model: {
    title: 'Standard model',
    good: `${standard}, is on this device.`,
    careful: `${standard}, is not on this device. Lessons with the recorded run need no model.`,
    advice: 'Take it before the lesson, on the Models screen.',
  },
  speed: {
    title: 'Minutes of the lesson',
    minutes: (model: string, tasks: number, seconds: number): string =>
      `${model} takes about ${duration(seconds)} for ${tasks} tasks here, measured with a short request.`,
    unknown: {
      none: { text: 'No model was asked: none is here.', advice: 'Take one on the Models screen.' },
      busy: {
        text: 'No model was asked: something else is being computed in this tab.',
        advice: 'Check again when it is finished or paused.',
      },
      server: {
        text: 'No model was asked: the chosen one is on a server, and says nothing of this computer.',
        advice: 'To measure this computer, choose a model that runs on it.',
      },
      little: { text: 'The model wrote too little to be timed.', advice: 'Check again.' },
    },
    advice: 'Close other programs, or let the lesson use the recorded run.',
  },
  report: {
    lights: { green: 'Result: ready', amber: 'Result: ready, with limits', red: 'Result: not ready' },
    states: { good: 'good', careful: 'limit', missing: 'problem' },
    lines: {
      title: (version: string, origin: string): string => `Self-Instruct ${version} at ${origin}`,
      hosts: (host: string): string =>
        `Hosts to allow: ${host}. The page asks no other by itself; its models lie beside it.`,
      bytes: `Stored on each computer: the page, and ${standard}, where it is used.`,
      delete: (origin: string): string =>
        `To delete everything: clear the data of the site ${origin} in the settings of the browser.`,
    },
  },
} as const;
