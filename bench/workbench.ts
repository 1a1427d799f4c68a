/**
 * Does the page stay responsive with a large data set? Imports a run of 50,000 tasks into the built app and goes through
 * Analyse, Decisions, Review (with a replacement in tens of thousands of tasks), Compare, every large export and the
 * import again; tells what blocked the page in each step, and whether the imported pool is the same.
 *
 *   npm run bench -- workbench --json workbench.json [--tasks 50000] [--second 5000] [--only analyse,review]
 *
 * `--causes` prints what ran in the longest frames, `--traces FOLDER` writes a trace of each step for the browser's own
 * tools, and `--dist FOLDER` takes an app that is built already.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright';
import { HeadlessApp } from '../scripts/lib/headless-app.mjs';
import {
  type Cause,
  type LongTasks,
  takeCauses,
  takeLongTasks,
  traceOf,
  watchLongTasks,
} from './main-thread';
import { table } from './table';
import { writeLargeBackup } from './workbench-data';

/** The longest that a large step may take, and one that a person waits for. */
const LONG = { timeout: 900_000 };
const SHORT = 60_000;

interface Step extends LongTasks {
  readonly step: string;
  readonly seconds: number;
  readonly causes?: readonly Cause[];
}

export async function run({ args }: { args: string[] }): Promise<{ json: unknown; text: string }> {
  const { values } = parseArgs({
    args,
    options: {
      tasks: { type: 'string', default: '50000' },
      second: { type: 'string', default: '5000' },
      only: { type: 'string', default: Object.keys(PARTS).join() },
      causes: { type: 'boolean', default: false },
      traces: { type: 'string' },
      dist: { type: 'string' },
    },
  });
  const folder = mkdtempSync(join(tmpdir(), 'self-instruct-bench-'));
  const files = { large: join(folder, 'large.jsonl'), small: join(folder, 'small.jsonl') };
  await writeLargeBackup(files.large, { tasks: Number(values.tasks), seed: 1 });
  await writeLargeBackup(files.small, { tasks: Number(values.second), seed: 2 });
  const app = await HeadlessApp.serve(values.dist);
  try {
    const page = await app.openPage(watchLongTasks);
    page.setDefaultTimeout(SHORT);
    if (values.traces !== undefined) mkdirSync(values.traces, { recursive: true });
    const bench = new Workbench(page, folder, files, values);
    await bench.importFile('Import a second run', files.small);
    await bench.importFile('Import the run from its backup', files.large);
    for (const name of values.only.split(',')) await PARTS[name as keyof typeof PARTS](bench);
    const { steps, same } = bench;
    const json = { tasks: Number(values.tasks), second: Number(values.second), steps, same };
    const rows = steps.map(({ step, seconds, over50, over100, longestMs }) => [
      step,
      seconds.toFixed(1),
      String(over50),
      String(over100),
      String(Math.round(longestMs)),
    ]);
    const head = ['Step', 'Seconds', 'Tasks > 50 ms', 'Tasks > 100 ms', 'Longest, ms'];
    const pools = Object.entries(same).map(([name, equal]) => [
      name,
      equal ? 'the same pool' : 'ANOTHER POOL',
    ]);
    const text = [
      table(head, rows),
      ...(pools.length > 0 ? [table(['Imported from', 'Result'], pools)] : []),
    ];
    return { json, text: text.join('\n\n') };
  } finally {
    await app.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

class Workbench {
  readonly steps: Step[] = [];
  /** By what was imported: whether it is the pool that was exported. */
  readonly same: Record<string, boolean> = {};

  constructor(
    readonly page: Page,
    readonly folder: string,
    readonly files: { readonly large: string; readonly small: string },
    private readonly wanted: { readonly causes: boolean; readonly traces?: string | undefined },
  ) {}

  /** Does one step and notes what blocked the page meanwhile. */
  async step(step: string, work: () => Promise<unknown>): Promise<void> {
    const { causes: told, traces } = this.wanted;
    const end = traces === undefined ? null : await traceOf(this.page);
    await takeLongTasks(this.page);
    await takeCauses(this.page);
    const begun = Date.now();
    await work();
    const seconds = (Date.now() - begun) / 1000;
    // What the step left to do, and the observers' reports, come with the next turns.
    await this.page.waitForTimeout(500);
    await end?.(join(traces ?? '', `${this.steps.length + 1}.json`));
    const found = await takeLongTasks(this.page);
    const causes = await takeCauses(this.page);
    this.steps.push({ step, seconds, ...found, ...(told ? { causes } : {}) });
    console.error(`${step}: ${seconds.toFixed(1)} s, longest task ${Math.round(found.longestMs)} ms`);
    if (told) for (const cause of causes) console.error(`   ${JSON.stringify(cause)}`);
  }
  async go(screen: string): Promise<void> {
    await this.page.getByRole('navigation').getByRole('link', { name: screen }).click();
    await this.page.getByRole('heading', { level: 1 }).waitFor();
  }
  /** Until no step of the app's own shows its progress. */
  async idle(): Promise<void> {
    const done = (): boolean => !document.querySelector('main [role="progressbar"]');
    await this.page.waitForFunction(done, undefined, LONG);
  }
  async importFile(step: string, file: string): Promise<void> {
    await this.go('Export');
    await this.step(step, async () => {
      await this.page.locator('input[type="file"]').first().setInputFiles(file);
      const make = this.page.getByRole('button', { name: /^Import .* as a run$/u });
      const done = this.page
        .getByRole('status')
        .filter({ hasText: /is restored|now contains the data set/u });
      await make.or(done).first().waitFor(LONG);
      if (await make.isVisible()) await make.click();
      await done.waitFor(LONG);
    });
  }
  /** A number for the whole pool of the open run. */
  print(): Promise<string> {
    return this.page.evaluate(async () => {
      const bytes = new TextEncoder().encode(await window.selfInstruct.dataset('dataset'));
      const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
      return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    });
  }
  async scroll(): Promise<void> {
    for (let i = 0; i < 20; i++) {
      await this.page.mouse.wheel(0, 4_000);
      await this.page.waitForTimeout(30);
    }
  }
}

const PARTS = { analyse, decisions, review, compare, export: exporting };

async function analyse(bench: Workbench): Promise<void> {
  const { page } = bench;
  await bench.step('Analyse: read the run', async () => {
    await bench.go('Analyse');
    await page.getByText('Reading the run').waitFor();
    const read = (): boolean => !document.body.textContent.includes('Reading the run');
    await page.waitForFunction(read, undefined, LONG);
  });
  await bench.step('Analyse: follow the tagging', () => page.waitForTimeout(15_000));
  await bench.step('Analyse: charts as tables, tasks of a part, a picture', async () => {
    for (const button of await page.getByRole('radio', { name: 'Table', exact: true }).all())
      await button.click();
    const name = 'Verbs and their objects';
    await page.getByRole('table', { name }).getByRole('button').first().click();
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: `Save ${name} as PNG` }).click();
    await download;
  });
}

