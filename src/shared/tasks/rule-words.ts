/** Each rule in one sentence, for whoever asks why a candidate was rejected. */
import type { Candidate } from '../../core/task';

const RULES: Readonly<Record<Candidate['verdict'], string>> = {
  kept: 'It passed every rule and joined the task pool.',
  unfinished: 'The answer ended at the length limit, so its last instruction may be cut.',
  empty: 'An answer has to hold at least one instruction.',
  'too-short': 'An instruction has at least four words.',
  'too-long': 'An instruction has at most 150 words.',
  'blocked-word': 'A model that reads and writes text cannot see or make pictures, files and the like.',
  'asks-for-program':
    'Instructions that begin with “Write a program” are often hard to tell apart, so none is kept.',
  'starts-with-punctuation': 'An instruction begins with a letter or a digit.',
  'non-ascii-start': 'This run keeps English instructions: they begin with an ASCII character.',
  'too-similar':
    'Its ROUGE-L to a member of the pool passes the threshold of this run, so it adds too little.',
  surplus: 'It passed the rules, but the run had reached its target.',
};
export const ruleWords = (verdict: Candidate['verdict']): string => RULES[verdict];

const MARKING: readonly Candidate['verdict'][] = [
  'blocked-word',
  'asks-for-program',
  'starts-with-punctuation',
  'non-ascii-start',
];
/** The part of the text that the rule objects to; empty when it is not a part of it. */
export const markedWord = ({ verdict, detail }: Candidate): string =>
  MARKING.includes(verdict) ? detail : '';
