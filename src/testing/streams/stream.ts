/**
 * Two to five tabs as a seeded stream of operations over one database. After each round, what the tabs were told and what
 * is stored must be what some order of the round's operations gives, by the model of the truth. Tabs are documents of
 * their own; some are closed in the middle of an operation, which then was done as a whole or not at all.
 */
import { Random } from '../../core/random';
import { dump, openRaw } from '../raw-database';
import { drawOperation } from './draw';
import { LOCKED, type Operation, type Result } from './operations';
import type { TabWindow } from './tab-page';
import { apply, emptyTruth, type Truth } from './truth';
import { orphans, viewOf } from './view';

/** How old a tab's view may be, in rounds. */
const OLDEST = 6;
/** One of so many operations is cut by closing its tab. */
const CLOSE_EVERY = 60;

interface Done {
  readonly tab: number;
  readonly operation: Operation;
  /** Null when its tab was closed before it was told. */
  readonly result: Result | null;
}
export interface StreamFigures {
  operations: number;
  rounds: number;
  closed: number;
  /** Operations that were refused: gone, locked, or in conflict with another tab. */
  refused: number;
}

/**
 * @param careless tabs write whole seed sets as they have seen them last: the control, which must be found
 * @throws Error with the seed and the round at the first difference
 */
export async function runStream(
  seed: number,
  operations: number,
  tabs: number,
  careless = false,
): Promise<StreamFigures> {
  const random = new Random(seed);
  const database = await openRaw();
  const pages = await Promise.all(Array.from({ length: tabs }, () => openTab()));
  const figures: StreamFigures = { operations: 0, rounds: 0, closed: 0, refused: 0 };
  let truth: Truth = emptyTruth({ one: 'One', two: 'Two' });
  const seen: Truth[] = [];
  const drawn = (old: Truth, step: number): Operation => {
    const operation = drawOperation(random, old, step);
    if (!careless || operation.kind !== 'set-change') return operation;
    return { ...operation, remembered: old.sets[operation.id]?.seeds ?? [] };
  };
  try {
    while (figures.operations < operations) {
      seen.unshift(truth);
      seen.length = Math.min(seen.length, OLDEST);
      const round = random.sample([...pages.keys()], 1 + random.below(tabs)).map((tab) => ({
        tab,
        operation: drawn(seen[random.below(seen.length)] ?? truth, figures.operations++),
        closes: random.below(CLOSE_EVERY) === 0,
        after: random.below(4),
      }));
      const done = await Promise.all(
        round.map(async ({ tab, operation, closes, after }): Promise<Done> => {
          const page = pages[tab];
          if (!page) throw new Error('no such tab');
          const result = perform(page, operation);
          if (!closes) return { tab, operation, result: await result };
          await Promise.race([result, new Promise((resolve) => setTimeout(resolve, after))]);
          page.remove();
          pages[tab] = await openTab();
          figures.closed++;
          return { tab, operation, result: null };
        }),
      );
      figures.rounds++;
      figures.refused += done.filter(({ result }) =>
        /^(?:gone|locked|conflict|kept|none)$/u.test(result ?? ''),
      ).length;
      const stored = await dump(database);
      const view = viewOf(stored);
      const next = explained(truth, done, canonical(view));
      const lost = orphans(stored);
      if (!next || lost.length > 0) throw new Error(difference(seed, figures, truth, view, done, lost));
      truth = next;
    }
    return figures;
  } finally {
    database.close();
    for (const page of pages) page.remove();
  }
}

async function openTab(): Promise<HTMLIFrameElement> {
  const frame = document.createElement('iframe');
  document.body.append(frame);
  const inside = frame.contentWindow;
  if (!inside) throw new Error('no window');
  const ready = new Promise<void>((resolve) => inside.addEventListener('ready', () => resolve()));
  const script = inside.document.createElement('script');
  script.type = 'module';
  script.src = new URL('./tab-page.ts', import.meta.url).href;
  inside.document.head.append(script);
  await ready;
  return frame;
}
const perform = (frame: HTMLIFrameElement, operation: Operation): Promise<Result> =>
  (frame.contentWindow as TabWindow).perform?.(operation) ??
  Promise.reject(new Error('the tab is not ready'));

/** The truth after the round, in an order that explains all that was told and what is stored; null when there is none. */
function explained(truth: Truth, done: readonly Done[], stored: string): Truth | null {
  if (done.length === 0) return canonical(truth) === stored ? truth : null;
  for (const [i, { operation, result }] of done.entries()) {
    const rest = done.toSpliced(i, 1);
    // Refused, which is always safe; or its tab was closed before anything was done.
    if (result === LOCKED || result === null) {
      const found = explained(truth, rest, stored);
      if (found) return found;
      if (result === LOCKED) continue;
    }
    const after = structuredClone(truth);
    if (apply(after, operation) !== result && result !== null) continue;
    const found = explained(after, rest, stored);
    if (found) return found;
  }
  return null;
}

/** The same text for the same content, whatever the order of keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

function difference(
  seed: number,
  { operations, rounds }: StreamFigures,
  before: Truth,
  stored: Truth,
  done: readonly Done[],
  lost: readonly string[],
): string {
  return [
    `Stream ${seed}: no order of round ${rounds} explains what is stored (after ${operations} operations).`,
    ...done.map(
      ({ tab, operation, result }) => `tab ${tab}: ${JSON.stringify(operation)} -> ${result ?? 'closed'}`,
    ),
    `rows of no record: ${lost.join(', ')}`,
    ...(Object.keys(before) as (keyof Truth)[]).flatMap((part) =>
      canonical(before[part]) === canonical(stored[part])
        ? []
        : [`${part} before: ${canonical(before[part])}`, `${part} stored: ${canonical(stored[part])}`],
    ),
  ].join('\n');
}
