/** The part of a rejected text that its filter objects to. */
import type { Candidate } from '../../core/task';

const MATCHING: readonly Candidate['verdict'][] = [
  'blocked-word',
  'asks-for-program',
  'starts-with-punctuation',
  'non-ascii-start',
  'statement',
];
/** Empty when the filter objects to no part of the text. */
export const matchedWord = ({ verdict, detail }: Candidate): string =>
  MATCHING.includes(verdict) ? detail : '';
