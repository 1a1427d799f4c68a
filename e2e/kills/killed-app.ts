/** The app on one subject, in a browser that will be killed at a random moment. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'puppeteer-core';
import type { KillableBrowser } from '../../scripts/lib/killable-browser.mjs';
import type { Random } from '../../src/core/random';
import { type PutRow, type Stored, watch } from './page-tools';
import type { Materials, Subject } from './subjects';

/** What takes longer than this hangs. */
const LIMIT_MS = 180_000;
const POLL_MS = 100;

export class KilledApp {
  /** Stages of what was acknowledged since the work began or resumed, newest last. */
  readonly #commits: (string | null)[] = [];
  readonly #errors: string[] = [];

  private constructor(
    private readonly subject: Subject,
    private readonly browser: KillableBrowser,
    private readonly page: Page,
  ) {}

  /** @param onCommit gets the rows of each transaction that the page saw end */
  static async open(
    subject: Subject,
    browser: KillableBrowser,
    url: string,
    onCommit: (rows: readonly PutRow[]) => void,
  ): Promise<KilledApp> {
    const page = await browser.newPage();
    const app = new KilledApp(subject, browser, page);
    page.on('pageerror', (error) => app.#errors.push(String(error)));
    await watch(page, (rows) => {
      app.#commits.push(subject.stageOf?.(rows) ?? null);
      onCommit(rows);
    });
    await page.goto(url);
    await page.waitForFunction(() => 'selfInstruct' in window, { timeout: LIMIT_MS });
    return app;
  }

  /** What went wrong in the page. */
  get errors(): readonly string[] {
    return this.#errors;
  }
  stored(withFiles: boolean): Promise<Stored> {
    return this.page.evaluate((files) => window.readStored(files), withFiles);
  }
  files(): Promise<readonly string[]> {
    return this.subject.files?.(this.page) ?? Promise.resolve([]);
  }

  /** Begins the work, or resumes it. */
  async begin(materials: Materials): Promise<void> {
    await this.subject.begin(this.page, materials);
    this.#commits.length = 0;
  }
  async untilEnded(): Promise<void> {
    await this.#until(() => false);
  }

  /** Kills the browser at a random moment of the work that has begun. @returns the stage that it came in; null when the work was over */
  async killAtRandom(random: Random): Promise<string | null> {
    const { clockMs, commits, ms } = this.subject.reach;
    const byClock = random.below(2) === 0;
    const wanted = byClock ? 0 : random.below(commits + 1);
    const delay = random.next() * (byClock ? clockMs : ms);
    if (!(await this.#until(() => this.#commits.length >= wanted))) return null;
    await sleep(delay);
    const stage = this.#commits.findLast((known) => known !== null) ?? this.subject.first;
    await this.kill();
    return stage;
  }
  async kill(): Promise<void> {
    await this.browser.kill();
  }

  async close(): Promise<void> {
    await this.browser.close();
  }

  /** Until this is true, or the work is over. @returns whether it is true. @throws when the work failed or hangs */
  async #until(reached: () => boolean): Promise<boolean> {
    const deadline = Date.now() + LIMIT_MS;
    while (!reached()) {
      if (await this.subject.ended(this.page)) return false;
      if (Date.now() > deadline) throw new Error(`nothing ended within ${LIMIT_MS / 1000} s`);
      await sleep(POLL_MS);
    }
    return true;
  }
}
