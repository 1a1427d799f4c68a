/** Reads of many tasks by id. */
import type { Task, TaskId } from '../core/task';

/** Tasks that are read, and perhaps written, in one step. */
const PAGE = 100;

/**
 * The tasks with these ids in the order of keys, page by page. One request reads many of them, with what lies between:
 * a request for each would leave as many objects to collect. `asked` counts the ids that were looked for.
 */
export async function* tasksWith(
  ids: readonly TaskId[],
  read: (range: IDBKeyRange, count: number) => Promise<Task[]>,
): AsyncGenerator<{ readonly tasks: readonly Task[]; readonly asked: number }> {
  const wanted = new Set(ids);
  const sorted = ids.toSorted();
  const last = sorted.at(-1) ?? '';
  let asked = 0;
  while (asked < sorted.length) {
    // Where few are left, little of what lies between is read.
    const count = Math.min(PAGE, 2 * (sorted.length - asked));
    const page = await read(IDBKeyRange.bound(sorted[asked], last), count);
    const end = page.length < count ? last : (page.at(-1)?.id ?? last);
    while (asked < sorted.length && (sorted[asked] ?? '') <= end) asked++;
    yield { tasks: page.filter(({ id }) => wanted.has(id)), asked };
  }
}
