/** What the filters and their verdicts are called on screens. */
import type { Candidate, InstanceRejectReason, RejectReason } from '../core/task';
import { counted } from './format';

export const REASON_WORDS: Readonly<Record<RejectReason, string>> = {
  unfinished: 'Unfinished',
  empty: 'Empty',
  'too-short': 'Too short',
  'too-long': 'Too long',
  'blocked-word': 'Blocked word',
  'asks-for-program': 'Asks for a program',
  'starts-with-punctuation': 'Starts with punctuation',
  'non-ascii-start': 'Non-ASCII start',
  statement: 'Not a task',
  'too-similar': 'Too similar',
  surplus: 'Over the target',
};
export const VERDICT_WORDS: Readonly<Record<Candidate['verdict'], string>> = {
  kept: 'Accepted',
  ...REASON_WORDS,
};
export const INSTANCE_REASON_WORDS: Readonly<Record<InstanceRejectReason, string>> = {
  unfinished: 'cut at max tokens',
  'no-mark': 'no "Example" and no "Output:"',
  'empty-output': 'no output',
  'input-equals-output': 'input equals output',
  'trailing-colon': 'ends with a colon',
  'repeats-instruction': 'repeats the instruction',
  contradiction: 'same input, different outputs',
  duplicate: 'duplicate',
  'over-limit': 'more than five instances',
};

/** The fact behind a verdict, in a few words. */
export function whyWords({ verdict, detail, nearest }: Candidate): string {
  switch (verdict) {
    case 'kept':
      return nearest ? `nearest ${nearest.rougeL.toFixed(2)}` : 'no neighbour';
    case 'too-similar':
      return nearest
        ? `${nearest.rougeL.toFixed(2)} to ${nearest.id.slice(nearest.id.indexOf('-') + 1)}`
        : '';
    case 'too-short':
    case 'too-long':
      return counted(Number(detail), 'word');
    case 'blocked-word':
      return `the word “${detail}”`;
    case 'asks-for-program':
    case 'starts-with-punctuation':
    case 'non-ascii-start':
      return `starts with “${detail}”`;
    case 'statement':
      return `a statement: “${detail}”`;
    case 'unfinished':
      return 'cut at max tokens';
    case 'empty':
      return 'the model wrote nothing';
    case 'surplus':
      return 'the run had reached its target';
  }
}
