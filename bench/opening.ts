/**
 * Does a full store slow the app down? Opens it with nothing stored and with a pool of 200,000 tasks, in turn, and then
 * measures the list of the pool: how long until rows show, and what blocks the page while it loads, scrolls and searches.
 *
 *   npm run bench -- opening --json opening.json [--rows 200000] [--list 50000] [--rounds 7]
 */
import type { Page } from 'playwright';
import { parseArgs } from 'node:util';
import { HeadlessApp } from '../scripts/lib/headless-app.mjs';
import { type LongTasks, takeLongTasks, watchLongTasks } from './main-thread';

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

export async function run({ args }: { args: string[] }): Promise<{ json: unknown; text: string }> {
  const { values } = parseArgs({
    args,
    options: {
      rows: { type: 'string', default: '200000' },
      list: { type: 'string', default: '50000' },
      rounds: { type: 'string', default: '7' },
    },
  });
  const [empty, full, list] = await Promise.all([
    HeadlessApp.serve(),
    HeadlessApp.serve(),
    HeadlessApp.serve(),
  ]);
  try {
    await fill(await full.openPage(), Number(values.rows));
    await fill(await list.openPage(), Number(values.list));
    await empty.openPage();
    const seconds = { empty: [] as number[], full: [] as number[] };
    // In turn, so that a busy moment of the machine hits both alike; the first round warms up.
    for (let round = 0; round <= Number(values.rounds); round++) {
      const pair = [await open(empty), await open(full)] as const;
      if (round === 0) continue;
      seconds.empty.push(pair[0]);
      seconds.full.push(pair[1]);
    }
    const json = {
      rows: Number(values.rows),
      openEmptyMs: median(seconds.empty),
      openFullMs: median(seconds.full),
      ratio: median(seconds.full) / median(seconds.empty),
      list: { rows: Number(values.list), ...(await useList(list)) },
    };
    return { json, text: JSON.stringify(json, null, 2) };
  } finally {
    await Promise.all([empty.close(), full.close(), list.close()]);
  }
}

/** Milliseconds from navigation until Start shows its runs. */
async function open(app: HeadlessApp): Promise<number> {
  const page = await app.openPage();
  await page.getByRole('button', { name: 'Start with the built-in model' }).waitFor();
  await page.getByRole('complementary').nth(1).waitFor();
  return page.evaluate(() => performance.now());
}

/** Writes a finished run of `rows` machine tasks straight into the database. */
async function fill(page: Page, rows: number): Promise<void> {
  await page.evaluate(() => window.selfInstruct.start({ target: 1, seed: 1 }));
  await page.evaluate(async (count) => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open('self-instruct');
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(new Error('The database cannot be opened.'));
    });
    const all = await new Promise<{ origin: string; instruction: string; seq: number; id: string }[]>(
      (resolve) => {
        const request = database.transaction('tasks').objectStore('tasks').getAll();
        request.onsuccess = () => resolve(request.result as never);
      },
    );
    const model = all.find(({ origin }) => origin === 'machine');
    if (!model) throw new Error('The run kept nothing to copy.');
    const words = all.flatMap(({ instruction }) => instruction.split(' '));
    for (let first = 1; first < count; first += 5_000) {
      const transaction = database.transaction('tasks', 'readwrite');
      for (let seq = first; seq < Math.min(count, first + 5_000); seq++) {
        const instruction = Array.from(
          { length: 8 + (seq % 17) },
          (_, i) => words[(seq * 31 + i * 17) % words.length],
        );
        const id = `r0001-m${String(1000 + seq).padStart(6, '0')}-000`;
        transaction.objectStore('tasks').put({ ...model, id, seq, instruction: instruction.join(' ') });
      }
      await new Promise<void>((resolve, reject) => {
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(new Error('Writing failed.'));
      });
    }
    database.close();
  }, rows);
}

interface ListFigures {
  readonly firstRowsMs: number;
  readonly allRowsMs: number;
  readonly loading: LongTasks;
  readonly scrolling: LongTasks;
  readonly searching: LongTasks;
}

async function useList(app: HeadlessApp): Promise<ListFigures> {
  const page = await app.openPage(watchLongTasks);
  await takeLongTasks(page);
  const begun = Date.now();
  await page.getByRole('navigation').getByRole('link', { name: 'Pool' }).click();
  await page.getByRole('row').nth(3).waitFor();
  const firstRowsMs = Date.now() - begun;
  await page.waitForFunction(() => !document.querySelector('main [role="progressbar"]'));
  const allRowsMs = Date.now() - begun;
  const loading = await takeLongTasks(page);
  await page.getByRole('row').nth(3).hover();
  for (let i = 0; i < 60; i++) {
    await page.mouse.wheel(0, 4_000);
    await page.waitForTimeout(30);
  }
  const scrolling = await takeLongTasks(page);
  await page.getByRole('searchbox').pressSequentially('write a', { delay: 60 });
  await page.waitForTimeout(1_000);
  const searching = await takeLongTasks(page);
  return { firstRowsMs, allRowsMs, loading, scrolling, searching };
}
