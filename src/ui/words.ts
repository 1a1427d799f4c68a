/** All that a user reads in the parts that every screen shares, by part. */
import { count, counted } from './format';

export const WORDS = {
  close: 'Close',
  cancel: 'Cancel',
  copy: {
    action: 'Copy details',
    copied: 'Copied.',
    refused: 'The browser does not let this page copy. Select the text below.',
    details: 'Error details',
  },
  drop: 'Drop to read the file',
  instance: { input: 'Input', noInput: 'No input', output: 'Output', noOutput: 'Empty' },
  pair: (common: number, arithmetic: string): string =>
    `${counted(common, 'common word')} in the same order: ${arithmetic}`,
  number: (kind: 'whole' | 'any', min: number, max: number, value: number): string =>
    `Enter a ${kind === 'whole' ? 'whole number' : 'number'} from ${min} to ${max}. Until then, ${value} is used.`,
  origin: {
    seed: { mark: 'S', label: 'Seed task' },
    machine: { mark: 'M', label: 'Machine instruction' },
  },
  progress: {
    done: (done: string, total: string): string => `${done} of ${total}`,
    left: (done: string, total: string, rate: string, time: string): string =>
      `${done} of ${total}, ${rate}/s, ${time} left`,
  },
  chart: {
    views: [
      { value: 'chart', label: 'Chart' },
      { value: 'table', label: 'Table' },
    ],
    view: (title: string): string => `View of ${title}`,
    tableOf: (title: string): string => `Table of ${title}`,
    svg: 'SVG',
    png: 'PNG',
    save: (title: string, format: string): string => `Save ${title} as ${format}`,
    failed: 'This browser could not draw the PNG. The SVG shows the same chart.',
  },
  undo: { action: 'Undo', key: 'Ctrl Z', dismiss: 'Dismiss' },
  table: (most: number): string =>
    `Only the first ${count(most)} rows are shown. Search or filter to see the others.`,
} as const;
