/** Trainings and their checkpoints in IndexedDB. A record and the checkpoint of its step are written together. */
import { AppError } from '../core/errors';
import type { TrainingCheckpoint, TrainingRecord } from '../core/training/training';
import type { TrainingStore } from '../core/training/training-store';
import { Connection } from './connection';

/** Number of the training made last, so that an id is never given twice. */
const LAST_NUMBER = 'store:last-training-number';

export class IdbTrainingStore implements TrainingStore {
  readonly #connection: Connection;
  readonly #listeners = new Set<() => void>();

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
      const given = Number((await tx.get('settings', LAST_NUMBER)) ?? 0);
      const last = Number((await tx.lastKey('trainings'))?.slice(1) ?? 0);
      const number = Math.max(given, last) + 1;
      if (!Number.isSafeInteger(number)) {
        throw new AppError({ kind: 'storage-unavailable', detail: 'a training has an id that is not ours' });
      }
      // Ids sort as they were made.
      const created = { ...training, id: `t${String(number).padStart(4, '0')}` };
      tx.put('settings', number, LAST_NUMBER);
      tx.put('trainings', created);
      return created;
    });
    this.#tell();
    return record;
  }

  async save(record: TrainingRecord, checkpoint?: TrainingCheckpoint): Promise<void> {
    await this.#connection.write(['trainings', 'checkpoints'], 'strict', (tx) => {
      tx.put('trainings', record);
      if (checkpoint) tx.put('checkpoints', { ...checkpoint, trainingId: record.id });
    });
    this.#tell();
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
    this.#tell();
  }

  async delete(id: string): Promise<void> {
    await this.#connection.write(['trainings', 'checkpoints'], 'strict', (tx) => {
      tx.delete('trainings', id);
      tx.delete('checkpoints', id);
    });
    this.#tell();
  }

  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Closes the handle; the next use opens it again. */
  close(): void {
    this.#connection.close();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
