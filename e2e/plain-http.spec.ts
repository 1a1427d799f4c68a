/** A teacher serves, pupils open an address that is not a secure context: browsers keep much from such a page. */
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, expect, test } from '@playwright/test';
import { CHROMIUM_FLAGS } from '../scripts/lib/chromium.mjs';
import { DIST } from '../scripts/lib/project.mjs';
import { serve } from '../scripts/lib/server.mjs';
import { App, SCREENS } from './app';

let server: Awaited<ReturnType<typeof serve>>;
let browser: Browser;
let context: BrowserContext;

test.beforeAll(async () => {
  server = await serve(DIST, { host: '127.0.0.1' });
  const executablePath = process.env['CHROMIUM_PATH'];
  browser = await chromium.launch({
    ...(executablePath ? { executablePath } : {}),
    args: [...CHROMIUM_FLAGS, '--host-resolver-rules=MAP school.test 127.0.0.1'],
  });
});
test.beforeEach(async () => {
  context = await browser.newContext({ baseURL: server.url.replace('127.0.0.1', 'school.test') });
});
test.afterEach(() => context.close());
test.afterAll(async () => {
  await browser.close();
  await server.close();
});

async function pupil(): Promise<App> {
  const page = await context.newPage();
  page.on('pageerror', (error) => expect(error.stack).toBe('no error of the page'));
  const app = new App(page);
  await app.open();
  return app;
}

test('what is missing is named, a run works, survives a reload, and its data can be saved', async () => {
  const app = await pupil();
  const { page } = app;
  expect(await page.evaluate(() => isSecureContext)).toBe(false);
  await expect(page.getByText('This page came over plain http from another computer.')).toBeVisible();
  await page.getByRole('button', { name: 'Start with the built-in model' }).click();
  await app.untilKept(1);
  await page.reload();
  await app.open();
  await app.startRun({ target: 2, seed: 2 });
  await app.untilStatus('finished');
  expect((await app.dataset()).trim().split('\n')).toHaveLength(2);
  for (const screen of SCREENS) {
    await app.go(screen);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.getByRole('alert')).toHaveCount(0);
  }
  await app.go('Export');
  const download = page.waitForEvent('download');
  await page
    .getByRole('button', { name: /^Save(?! a snapshot)/u })
    .first()
    .click();
  expect((await download).suggestedFilename()).not.toBe('');
});

test('a model from a file is kept without a file system, and found again after a reload', async () => {
  const app = await pupil();
  const { page } = app;
  await app.go('Models');
  await page.locator('input[type="file"]').first().setInputFiles(join(DIST, 'models/built-in/model.gguf'));
  const stored = async (): Promise<readonly string[]> =>
    page.evaluate(async () => (await window.selfInstruct.models()).map(({ id }) => id));
  await expect.poll(async () => (await stored()).some((id) => id.startsWith('gguf-'))).toBe(true);
  await page.reload();
  await app.open();
  const id = (await stored()).find((one) => one.startsWith('gguf-')) ?? '';
  await app.startRun({ target: 1, seed: 3, model: id });
  await app.untilStatus('finished');
});

test('a run becomes a finetuned model, which is there after a reload and writes', async () => {
  const app = await pupil();
  const { page } = app;
  await app.startRun({ target: 2, seed: 5 });
  await app.untilStatus('finished');
  const { modelId, steps } = await page.evaluate(() =>
    window.selfInstruct.finetune({
      source: 'run-and-seeds',
      name: 'Pupil',
      seed: 5,
      limit: 8,
      values: { epochs: 1, batchSize: 4, validateEvery: 0, sampleEvery: 0 },
    }),
  );
  expect(steps).toBeGreaterThan(0);
  await page.reload();
  await app.open();
  await app.startRun({ target: 1, seed: 6, model: modelId ?? '' });
  await app.untilStatus('finished');
  await app.go('Finetune');
  await expect(page.getByRole('button', { name: 'Show Pupil' })).toBeVisible();
});

test('a run is written by one tab at a time', async () => {
  const first = await pupil();
  await first.startRun({ target: 400, seed: 4 });
  await first.untilKept(1);
  const second = await pupil();
  await second.go('Generate');
  await second.resumeRun();
  await second.untilStatus('elsewhere');
  expect((await first.state()).status).toBe('running');
});
