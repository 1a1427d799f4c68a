/** The user's seed sets in IndexedDB. */
import { AppError } from '../core/errors';
import type { SeedSet, SeedStore } from '../core/dataset/seed-store';
import type { ChangedKeys } from './change-notices';
import { IdbStore } from './idb-store';

export class IdbSeedStore extends IdbStore implements SeedStore {
  list(): Promise<readonly SeedSet[]> {
    return this.connection.getAll('seedSets');
  }

  create(set: Omit<SeedSet, 'id'>): Promise<SeedSet> {
    return this.connection.write(['seedSets'], 'strict', async (tx) => {
      let id = `own-${set.updatedAt}`;
      for (let n = 2; await tx.get('seedSets', id); n++) id = `own-${set.updatedAt}-${n}`;
      const created = { ...set, id, version: 1 };
      tx.put('seedSets', created);
      return created;
    });
  }

  async change(id: string, change: (set: SeedSet) => SeedSet): Promise<SeedSet> {
    const stored = await this.connection.change('seedSets', id, (before) => {
      const after = before && change(before);
      return after === before ? before : after && { ...after, version: versionOf(before) + 1 };
    });
    if (!stored) throw new AppError({ kind: 'record-gone', record: 'seed-set', id });
    return stored;
  }

  async restore(set: SeedSet): Promise<void> {
    await this.connection.change('seedSets', set.id, (before) => before ?? set);
  }

  async remove(id: string, version?: number): Promise<SeedSet | undefined> {
    let removed: SeedSet | undefined;
    await this.connection.change('seedSets', id, (before) => {
      removed = version === undefined || versionOf(before) === version ? before : undefined;
      return removed ? undefined : before;
    });
    return removed;
  }

  protected override changed(changed: ChangedKeys, elsewhere: boolean): void {
    if (elsewhere && changed.has('seedSets')) this.listeners.notify();
  }
}

const versionOf = (set: SeedSet | undefined): number => set?.version ?? 0;
