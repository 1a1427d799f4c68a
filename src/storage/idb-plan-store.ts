/** Plans in IndexedDB. */
import { AppError } from '../core/errors';
import { begun, type NewPlan, type PlanPlace, type PlanRecord, withStage } from '../core/plan/plan';
import type { PlanStore } from '../core/plan/plan-store';
import type { ChangedKeys } from './change-notices';
import type { WriteTransaction } from './connection';
import { IdbStore } from './idb-store';
import { mintId } from './mint-id';

type Change = (plan: PlanRecord) => PlanRecord;

export class IdbPlanStore extends IdbStore<[ReadonlySet<string>]> implements PlanStore {
  async list(): Promise<readonly PlanRecord[]> {
    return (await this.connection.getAll('plans')).reverse();
  }

  get(id: string): Promise<PlanRecord | undefined> {
    return this.connection.get('plans', id);
  }

  create(plan: NewPlan): Promise<PlanRecord> {
    return this.connection.write(['plans', 'settings'], 'strict', async (tx) => {
      const { id } = await mintId(tx, 'plans');
      const created = begun(plan, id);
      tx.put('plans', created);
      return created;
    });
  }

  change(id: string, change: Change): Promise<PlanRecord> {
    return this.connection.write(['plans'], 'strict', (tx) => changeStored(tx, id, change));
  }

  async delete(id: string): Promise<void> {
    await this.connection.write(['plans'], 'strict', (tx) => tx.delete('plans', id));
  }

  protected override changed(changed: ChangedKeys): void {
    const ids = changed.get('plans');
    if (ids) this.listeners.notify(ids);
  }
}

/**
 * Writes into a plan what one of its stages made, in the transaction that makes it. Nothing without a plan.
 * @param tx writes `plans`
 * @throws AppError record-gone, which ends the transaction
 */
export async function madeFor(
  tx: WriteTransaction,
  place: PlanPlace | undefined,
  made: string,
): Promise<void> {
  if (!place) return;
  await changeStored(tx, place.planId, (plan) =>
    withStage(plan, place.stage, (stage) => ({ ...stage, made })),
  );
}

/** @throws AppError record-gone */
async function changeStored(tx: WriteTransaction, id: string, change: Change): Promise<PlanRecord> {
  const plan = await tx.change('plans', id, (before) => before && change(before));
  if (!plan) throw new AppError({ kind: 'record-gone', record: 'plan', id });
  return plan;
}
