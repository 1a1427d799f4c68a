/** What is stored of trainings: their records, and the newest checkpoint of each that is not finished. */
import type { PlanPlace } from '../plan/plan';
import type { TrainingCheckpoint, TrainingRecord } from './training';

/**
 * Every method is one transaction. A record is changed as it is stored at that moment, so that nothing that another tab
 * wrote is put back.
 * @throws AppError storage-full, storage-unavailable, storage-too-new; record-gone when a change finds no such training
 */
export interface TrainingStore {
  /** Newest first, without checkpoints. */
  list(): Promise<readonly TrainingRecord[]>;
  get(id: string): Promise<TrainingRecord | undefined>;
  /** Gives the training its id. @param planned the stage of a plan that it is made for; its id is written there too */
  create(training: Omit<TrainingRecord, 'id'>, planned?: PlanPlace): Promise<TrainingRecord>;
  /**
   * @param change of the record as it is stored; may be called again
   * @param checkpoint the one that belongs to its step, written with it
   * @returns the record as it is now
   */
  change(
    id: string,
    change: (record: TrainingRecord) => TrainingRecord,
    checkpoint?: TrainingCheckpoint,
  ): Promise<TrainingRecord>;
  checkpoint(id: string): Promise<TrainingCheckpoint | undefined>;
  /** Changes the record of a training that is finished, and deletes its checkpoint. */
  finish(id: string, change: (record: TrainingRecord) => TrainingRecord): Promise<TrainingRecord>;
  /** Removes record and checkpoint. */
  delete(id: string): Promise<void>;
  /** Called with the ids of trainings that any tab changed. Returns a function that removes the listener. */
  watch(listener: (ids: ReadonlySet<string>) => void): () => void;
}
