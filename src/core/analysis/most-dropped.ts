/** Whether a run keeps little, and which rule drops most: from its counters, and for instances from its tasks. */
import type { RunProgress } from '../run';
import type { DroppedInstance, InstanceRejectReason, RejectReason, Task } from '../task';
import { funnel } from './funnel';

/** A run keeps little when fewer than this share of its judged candidates are accepted. */
const LITTLE = 0.25;
/** Fewer candidates say nothing yet. */
const LEAST_CANDIDATES = 20;
/** Fewer tasks say nothing yet; of more, half without instances are many. */
const LEAST_TASKS = 10;

/** The rule that drops most. */
export interface MostDropped<Reason extends string> {
  readonly reason: Reason;
  readonly dropped: number;
  /** All that were judged. */
  readonly judged: number;
  readonly kept: number;
}

/** The rule that rejects most candidates of a run that accepts few; null when it accepts enough, or it is too early. */
export function mostRejected(progress: RunProgress): MostDropped<RejectReason> | null {
  const { candidates, steps, kept } = funnel(progress);
  // What came after the target was reached was as good as the rest.
  const judged = candidates - (progress.rejected.surplus ?? 0);
  if (judged < LEAST_CANDIDATES || kept >= LITTLE * judged) return null;
  const [most] = steps.filter(({ reason }) => reason !== 'surplus').sort((a, b) => b.rejected - a.rejected);
  return most ? { reason: most.reason, dropped: most.rejected, judged, kept } : null;
}

/** Whether most tasks of the run are left without a row. */
export const hasFewInstances = ({ completed, instances }: RunProgress): boolean =>
  completed >= LEAST_TASKS && instances < completed / 2;

/** Counts why instances of tasks were dropped, with the first ones of each reason. */
export class DroppedInstances {
  readonly #found = new Map<InstanceRejectReason, { dropped: number; readonly first: DroppedInstance[] }>();
  #kept = 0;
  #dropped = 0;

  /** @param shown instances that are kept of each reason */
  constructor(private readonly shown: number) {}

  add(task: Task): void {
    if (task.origin === 'seed' || task.stage !== 'complete') return;
    this.#kept += task.instances.length;
    for (const instance of task.dropped) {
      const of = this.#found.get(instance.reason) ?? { dropped: 0, first: [] };
      of.dropped++;
      this.#dropped++;
      if (of.first.length < this.shown) of.first.push(instance);
      this.#found.set(instance.reason, of);
    }
  }
  /** Null when none was dropped. */
  get most(): (MostDropped<InstanceRejectReason> & { readonly first: readonly DroppedInstance[] }) | null {
    const [most] = [...this.#found].sort(([, a], [, b]) => b.dropped - a.dropped);
    if (!most) return null;
    const [reason, { dropped, first }] = most;
    return { reason, dropped, judged: this.#kept + this.#dropped, kept: this.#kept, first };
  }
}
