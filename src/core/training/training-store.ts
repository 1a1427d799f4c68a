/** What is stored of trainings: their records, and the newest checkpoint of each that is not finished. */
import type { TrainingCheckpoint, TrainingRecord } from './training';

/**
 * Every method is one transaction.
 * @throws AppError storage-full, storage-unavailable, storage-too-new
 */
export interface TrainingStore {
  /** Newest first, without checkpoints. */
  list(): Promise<readonly TrainingRecord[]>;
  get(id: string): Promise<TrainingRecord | undefined>;
  /** Gives the training its id. */
  create(training: Omit<TrainingRecord, 'id'>): Promise<TrainingRecord>;
  /** Writes the record, and with it the checkpoint that belongs to its step. */
  save(record: TrainingRecord, checkpoint?: TrainingCheckpoint): Promise<void>;
  checkpoint(id: string): Promise<TrainingCheckpoint | undefined>;
  /** Writes the record of a training that is over; its checkpoint goes. */
  finish(record: TrainingRecord): Promise<void>;
  /** Removes record and checkpoint. */
  delete(id: string): Promise<void>;
  /** Told after each change made by this page. Returns the way to stop listening. */
  watch(listener: () => void): () => void;
}
