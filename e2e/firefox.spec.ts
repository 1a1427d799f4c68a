/** The app in Firefox, driven over WebDriver BiDi: what works in Chromium works there, and gives the same bytes. */
import { expect, test } from '@playwright/test';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'puppeteer-core';
import { findFirefox } from '../scripts/lib/firefox.mjs';
import { KillableBrowser } from '../scripts/lib/killable-browser.mjs';
import { DIST } from '../scripts/lib/project.mjs';
import { serve } from '../scripts/lib/server.mjs';
import type { FormatId } from '../src/export/formats';
import { App } from './app';
import { giveFiles, press, pressMatching, show, untilText } from './screen';

const OPTIONS = { target: 5, seed: 11 } as const;
const LIMIT = { timeout: 120_000 };
const executablePath = findFirefox();

test.skip(executablePath === null, 'No Firefox was found. Install firefox-esr, or set FIREFOX_PATH to one.');
test.describe.configure({ mode: 'serial', timeout: 300_000 });

const folder = mkdtempSync(join(tmpdir(), 'self-instruct-firefox-'));
const downloads = join(folder, 'downloads');
let server: Awaited<ReturnType<typeof serve>>;
let firefox: KillableBrowser;
let page: Page;

async function launch(): Promise<void> {
  firefox = await KillableBrowser.launch({
    name: 'firefox',
    executablePath: executablePath ?? '',
    profile: join(folder, 'profile'),
    preferences: { 'browser.download.folderList': 2, 'browser.download.dir': downloads },
  });
  page = await open();
}
/** The app in a new tab. */
async function open(): Promise<Page> {
  const tab = await firefox.newPage();
  await tab.goto(server.url);
  await tab.waitForFunction(() => 'selfInstruct' in window, LIMIT);
  return tab;
}
const finished = (): Promise<unknown> =>
  page.waitForFunction(() => window.selfInstruct.state().status === 'finished', LIMIT);
const dataset = (format: FormatId): Promise<string> =>
  page.evaluate((id) => window.selfInstruct.dataset(id), format);
/** Saves what the Export screen offers for a format. @returns the path of the file */
async function save(format: string): Promise<string> {
  await show(page, 'export');
  await page.locator(`label ::-p-text(${format})`).click();
  await pressMatching(page, /^Save \S+\.jsonl?(?:,|$)/u);
  // Firefox writes into a file of another name first.
  const whole = (): string | undefined =>
    readdirSync(downloads).find(
      (name) => !name.endsWith('.part') && !existsSync(join(downloads, `${name}.part`)),
    );
  await expect.poll(whole).toBeDefined();
  const name = whole() ?? '';
  const path = join(folder, name);
  await expect.poll(() => readFileSync(join(downloads, name)).length).toBeGreaterThan(0);
  renameSync(join(downloads, name), path);
  return path;
}

test.beforeAll(async () => {
  if (executablePath === null) return;
  mkdirSync(downloads);
  server = await serve(DIST);
  await launch();
});
test.afterAll(async () => {
  if (executablePath === null) return;
  await firefox.kill();
  await server.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

test('a run, killed by SIGKILL and resumed, has the same bytes as in Chromium', async ({
  page: chromium,
}) => {
  await page.evaluate((options) => void window.selfInstruct.start(options), OPTIONS);
  await page.waitForFunction(() => (window.selfInstruct.state().progress?.kept ?? 0) > 0, LIMIT);
  await firefox.kill();

  await launch();
  await untilText(page, 'Run 1 stopped at');
  await press(page, 'Resume run 1');
  await finished();

  const app = new App(chromium);
  await app.open();
  await app.startRun(OPTIONS);
  await app.untilStatus('finished');
  expect(await dataset('dataset')).toBe(await app.dataset());
});

test('what is exported is imported again', async () => {
  const before = await dataset('dataset');
  const alpaca = await save('Alpaca');
  expect(readFileSync(alpaca, 'utf8')).toBe(await dataset('alpaca'));
  const backup = await save('Whole-run backup');
  await giveFiles(page, backup);
  await untilText(page, 'is restored');
  expect(await dataset('dataset')).toBe(before);

  await giveFiles(page, alpaca);
  await pressMatching(page, /^Import \d+ tasks as a run$/u);
  await untilText(page, 'now contains the data set');
  const texts = (await dataset('alpaca')).match(/"output":/gu);
  expect(texts).toHaveLength(readFileSync(alpaca, 'utf8').match(/"output":/gu)?.length ?? 0);
});

test('a model is finetuned, evaluated and listed', async () => {
  const { modelId, steps } = await page.evaluate(() => {
    const values = { epochs: 1, batchSize: 4 };
    const options = { source: 'run-and-seeds', name: 'Own student', seed: 5, limit: 8, values } as const;
    return window.selfInstruct.finetune(options);
  });
  expect(steps).toBe(2);
  const models = ['built-in', modelId ?? ''];
  const evaluation = await page.evaluate(
    (ids) => window.selfInstruct.evaluate({ models: ids, set: 'simple', limit: 4, seed: 5 }),
    models,
  );
  expect(evaluation.models.map(({ id }) => id)).toContain(modelId);
  expect(evaluation.models).toHaveLength(2);
  for (const { rougeL } of evaluation.models) expect(rougeL.mean).toBeGreaterThanOrEqual(0);
  await show(page, 'models');
  await untilText(page, 'Own student');
});

test('the Models screen says what this browser cannot do', async () => {
  await show(page, 'models');
  // The checks are one line until they are opened.
  await (await page.waitForSelector('main details > summary'))?.click();
  await untilText(page, 'This browser has no WebGPU.');
  await untilText(page, 'This browser lets no page write into a folder.');
});

test('two tabs: only one computes a run', async () => {
  await page.evaluate(() => void window.selfInstruct.start({ target: 40, seed: 5 }));
  // The run before this one has kept tasks too: only a run at work says that this one has begun.
  await page.waitForFunction(() => {
    const { status, progress } = window.selfInstruct.state();
    return status === 'running' && (progress?.kept ?? 0) > 0;
  }, LIMIT);
  const second = await open();
  // It ends at once, because it may not: the first tab computes on.
  await second.evaluate(() => window.selfInstruct.resume());
  expect(await second.evaluate(() => window.selfInstruct.state().status)).not.toMatch(/running|finished/u);
  expect(await page.evaluate(() => window.selfInstruct.state().status)).toBe('running');
  await second.close();
  await show(page, 'generate');
  await press(page, 'Pause');
  await page.waitForFunction(() => window.selfInstruct.state().status === 'paused', LIMIT);
});

test('after one visit the app opens and a run works without its server', async () => {
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await server.close();
  await page.reload();
  await page.waitForFunction(() => 'selfInstruct' in window, LIMIT);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  await page.evaluate((options) => void window.selfInstruct.start(options), { target: 1, seed: 2 });
  await finished();
});
