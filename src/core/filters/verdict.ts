/**
 * The order in which a candidate instruction is judged: parsing, the rules, the pool, the target (paper, section 2.2).
 * A run and its replay under other switches both judge by it.
 */
import type { CandidateDraft } from '../parse/instructions';
import type { Switches } from '../run';
import type { Candidate } from '../task';
import { checkInstruction, type Objection } from './instruction-filters';

/** What parsing or a rule has against a candidate; null when it must be compared with the pool. */
export const objectionTo = (
  { text, reason }: CandidateDraft,
  { similarityTokens }: Pick<Switches, 'similarityTokens'>,
): Objection | null =>
  reason ? { reason, detail: '' } : checkInstruction(text, { anyLanguage: similarityTokens === 'unicode' });

/**
 * @param similar whether a member of the pool is too similar; false when nothing was compared because of an objection
 * @param full whether the target is reached
 */
export function verdictOf(
  objection: Objection | null,
  similar: boolean,
  full: boolean,
): Pick<Candidate, 'verdict' | 'detail'> {
  if (objection) return { verdict: objection.reason, detail: objection.detail };
  if (similar) return { verdict: 'too-similar', detail: '' };
  return { verdict: full ? 'surplus' : 'kept', detail: '' };
}
