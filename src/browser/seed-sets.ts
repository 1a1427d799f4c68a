/** The seed sets that ship with the app: files, fetched when they are needed. */
import paperUrl from '../../seeds/seed_tasks.jsonl?url';
import simpleUrl from '../../seeds/simple_seed_tasks.jsonl?url';
import simpleHeldOutUrl from '../../seeds/simple_user_tasks.jsonl?url';
import heldOutUrl from '../../seeds/user_tasks.jsonl?url';
import { readSeedFile } from '../core/dataset/seed-file';
import type { SeedTask } from '../core/task';
import { appFile } from '../io/app-file';
import type { BuiltInSeedSet, HeldOutSet } from '../app/services';
import { WORDS } from './words';

async function fetchSeeds(url: string): Promise<readonly SeedTask[]> {
  return readSeedFile(await appFile(url, (response) => response.text())).seeds;
}

export const BUILT_IN_SEED_SETS: readonly BuiltInSeedSet[] = [
  {
    id: 'simple',
    name: WORDS.sets.simple.name,
    note: WORDS.sets.simple.about,
    count: 60,
    load: () => fetchSeeds(simpleUrl),
  },
  {
    id: 'paper',
    name: WORDS.sets.paper.name,
    note: WORDS.sets.paper.about,
    count: 175,
    load: () => fetchSeeds(paperUrl),
  },
];

/** For evaluation only: never exemplars. */
export const HELD_OUT_SETS: readonly HeldOutSet[] = [
  {
    id: 'simple',
    name: WORDS.sets.heldOutSimple,
    count: 150,
    load: () => fetchSeeds(simpleHeldOutUrl),
  },
  { id: 'paper', name: WORDS.sets.heldOutPaper, count: 252, load: () => fetchSeeds(heldOutUrl) },
];
