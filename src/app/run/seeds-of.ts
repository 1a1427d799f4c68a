/** The seed tasks of a set, as a run takes them. */
import { AppError } from '../../core/errors';
import type { SeedTask } from '../../core/task';
import type { Services } from '../services';
import type { RunRequest } from './run-session.svelte';

/** @param id of a set that ships with the app, or of one of the user's. @throws AppError record-gone, model-file-missing */
export async function seedsOf(
  { builtInSeedSets, seedSets }: Services,
  id: string,
): Promise<Pick<RunRequest, 'seeds' | 'seedSet'>> {
  const builtIn = builtInSeedSets.find((set) => set.id === id);
  const own = builtIn ? undefined : (await seedSets.list()).find((set) => set.id === id);
  const name = builtIn?.name ?? own?.name;
  if (name === undefined) throw new AppError({ kind: 'record-gone', record: 'seed-set', id });
  const seeds: readonly SeedTask[] = builtIn ? await builtIn.load() : (own?.seeds ?? []);
  return { seeds, seedSet: { id, name, count: seeds.length } };
}
