/** The built app in a headless Chromium with a profile of its own: what headless runs and benchmarks drive. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright';
import { ensureChromium } from './chromium.mjs';
import { KillableBrowser } from './killable-browser.mjs';
import { DIST, ensureBuild } from './project.mjs';
import { serve } from './server.mjs';

/** @typedef {ReturnType<import('../../src/automation/automation').Automation['state']>} RunState */

/** As large as a page of Playwright's own. */
const WINDOW = '--window-size=1280,720';

/** Where a kept folder says at which port the app was served: at another one its storage would be another's. */
const PORT_FILE = 'port';

export class HeadlessApp {
  #profile;
  #kept;
  #server;
  /** @type {KillableBrowser | null} */
  #process = null;
  /** @type {import('playwright').BrowserContext | null} */
  #context = null;
  #executablePath;
  #flags;

  /**
   * @param {Awaited<ReturnType<typeof serve>>} server
   * @param {string} executablePath
   * @param {readonly string[]} flags
   * @param {string | undefined} folder
   */
  constructor(server, executablePath, flags, folder) {
    this.#kept = folder !== undefined;
    this.#profile =
      folder === undefined ? mkdtempSync(join(tmpdir(), 'self-instruct-')) : join(folder, 'profile');
    this.#server = server;
    this.#executablePath = executablePath;
    this.#flags = flags;
  }

  /**
   * Builds what is missing and serves it. One address for all restarts: another would be another origin.
   * @param {string | undefined} built a folder that holds the built app, to serve that
   * @param {readonly string[]} flags of Chromium, besides the usual ones
   * @param {string | undefined} folder keeps what is stored, for the next time; without one it is removed at the end
   */
  static async serve(built = undefined, flags = [], folder = undefined) {
    if (built === undefined) ensureBuild();
    const executablePath = await ensureChromium();
    const server = await (folder === undefined ? serve(built ?? DIST) : serveFrom(built ?? DIST, folder));
    return new HeadlessApp(server, executablePath, flags, folder && resolve(folder));
  }

  /**
   * A page with the app loaded; starts the browser when it does not run.
   * @param {(page: import('playwright').Page) => Promise<unknown>} prepare is called before the app loads
   * @returns {Promise<import('playwright').Page>}
   */
  async openPage(prepare = () => Promise.resolve()) {
    const context = (this.#context ??= await this.#launch());
    const page = context.pages()[0] ?? (await context.newPage());
    page.on('pageerror', (error) => console.error(`page: ${error.message}`));
    await prepare(page);
    await page.goto(this.#server.url);
    await page.waitForFunction(() => 'selfInstruct' in window);
    return page;
  }

  /** Starts the browser; Playwright drives what another library launched, because its own cannot be killed. */
  async #launch() {
    this.#process = await KillableBrowser.launch({
      name: 'chromium',
      executablePath: this.#executablePath,
      profile: this.#profile,
      flags: [WINDOW, ...this.#flags],
    });
    const endpoint = this.#process.browser.wsEndpoint();
    await this.#process.browser.disconnect();
    const [context] = (await chromium.connectOverCDP(endpoint)).contexts();
    if (!context) throw new Error('The browser has no profile.');
    return context;
  }

  /** Kills every process of the browser at once, as a power switch would; what was stored stays. */
  async kill() {
    await this.#process?.kill();
    this.#forget();
  }

  /** Ends everything and removes the profile. */
  async close() {
    await this.#process?.kill();
    this.#forget();
    await this.#server.close();
    if (!this.#kept) rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  #forget() {
    this.#process = null;
    this.#context = null;
  }
}

/** At the port that the folder names; the first time, at any. */
async function serveFrom(root, folder) {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, PORT_FILE);
  const port = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  const server = await serve(root, { port });
  const got = Number(new URL(server.url).port);
  if (port !== 0 && got !== port) {
    await server.close();
    throw new Error(
      `Port ${port}, where ${folder} was begun, is taken. Is the same command running already?`,
    );
  }
  writeFileSync(file, String(got));
  return server;
}

/**
 * Does the work of a command and ends it: the app is closed whatever happens, and what was thrown is told.
 * @param {HeadlessApp} app
 * @param {() => Promise<void>} work
 * @returns {Promise<never>}
 */
export async function workAndExit(app, work) {
  let code = 0;
  try {
    await work();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    code = 1;
  } finally {
    await app.close();
  }
  process.exit(code);
}

/**
 * Tells every ten seconds how far the finetuning or evaluation in `page` is, while the work on it lasts.
 * @template T
 * @param {import('playwright').Page} page
 * @param {(done: number, total: number) => void} tell
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function telling(page, tell, work) {
  const told = setInterval(() => {
    page
      .evaluate(() => window.selfInstruct.progress())
      .then(({ done, total }) => total > 0 && tell(done, total))
      .catch(() => undefined);
  }, 10_000);
  try {
    return await work();
  } finally {
    clearInterval(told);
  }
}

/**
 * Waits until the run in `page` ends; `onState` sees the state now and then.
 * @param {import('playwright').Page} page
 * @param {(state: RunState) => void} onState
 * @param {number} deadline milliseconds since 1970
 * @returns {Promise<RunState | null>} null when the deadline came first
 * @throws when the run failed
 */
export async function waitUntil(page, onState, deadline) {
  for (;;) {
    const state = await page.evaluate(() => window.selfInstruct.state());
    onState(state);
    if (state.status === 'finished') return state;
    if (state.status === 'failed') throw new Error(`The run stopped: ${JSON.stringify(state.failure)}`);
    if (Date.now() >= deadline) return null;
    await page.waitForTimeout(deadline < Infinity ? 50 : 200);
  }
}

/**
 * The figures of a finished run, as `npm run generate` prints them.
 * @param {RunState} state
 */
export function runFigures({ progress, device, firstAcceptedSeconds }) {
  if (!progress) throw new Error('No run is open.');
  const { instructions, classification, instances } = progress.stages;
  /** @param {'calls' | 'promptTokens' | 'cachedTokens' | 'completionTokens'} field */
  const sum = (field) => instructions[field] + classification[field] + instances[field];
  /** @param {number} value */
  const round = (value) => Number(value.toFixed(2));
  return {
    accepted: progress.kept,
    rejected: progress.rejected,
    instances: progress.instances,
    modelCalls: sum('calls'),
    promptTokens: sum('promptTokens'),
    cachedTokens: sum('cachedTokens'),
    completionTokens: sum('completionTokens'),
    // What one accepted task costs: as if nothing were kept, and as it is.
    promptTokensPerTask: round(sum('promptTokens') / Math.max(1, progress.kept)),
    evaluatedTokensPerTask: round((sum('promptTokens') - sum('cachedTokens')) / Math.max(1, progress.kept)),
    device,
    modelSeconds: round(progress.modelSeconds),
    seconds: round(progress.seconds),
    firstAcceptedSeconds: firstAcceptedSeconds === null ? null : round(firstAcceptedSeconds),
  };
}

/**
 * Begins a run in a fresh page and waits for its end.
 * @param {HeadlessApp} app
 * @param {Parameters<import('../../src/automation/automation').Automation['start']>[0]} options
 */
export async function finishRun(app, options) {
  const page = await app.openPage();
  await page.evaluate((given) => void window.selfInstruct.start(given), options);
  const state = await waitUntil(page, () => undefined, Infinity);
  if (!state) throw new Error('A run without a deadline ended without a state.');
  return { page, figures: runFigures(state) };
}
