/**
 * The order in which a candidate instruction is judged: parsing, rules, pool, target (paper, section 2.2). Used by a run
 * and by its replay under other switches.
 */
import type { CandidateDraft } from '../parse/instructions';
import type { Candidate } from '../task';
import { checkInstruction, type FilterOptions, type Objection } from './instruction-filters';

/** The objection of parsing or of a rule; null when the candidate must be compared with the pool. */
export const objectionTo = ({ text, reason }: CandidateDraft, options: FilterOptions): Objection | null =>
  reason ? { reason, detail: '' } : checkInstruction(text, options);

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