async function decisions(bench: Workbench): Promise<void> {
  const { page } = bench;
  const slider = page.getByRole('slider', { name: 'ROUGE-L threshold' });
  const rows = page.getByRole('region', { name: 'Candidates', exact: true }).getByRole('row');
  await bench.step('Decisions: read the candidates', async () => {
    await bench.go('Decisions');
    await rows.nth(3).waitFor(LONG);
  });
  await bench.step('Decisions: compare the candidates, read the answers again', async () => {
    const ready = (): boolean =>
      document.querySelector('input[type="range"]:enabled') !== null &&
      !document.body.textContent.includes('are being parsed again');
    await page.waitForFunction(ready, undefined, LONG);
  });
  await bench.step('Decisions: move the threshold', async () => {
    await slider.focus();
    for (let i = 0; i < 40; i++) await page.keyboard.press('ArrowLeft');
    for (let i = 0; i < 50; i++) await page.keyboard.press('ArrowRight');
  });
  await bench.step('Decisions: lists', async () => {
    for (const name of [/^Accepted/u, /^Too similar/u, /^Newly/u, /^All/u]) {
      await page.getByRole('tab', { name }).first().click();
    }
    await page.getByRole('region', { name: 'Candidates', exact: true }).hover({ force: true });
    await bench.scroll();
  });
}

