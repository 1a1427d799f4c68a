/** What is stored of seed sets. The two built-in sets are files, not rows. */
import type { SeedTask } from '../task';

/** A set of seed tasks that the user made or changed. */
export interface SeedSet {
  readonly id: string;
  readonly name: string;
  readonly seeds: readonly SeedTask[];
  /** Milliseconds since 1970. */
  readonly updatedAt: number;
  /** Grows with each change. Absent in old sets. */
  readonly version?: number;
}

/**
 * Every method is one transaction. A set is changed as it is stored at that moment: several tabs may change one set.
 * @throws AppError storage-full, storage-unavailable, storage-too-new
 */
export interface SeedStore {
  list(): Promise<readonly SeedSet[]>;
  /** Gives the set an id that no other has. */
  create(set: Omit<SeedSet, 'id'>): Promise<SeedSet>;
  /**
   * @param change of the set as it is stored; the same object leaves it as it is; may be called again
   * @returns the set as it is now
   * @throws AppError record-gone
   */
  change(id: string, change: (set: SeedSet) => SeedSet): Promise<SeedSet>;
  /** Brings back a set that was removed; one that is there stays as it is. */
  restore(set: SeedSet): Promise<void>;
  /** @param version removes the set only if it is still of this version. @returns what was removed */
  remove(id: string, version?: number): Promise<SeedSet | undefined>;
  /** Called after each change by another tab. Returns a function that removes the listener. */
  watch(listener: () => void): () => void;
}
