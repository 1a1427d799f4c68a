/** Trainings and their checkpoints in IndexedDB. A record and the checkpoint of its step are written together. */
import type { TrainingCheckpoint, TrainingRecord } from '../core/training/training';
import type { TrainingStore } from '../core/training/training-store';
import { Listeners } from '../core/listeners';
import { Connection } from './connection';
import { mintId } from './mint-id';

export class IdbTrainingStore implements TrainingStore {
  readonly #connection: Connection;
  readonly #listeners = new Listeners();

  /** @param connection shared with other stores; by default one of its own. */
  constructor(connection = new Connection()) {
    this.#connection = connection;
  }

  async list(): Promise<readonly TrainingRecord[]> {
    const records = await this.#connection.read(['trainings'], (tx) => tx.objectStore('trainings').getAll());
    return records.reverse();
  }

  get(id: string): Promise<TrainingRecord | undefined> {
    return this.#connection.read(['trainings'], (tx) => tx.objectStore('trainings').get(id));
  }

  async create(training: Omit<TrainingRecord, 'id'>): Promise<TrainingRecord> {
    const record = await this.#connection.write(['trainings', 'settings'], 'strict', async (tx) => {
      const { id } = await mintId(tx, 'trainings');
      const created = { ...training, id };
      tx.put('trainings', created);
      return created;
    });
    this.#listeners.notify();
    return record;
  }

  async save(record: TrainingRecord, checkpoint?: TrainingCheckpoint): Promise<void> {
    await this.#connection.write(['trainings', 'checkpoints'], 'strict', (tx) => {
      tx.put('trainings', record);
      if (checkpoint) tx.put('checkpoints', { ...checkpoint, trainingId: record.id });
    });
    this.#listeners.notify();
  }

  async checkpoint(id: string): Promise<TrainingCheckpoint | undefined> {
    const stored = await this.#connection.read(['checkpoints'], (tx) =>
      tx.objectStore('checkpoints').get(id),
    );
    return stored && { step: stored.step, bytes: stored.bytes };
  }

  async finish(record: TrainingRecord): Promise<void> {
    await this.#connection.write(['trainings', 'checkpoints'], 'strict', (tx) => {
      tx.put('trainings', record);
      tx.delete('checkpoints', record.id);
    });
    this.#listeners.notify();
  }

  async delete(id: string): Promise<void> {
    await this.#connection.write(['trainings', 'checkpoints'], 'strict', (tx) => {
      tx.delete('trainings', id);
      tx.delete('checkpoints', id);
    });
    this.#listeners.notify();
  }

  watch(listener: () => void): () => void {
    return this.#listeners.add(listener);
  }

  /** Closes the handle; the next use opens it again. */
  close(): void {
    this.#connection.close();
  }
}
