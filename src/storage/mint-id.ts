/** Ids of runs, finetunings, evaluations and plans. */
import { AppError } from '../core/errors';
import { evaluationId, planId, runId, trainingId } from '../core/ids';
import type { WriteTransaction } from './connection';

/** The form of the ids, and the setting that keeps the number given last: none is given twice. */
const NUMBERED = {
  runs: { idOf: runId, setting: 'store:last-run-number' },
  trainings: { idOf: trainingId, setting: 'store:last-training-number' },
  plans: { idOf: planId, setting: 'store:last-plan-number' },
  evaluations: { idOf: evaluationId, setting: 'store:last-evaluation-number' },
} as const;
type Numbered = typeof NUMBERED;

/**
 * The next id; ids sort in the order of their numbers, up to 9,999.
 * @param tx writes `store` and `settings`
 * @throws AppError storage-unavailable when the newest row has an id of another form
 */
export async function mintId<S extends keyof Numbered>(
  tx: WriteTransaction,
  store: S,
): Promise<{ readonly id: ReturnType<Numbered[S]['idOf']>; readonly number: number }> {
  const { idOf, setting } = NUMBERED[store];
  const given = Number((await tx.get('settings', setting)) ?? 0);
  // Rows of an import may lie under numbers without a record.
  const last = Number((await tx.lastKey(store))?.slice(1) ?? 0);
  const number = Math.max(given, last) + 1;
  if (!Number.isSafeInteger(number)) {
    throw new AppError({ kind: 'storage-unavailable', detail: `“${store}” holds an id of unknown form.` });
  }
  tx.put('settings', number, setting);
  return { id: idOf(number) as ReturnType<Numbered[S]['idOf']>, number };
}
