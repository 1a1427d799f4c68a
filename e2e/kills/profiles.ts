/** Profiles of the browser, in one folder: made once, then copied, because that is much faster. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeLargeBackup } from '../../bench/workbench-data';
import { type BrowserName, KillableBrowser } from '../../scripts/lib/killable-browser.mjs';
import type { Materials } from './subjects';

/** Enough that a kill can come between; few enough that a round stays short. */
const TASKS = 2_000;

export interface ProfileOptions {
  readonly browser: BrowserName;
  readonly executablePath: string;
  /** Where the built app is served. */
  readonly url: string;
}

export class Profiles {
  readonly #folder = mkdtempSync(join(tmpdir(), 'self-instruct-kill-'));
  #made = 0;

  constructor(private readonly options: ProfileOptions) {}

  /** Files for the imports; the same each time. */
  async materials(): Promise<Materials> {
    const backup = join(this.#folder, 'backup.jsonl');
    const dataSet = join(this.#folder, 'alpaca.jsonl');
    await writeLargeBackup(backup, { tasks: TASKS, seed: 3 });
    const rows = Array.from({ length: TASKS }, (_, i) => ({
      instruction: `Write the name of the river number ${i} and say where it ends.`,
      input: i % 3 === 0 ? `the river ${i}` : '',
      output: `It is called R${i * 7} and ends in the sea.`,
    }));
    writeFileSync(dataSet, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    return { backup, dataSet, tasks: TASKS };
  }

  launch(profile: string): Promise<KillableBrowser> {
    const { browser, executablePath } = this.options;
    return KillableBrowser.launch({ name: browser, executablePath, profile });
  }
  /** A copy of a profile, to be changed. */
  copy(profile: string): string {
    const copy = this.#next();
    cpSync(profile, copy, { recursive: true, verbatimSymlinks: true });
    return copy;
  }
  /** A profile in which the app was opened once, and nothing done: the first visit takes longer than the others. */
  async visited(): Promise<string> {
    const profile = this.#next();
    const browser = await this.launch(profile);
    const page = await browser.newPage();
    await page.goto(this.options.url);
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await browser.close();
    return profile;
  }
  remove(profile: string): void {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
  close(): void {
    this.remove(this.#folder);
  }

  #next(): string {
    return join(this.#folder, `profile-${++this.#made}`);
  }
}
