/** What the Pool screen calls the things that can be chosen in its filter. */
import type { Facet } from './pool-query';
import { REASON_WORDS } from '../../ui/verdict-words';

const STAGE_WORDS = {
  instruction: 'Instruction only',
  identified: 'Type identified',
  complete: 'Complete, with instances',
} as const;
const TYPE_WORDS = { classification: 'Classification', open: 'Open' } as const;

export function facetWords(facet: Facet): string {
  switch (facet.kind) {
    case 'stages':
      return STAGE_WORDS[facet.value];
    case 'types':
      return TYPE_WORDS[facet.value];
    case 'reasons':
      return REASON_WORDS[facet.value];
    case 'edited':
      return 'Edited by a person';
  }
}
export const FACET_GROUPS: readonly { readonly kind: Facet['kind']; readonly label: string }[] = [
  { kind: 'stages', label: 'Stage' },
  { kind: 'types', label: 'Type' },
  { kind: 'edited', label: 'Changes' },
  { kind: 'reasons', label: 'Reason' },
];
