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
  /** Writes the record of a finished training and deletes its checkpoint. */
  finish(record: TrainingRecord): Promise<void>;
  /** Removes record and checkpoint. */
  delete(id: string): Promise<void>;
  /** Called after each change by this page. Returns a function that removes the listener. */
  watch(listener: () => void): () => void;
}
