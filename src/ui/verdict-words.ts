/** What the rules are called on screens. */
import type { Candidate, InstanceRejectReason, RejectReason } from '../core/task';

export const REASON_WORDS: Readonly<Record<RejectReason, string>> = {
  unfinished: 'Unfinished',
  empty: 'Empty',
  'too-short': 'Too short',
  'too-long': 'Too long',
  'blocked-word': 'Blocked word',
  'asks-for-program': 'Asks for a program',
  'starts-with-punctuation': 'Starts with a mark',
  'non-ascii-start': 'Non-ASCII start',
  'too-similar': 'Too similar',
  surplus: 'Past the target',
};
export const INSTANCE_REASON_WORDS: Readonly<Record<InstanceRejectReason, string>> = {
  unfinished: 'cut by length',
  'empty-output': 'no output',
  'input-equals-output': 'input equals output',
  'trailing-colon': 'ends with a colon',
  contradiction: 'same input, two outputs',
  duplicate: 'stands twice',
  'over-limit': 'more than five',
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
      return `${detail} ${detail === '1' ? 'word' : 'words'}`;
    case 'blocked-word':
      return `the word “${detail}”`;
    case 'asks-for-program':
      return `starts with “${detail}”`;
    case 'starts-with-punctuation':
    case 'non-ascii-start':
      return `starts with “${detail}”`;
    case 'unfinished':
      return 'cut at the length limit';
    case 'empty':
      return 'the model wrote nothing';
    case 'surplus':
      return 'the target was reached';
  }
}
