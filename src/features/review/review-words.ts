/** What the Review desk calls questions and lists. */
import type { Question } from '../../core/review/rating';
import type { Shown } from './review-rows';

/** The paper's three questions (its table 2), in short words. */
export const QUESTION_WORDS: Readonly<Record<Question, { readonly short: string; readonly whole: string }>> =
  {
    valid: { short: 'Valid task', whole: 'Does the instruction describe a valid task?' },
    input: { short: 'Input appropriate', whole: 'Is the input appropriate for the instruction?' },
    output: {
      short: 'Output correct',
      whole: 'Is the output a correct and acceptable response to the instruction and input?',
    },
  };
export const SHOWN_WORDS: Readonly<Record<Shown, string>> = {
  all: 'All of them',
  open: 'Still to rate',
  accepted: 'Accepted',
  rejected: 'Rejected',
  flagged: 'Flagged',
};
