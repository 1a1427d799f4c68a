/** Where candidates go: what each rule, in the order in which they are asked, takes and leaves. */
import type { RunProgress } from '../run';
import { REJECT_REASONS, type RejectReason } from '../task';

/** Candidates before and after one rule. */
export interface FunnelStep {
  readonly reason: RejectReason;
  readonly rejected: number;
  /** Candidates that passed this rule and all before it. */
  readonly left: number;
}
/** How many candidates each rule rejected, in the order in which the rules are asked. */
export interface Funnel {
  readonly candidates: number;
  /** Rules that rejected something. */
  readonly steps: readonly FunnelStep[];
  readonly kept: number;
  /** Kept instructions with type and instances. */
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
