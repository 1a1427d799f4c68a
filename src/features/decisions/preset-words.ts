/** Words for what the presets change, and for what no stored answer can tell. */
import { SWITCH_WORDS } from '../../ui/switch-words';
import type { Switches } from '../../core/run';
import type { Candidate, InstanceRejectReason } from '../../core/task';
import { INSTANCE_REASON_WORDS, REASON_WORDS } from '../../ui/verdict-words';

/** What a switch does with the value that it has here. */
export function valueWords(name: keyof Switches, switches: Switches | undefined): string {
  const texts: Readonly<Record<string, string>> = SWITCH_WORDS[name].values;
  return (switches && texts[switches[name]]) ?? '';
}

export const UNTOLD: Partial<Record<keyof Switches, string>> = {
  order: 'It decides what is asked when, so that a stopped run is usable.',
  exemplarPool:
    'It decides which tasks later prompts show. What the model would have answered to them, no stored answer tells.',
  stopAtSixteen: 'The answers were stopped early; the rest of them was never written.',
};

export const candidateVerdict = (verdict: Candidate['verdict']): string =>
  verdict === 'kept' ? 'Kept' : REASON_WORDS[verdict];
export const instanceVerdict = (verdict: 'kept' | InstanceRejectReason): string =>
  verdict === 'kept' ? 'Kept' : `Dropped: ${INSTANCE_REASON_WORDS[verdict]}`;