async function review(bench: Workbench): Promise<void> {
  const { page } = bench;
  await bench.step('Review: read the tasks', async () => {
    await bench.go('Review');
    await page.getByLabel('Your name or initials').fill('Bench');
    await page.getByRole('button', { name: 'Begin to rate' }).click();
    await page.getByRole('button', { name: /^All /u }).waitFor(LONG);
  });
  await bench.step('Review: choose all, rate, search', async () => {
    await page.getByRole('button', { name: /^All /u }).click();
    for (const key of ['a', 'x', 'f', 'j', 'k', '1', 'y', 'n', 'u', 'g']) {
      await page.keyboard.press(key);
      await page.waitForTimeout(100);
    }
    await page.getByRole('searchbox').pressSequentially('write a', { delay: 60 });
    await page.keyboard.press('Enter');
  });
  await page.getByRole('tab', { name: 'Fix many' }).click();
  await bench.step('Review: preview a replacement', async () => {
    await page.getByLabel('Find').fill('e');
    await page.getByLabel('Replace with').fill('E');
    for (const name of ['Inputs', 'Outputs']) await page.getByRole('checkbox', { name }).uncheck();
    await page.getByRole('button', { name: 'Preview the changes' }).click();
    await page.getByText(/\d places? in/u).waitFor(LONG);
  });
  await bench.step('Review: write the replacement', async () => {
    await page.getByRole('button', { name: /^Replace \d/u }).click();
    await page.getByRole('button', { name: 'Undo' }).waitFor(LONG);
  });
  await bench.step('Review: take the replacement back', async () => {
    await page.getByRole('button', { name: 'Undo' }).click();
    await page
      .getByText(/^Undone/u)
      .first()
      .waitFor(LONG);
  });
}

async function compare(bench: Workbench): Promise<void> {
  const { page } = bench;
  await bench.step('Compare with the second run and the held-out tasks', async () => {
    await bench.go('Compare');
    await page
      .getByRole('button', { name: /^Compare$/u })
      .first()
      .click();
    await page.getByText(/Reading run/u).waitFor();
    await bench.idle();
    await page.getByRole('heading', { name: /side by side/iu }).waitFor(LONG);
  });
}

/** What comes back by itself in the same pool, and what holds rows alone. */
const FORMATS = [
  ['Data set with origins', true],
  ['Parquet', false],
  ['CSV', false],
  ['Alpaca', false],
  ['Prompt and completion', false],
  ['Machine instructions', false],
  ['Whole-run backup', true],
  ['Data passport', true],
] as const;

async function exporting(bench: Workbench): Promise<void> {
  const { page } = bench;
  const before = await bench.print();
  await bench.go('Export');
  const saved: (readonly [string, string])[] = [];
  for (const [title, whole] of FORMATS) {
    const save = page.getByRole('button', { name: /^Save /u }).first();
    await bench.step(`Export: look at ${title}`, async () => {
      const choice = page.getByRole('region', { name: 'Format' }).locator('label').filter({ hasText: title });
      await choice.first().click();
      const looked = (): boolean => {
        const buttons = [...document.querySelectorAll('button')];
        const save = buttons.find(({ textContent }) => textContent.trim().startsWith('Save '));
        return save?.disabled === false && !document.body.textContent.includes('Checking all rows');
      };
      await page.waitForFunction(looked, undefined, LONG);
    });
    await bench.step(`Export: write ${title}`, async () => {
      const download = page.waitForEvent('download', LONG);
      await save.click();
      const path = join(bench.folder, `${title}.bin`);
      await (await download).saveAs(path);
      if (whole) saved.push([title, path]);
    });
  }
  for (const [title, path] of saved) {
    await bench.importFile(`Import: ${title}`, path);
    bench.same[title] = (await bench.print()) === before;
  }
}
