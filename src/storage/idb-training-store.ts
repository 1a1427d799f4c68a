/** Trainings and their checkpoints in IndexedDB. A record and the checkpoint of its step are written together. */
import type { TrainingCheckpoint, TrainingRecord } from '../core/training/training';
import type { TrainingStore } from '../core/training/training-store';
import type { ChangedKeys } from './change-notices';
import { IdbStore } from './idb-store';
import { mintId } from './mint-id';

export class IdbTrainingStore extends IdbStore implements TrainingStore {
  async list(): Promise<readonly TrainingRecord[]> {
    return (await this.connection.getAll('trainings')).reverse();
  }

  get(id: string): Promise<TrainingRecord | undefined> {
    return this.connection.get('trainings', id);
  }

  create(training: Omit<TrainingRecord, 'id'>): Promise<TrainingRecord> {
    return this.connection.write(['trainings', 'settings'], 'strict', async (tx) => {
      const { id } = await mintId(tx, 'trainings');
      const created = { ...training, id };
      tx.put('trainings', created);
      return created;
    });
  }

  async save(record: TrainingRecord, checkpoint?: TrainingCheckpoint): Promise<void> {
    await this.connection.write(['trainings', 'checkpoints'], 'strict', (tx) => {
      tx.put('trainings', record);
      if (checkpoint) tx.put('checkpoints', { ...checkpoint, trainingId: record.id });
    });
  }

  async checkpoint(id: string): Promise<TrainingCheckpoint | undefined> {
    const stored = await this.connection.get('checkpoints', id);
    return stored && { step: stored.step, bytes: stored.bytes };
  }

  async finish(record: TrainingRecord): Promise<void> {
    await this.connection.write(['trainings', 'checkpoints'], 'strict', (tx) => {
      tx.put('trainings', record);
      tx.delete('checkpoints', record.id);
    });
  }

  async delete(id: string): Promise<void> {
    await this.connection.write(['trainings', 'checkpoints'], 'strict', (tx) => {
      tx.delete('trainings', id);
      tx.delete('checkpoints', id);
    });
  }

  protected override changed(changed: ChangedKeys): void {
    if (changed.has('trainings')) this.listeners.notify();
  }
}
