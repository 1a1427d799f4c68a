/** The newest plans on this device, as any tab changes them, and the one that this tab works on. Light: every screen has it. */
import { type Failure, failureOf } from '../../core/errors';
import { nextStage, type PlanKind, type PlanRecord } from '../../core/plan/plan';
import type { PlanProgress } from '../../core/plan/plan-progress';
import type { Services } from '../services';

/** A tab that dies says nothing: while another tab works on a plan, its lock is looked at this often. */
const LOOK_MS = 2_000;

/** What the session of this tab tells of itself on all screens. */
export interface PlanWork {
  readonly active: boolean;
  /** Null when nothing is open, or all of it is finished. */
  readonly progress: PlanProgress | null;
}

export class PlanList {
  /** Newest first. */
  plans = $state.raw<readonly PlanRecord[]>([]);
  /** The newest plan that stopped before its end, if there is one, and whether another tab works on it. */
  unfinished = $state.raw<{ readonly plan: PlanRecord; readonly elsewhere: boolean } | null>(null);
  /** The session of this tab; null before it is first needed. */
  work = $state.raw<PlanWork | null>(null);
  failure = $state.raw<Failure | null>(null);
  #looking = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly services: Pick<Services, 'plans' | 'locks'>) {
    services.plans.watch(() => void this.refresh());
  }

  /** Newest first. */
  of(kind: PlanKind): readonly PlanRecord[] {
    return this.plans.filter((plan) => plan.kind === kind);
  }

  async refresh(): Promise<void> {
    const look = ++this.#looking;
    try {
      const plans = await this.services.plans.list();
      const plan = plans.find((one) => nextStage(one));
      const elsewhere = plan && (await this.services.locks.holder('plan', plan.id)) === 'elsewhere';
      if (look !== this.#looking) return;
      this.plans = plans;
      this.unfinished = plan ? { plan, elsewhere: elsewhere === true } : null;
      this.failure = null;
    } catch (error) {
      if (look === this.#looking) this.failure = failureOf(error);
    }
    clearTimeout(this.#timer);
    if (this.unfinished?.elsewhere === true) this.#timer = setTimeout(() => void this.refresh(), LOOK_MS);
  }
}
