/** What is stored of plans: their records. What their stages make is stored by the stores of that. */
import type { NewPlan, PlanRecord } from './plan';

/**
 * Every method is one transaction. A record is changed as it is stored at that moment. Runs, finetunings and evaluations
 * write the id that they get into the plan themselves, see `PlanPlace`.
 * @throws AppError storage-full, storage-unavailable, storage-too-new; record-gone when a change finds no such plan
 */
export interface PlanStore {
  /** Newest first. */
  list(): Promise<readonly PlanRecord[]>;
  get(id: string): Promise<PlanRecord | undefined>;
  /** Gives the plan its id. */
  create(plan: NewPlan): Promise<PlanRecord>;
  /** @param change may be called again. @returns the record as it is now */
  change(id: string, change: (plan: PlanRecord) => PlanRecord): Promise<PlanRecord>;
  /** Removes the plan; what its stages made stays. */
  delete(id: string): Promise<void>;
  /** Called with the ids of plans that any tab changed. Returns a function that removes the listener. */
  watch(listener: (ids: ReadonlySet<string>) => void): () => void;
}
