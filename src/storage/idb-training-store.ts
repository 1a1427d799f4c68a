/** Trainings and their checkpoints in IndexedDB. A record and the checkpoint of its step are written together. */
import { AppError } from '../core/errors';
import type { PlanPlace } from '../core/plan/plan';
import type { TrainingCheckpoint, TrainingRecord } from '../core/training/training';
import type { TrainingStore } from '../core/training/training-store';
import type { ChangedKeys } from './change-notices';
import type { WriteTransaction } from './connection';
import { madeFor } from './idb-plan-store';
import { IdbStore } from './idb-store';
import { mintId } from './mint-id';

type Change = (record: TrainingRecord) => TrainingRecord;

export class IdbTrainingStore extends IdbStore<[ReadonlySet<string>]> implements TrainingStore {
  async list(): Promise<readonly TrainingRecord[]> {
    return (await this.connection.getAll('trainings')).reverse();
  }

  get(id: string): Promise<TrainingRecord | undefined> {
    return this.connection.get('trainings', id);
  }

  create(training: Omit<TrainingRecord, 'id'>, planned?: PlanPlace): Promise<TrainingRecord> {
    return this.connection.write(['trainings', 'settings', 'plans'], 'strict', async (tx) => {
      const { id } = await mintId(tx, 'trainings');
      const created = { ...training, id };
      tx.put('trainings', created);
      await madeFor(tx, planned, id);
      return created;
    });
  }

  change(id: string, change: Change, checkpoint?: TrainingCheckpoint): Promise<TrainingRecord> {
    return this.connection.write(['trainings', 'checkpoints'], 'strict', async (tx) => {
      const record = await changeStored(tx, id, change);
      if (checkpoint) tx.put('checkpoints', { ...checkpoint, trainingId: id });
      return record;
    });
  }

  async checkpoint(id: string): Promise<TrainingCheckpoint | undefined> {
    const stored = await this.connection.get('checkpoints', id);
    if (!stored) return undefined;
    const { trainingId: _, ...checkpoint } = stored;
    return checkpoint;
  }

  finish(id: string, change: Change): Promise<TrainingRecord> {
    return this.connection.write(['trainings', 'checkpoints'], 'strict', async (tx) => {
      const record = await changeStored(tx, id, change);
      tx.delete('checkpoints', id);
      return record;
    });
  }

  async delete(id: string): Promise<void> {
    await this.connection.write(['trainings', 'checkpoints'], 'strict', (tx) => {
      tx.delete('trainings', id);
      tx.delete('checkpoints', id);
    });
  }

  protected override changed(changed: ChangedKeys): void {
    const ids = changed.get('trainings');
    if (ids) this.listeners.notify(ids);
  }
}

/** @throws AppError record-gone */
async function changeStored(tx: WriteTransaction, id: string, change: Change): Promise<TrainingRecord> {
  const record = await tx.change('trainings', id, (before) => before && change(before));
  if (!record) throw new AppError({ kind: 'record-gone', record: 'finetuning', id });
  return record;
}
