/** Changes of a seed set by task, so that what one tab changes does not undo what another one did meanwhile. */
import type { SeedTask } from '../task';
import { freeIdAmong } from './seed-file';

/** One task before and after a change. */
export interface SeedChange {
  /** As it was when the change began; null adds a task. */
  readonly before: SeedTask | null;
  /** Null removes it. */
  readonly after: SeedTask | null;
  /** Where an added task is put; at the top without it. */
  readonly place?: number;
}
export type SeedOutcome =
  | {
      readonly kind: 'changed';
      readonly seeds: readonly SeedTask[];
      /** The change as it was made: an added task may have got another id. */
      readonly made: SeedChange;
    }
  /** The task is not as it was when the change began: someone else changed or removed it. */
  | { readonly kind: 'conflict' };

/** Whether two tasks are the same to the letter. */
export const isSameSeed = (a: SeedTask, b: SeedTask): boolean => a === b || textOf(a) === textOf(b);
const textOf = ({ id, name, instruction, isClassification, instances, extra }: SeedTask): string =>
  JSON.stringify([
    id,
    name,
    instruction,
    isClassification,
    instances.map(({ input, output }) => [input, output]),
    extra,
  ]);

export function changeSeed(seeds: readonly SeedTask[], change: SeedChange): SeedOutcome {
  const { before, after, place = 0 } = change;
  if (!before) {
    if (!after) return { kind: 'changed', seeds, made: change };
    const added = {
      ...after,
      id: freeIdAmong(
        after.id,
        seeds.map(({ id }) => id),
      ),
    };
    return { kind: 'changed', seeds: seeds.toSpliced(place, 0, added), made: { ...change, after: added } };
  }
  const at = seeds.findIndex(({ id }) => id === before.id);
  const stored = seeds[at];
  // Another tab made the same change.
  if (stored && after ? isSameSeed(stored, after) : !stored && !after)
    return { kind: 'changed', seeds, made: change };
  if (!stored || !isSameSeed(stored, before)) return { kind: 'conflict' };
  const rest = after ? seeds.with(at, after) : seeds.toSpliced(at, 1);
  return { kind: 'changed', seeds: rest, made: { ...change, place: at } };
}
/** The change that takes another one back. */
export const reversed = ({ before, after, place }: SeedChange): SeedChange => ({
  before: after,
  after: before,
  ...(place === undefined ? {} : { place }),
});
