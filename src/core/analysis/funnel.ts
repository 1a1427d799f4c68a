/** How many candidates each rule rejects and passes on, in the order of the rules. */
import type { RunProgress } from '../run';
import { REJECT_REASONS, type RejectReason } from '../task';

/** Candidates before and after one rule. */
export interface FunnelStep {
  readonly reason: RejectReason;
  readonly rejected: number;
  /** Candidates that passed this rule and all before it. */
  readonly left: number;
}
/** How many candidates each rule rejected, in the order of the rules. */
export interface Funnel {
  readonly candidates: number;
  /** Rules that rejected something. */
  readonly steps: readonly FunnelStep[];
  readonly kept: number;
  /** Accepted instructions with type and instances. */
  readonly complete: number;
}

/** The funnel of a run, from its counters alone: no row is read. */
export function funnel({ kept, rejected, completed }: RunProgress): Funnel {
  const candidates = REJECT_REASONS.reduce((sum, reason) => sum + (rejected[reason] ?? 0), kept);
  const steps: FunnelStep[] = [];
  let left = candidates;
  for (const reason of REJECT_REASONS) {
    const here = rejected[reason] ?? 0;
    if (here === 0) continue;
    left -= here;
    steps.push({ reason, rejected: here, left });
  }
  return { candidates, steps, kept, complete: completed };
}
