import { type Download, expect, test } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { App } from './app';

const text = async (download: Download): Promise<string> => readFile(await download.path(), 'utf8');

test('a run is read, edited, exported, and restored whole on another device', async ({
  page,
  browser,
  baseURL,
}) => {
  const app = new App(page);
  await app.open();
  await app.startRun({ target: 4, seed: 9 });
  await app.untilStatus('finished');
  const lines = (await app.dataset()).trim().split('\n');
  const [first] = lines.map((line) => JSON.parse(line) as { instruction: string });

  // Pool: find a task, edit it; the edit is in the export, the original in its origins.
  await app.go('Pool');
  await page.getByRole('searchbox').fill(first?.instruction ?? '');
  await page
    .getByRole('row')
    .filter({ hasText: first?.instruction ?? '' })
    .click();
  await page.getByRole('button', { name: /^Edit/u }).click();
  await page
    .getByRole('textbox', { name: 'Instruction' })
    .fill('Name three things that float. <b>"quoted"</b>');
  await page.getByRole('button', { name: /^Save(?! a snapshot)/u }).click();
  await expect(page.getByRole('heading', { level: 2 })).toContainText('<b>"quoted"</b>');
  await page.keyboard.press('Escape');

  // Export: the preview is the file.
  const format = (title: string) =>
    page.getByRole('region', { name: 'Format' }).locator('label').filter({ hasText: title });
  await app.go('Export');
  await format('Alpaca').click();
  const alpaca = page.waitForEvent('download');
  await page.getByRole('button', { name: /^Save alpaca/u }).click();
  const rows = JSON.parse(await text(await alpaca)) as {
    instruction: string;
    input: string;
    output: string;
  }[];
  expect(rows.length).toBe((await app.state()).progress?.instances);
  const all = await app.dataset();
  expect(all).toContain('Name three things that float.');

  // Backup, and restored in a browser that has never seen the run.
  await format('Whole-run backup').click();
  const backup = page.waitForEvent('download');
  await page.getByRole('button', { name: /^Save .*backup/u }).click();
  const file = await (await backup).path();
  const context = await browser.newContext({ baseURL: baseURL ?? '' });
  const other = new App(await context.newPage());
  await other.open('export');
  await other.page.locator('input[type="file"]').first().setInputFiles(file);
  await expect(other.page.getByRole('status').filter({ hasText: 'is restored' })).toBeVisible();
  expect(await other.dataset()).toBe(all);
  await context.close();
});

test('seeds with bad lines: the good ones are offered, the bad ones named', async ({ page }) => {
  const app = new App(page);
  await app.open('seeds');
  const seed = (instruction: string): string =>
    JSON.stringify({
      instruction,
      instances: [{ input: '', output: 'An answer.' }],
      is_classification: false,
      level: 3,
    });
  const good = Array.from({ length: 9 }, (_, i) => seed(`Say something kind about number ${i} of the row.`));
  const content = [...good.slice(0, 4), '{"instruction": ', ...good.slice(4), '{"instances": []}'].join('\n');
  const input = page.locator('input[type="file"]').first();
  await input.setInputFiles({
    name: 'mine.jsonl',
    mimeType: 'application/jsonl',
    buffer: Buffer.from(content),
  });
  const bad = page.getByRole('region', { name: 'Bad lines' });
  await expect(bad).toContainText('5');
  await expect(bad).toContainText('11');
  await page.getByRole('button', { name: 'Use the 9 good tasks' }).first().click();
  await expect(page.getByRole('heading', { name: '9 seed tasks' })).toBeVisible();

  // The set is stored, survives a reload, and a run copies it.
  await page.reload();
  await app.open('generate');
  await expect(page.getByLabel('Seed tasks')).toContainText('mine');
  await page.getByLabel('Target').fill('1');
  await page.getByRole('button', { name: 'Start the run' }).click();
  await app.untilStatus('finished');
  await app.go('Pool');
  await expect(page.getByRole('main')).toContainText('9 seed tasks');
});

test('hostile files are refused in words', async ({ page }) => {
  const app = new App(page);
  await app.open('export');
  const input = page.locator('input[type="file"]').first();
  await input.setInputFiles({
    name: 'x.jsonl',
    mimeType: 'text/plain',
    buffer: Buffer.from('{"format":"other"}\n'),
  });
  await expect(page.getByRole('alert')).toBeVisible();
  expect((await app.state()).status).toBe('none');
  await app.go('Seeds');
  await page
    .locator('input[type="file"]')
    .first()
    .setInputFiles({
      name: 'huge.jsonl',
      mimeType: 'application/jsonl',
      buffer: Buffer.alloc(40 * 1024 * 1024, 'a'),
    });
  await expect(page.getByText(/up to 32 MB/u).first()).toBeVisible();
});
