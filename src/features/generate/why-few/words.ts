/** Why a run keeps little: all that a user reads of it. */
import type { Remedy } from '../../../core/decisions/remedy';
import type { InstanceRejectReason, RejectReason } from '../../../core/task';
import { count, counted, decimal } from '../../../ui/format';
import { STAGE_WORDS } from '../../../ui/run-words';
import { SWITCH_WORDS } from '../../../ui/switch-words';
import { INSTANCE_REASON_WORDS, REASON_WORDS } from '../../../ui/verdict-words';

const larger = 'A larger model, chosen on the Models screen, does so less often.';
const asInPaper = 'The rule is the paper\u2019s, and no switch changes it.';
const candidates: Readonly<Record<RejectReason, string>> = {
  unfinished: 'The completions end at max tokens before their last task is whole.',
  empty: `The model continues the list with nothing that can be read. ${larger}`,
  'too-short': `A task needs at least four words. ${asInPaper} ${larger}`,
  'too-long': `A task has at most 150 words: the model writes something else than a list, or its list is not split. ${larger}`,
  'blocked-word': 'The list of blocked words decides; it can be edited where a new run is set up.',
  'asks-for-program': asInPaper,
  'starts-with-punctuation': `The model writes another kind of list. ${asInPaper} ${larger}`,
  'non-ascii-start': 'Tasks in other alphabets are accepted in runs of any language.',
  statement: 'A filter of our own rejects candidates that neither ask nor order.',
  'too-similar':
    'The model repeats what is in the pool. More seed tasks or a higher temperature give more variety; a higher threshold accepts more of it.',
  surplus: '',
};
const instances: Readonly<Record<InstanceRejectReason, string>> = {
  unfinished: 'The completions end at max tokens before their instance is whole.',
  'no-mark': 'The public code drops completions that have neither of its marks.',
  'empty-output': `The model writes an input without an output. ${larger}`,
  'input-equals-output': `The model copies the input. ${larger}`,
  'trailing-colon': `The model stops where something should follow. ${larger}`,
  'repeats-instruction': 'A filter of our own drops outputs that only repeat their instruction.',
  contradiction: 'The model gives one input several outputs.',
  duplicate: `The model writes the same instance again. ${larger}`,
  'over-limit': 'A task has at most five instances, as in the paper.',
};

export const WORDS = {
  title: 'Why so few',
  rejected: (reason: RejectReason, dropped: number, judged: number, kept: number): string =>
    `${counted(kept, 'candidate')} of ${count(judged)} ${kept === 1 ? 'is' : 'are'} accepted. \u201c${REASON_WORDS[reason]}\u201d rejects most: ${count(dropped)}.`,
  dropped: (reason: InstanceRejectReason, dropped: number, judged: number, kept: number): string =>
    `${counted(kept, 'instance')} of ${count(judged)} ${kept === 1 ? 'is' : 'are'} kept. Most are dropped as \u201c${INSTANCE_REASON_WORDS[reason]}\u201d: ${count(dropped)}.`,
  candidates,
  instances,
  examples: 'Examples',
  nothing: '(nothing)',
  remedy: (remedy: Remedy): string => {
    switch (remedy.kind) {
      case 'switch': {
        const { title, values } = SWITCH_WORDS[remedy.name];
        return `${title}: ${(values as Readonly<Record<string, string>>)[remedy.value] ?? remedy.value}`;
      }
      case 'threshold':
        return `ROUGE-L threshold: ${decimal(remedy.value, 2)}`;
      case 'max-tokens':
        return `${STAGE_WORDS[remedy.stage]}: ${counted(remedy.value, 'token')} at most`;
    }
  },
  would: 'What would change it:',
  use: 'Change it for the next run',
  used: 'Changed for the next run.',
  undo: 'Undo',
  all: 'See every decision',
} as const;
