/** The data workbench on a real run: decide again, judge by keyboard, analyse, compare, hand over, bring back. */
import { type Download, expect, type Locator, type Page, test } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { unzipTexts } from '../src/testing/zip-files';
import { App } from './app';

const bytes = async (download: Promise<Download>): Promise<Buffer<ArrayBuffer>> =>
  readFile(await (await download).path());

/** A place where a part of a round chart is: the middle of its box may lie beside it. */
async function pointIn(part: Locator): Promise<readonly [number, number]> {
  await part.scrollIntoViewIfNeeded();
  const found = await part.evaluate((element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    for (let i = 1; i < 400; i++) {
      const x = left + (width * (i % 20)) / 20;
      const y = top + (height * Math.floor(i / 20)) / 20;
      if (element.contains(document.elementFromPoint(x, y))) return [x, y] as const;
    }
    return null;
  });
  if (!found) throw new Error('The part is covered or too small.');
  return found;
}

test.describe.configure({ mode: 'serial' });
let page: Page;
let app: App;
test.beforeAll(async ({ browser, baseURL }) => {
  page = await (await browser.newContext({ baseURL: baseURL ?? '' })).newPage();
  app = new App(page);
  await app.open();
  await app.startRun({ target: 2, seed: 4 });
  await app.untilStatus('finished');
  await app.startRun({ target: 8, seed: 5 });
  await expect.poll(async () => (await app.state()).target).toBe(8);
  await app.untilStatus('finished');
});
test.afterAll(() => page.context().close());

test('Decisions: the stored run is filtered again, and the presets tell what they change', async () => {
  await app.go('Decisions');
  const slider = page.getByRole('slider', { name: 'ROUGE-L threshold' });
  await expect(slider).toBeEnabled({ timeout: 30_000 });
  const figure = page.locator('dl').filter({ hasText: 'Accepted at' });
  const threshold = figure.getByRole('term');
  const { kept: stored = 0 } = (await app.state()).progress ?? {};
  await expect(threshold).toHaveText('Accepted at 0.70');
  const acceptedNow = async (): Promise<number> =>
    Number.parseInt(await figure.getByRole('definition').innerText(), 10);
  expect(await acceptedNow()).toBe(stored);
  await slider.focus();
  await page.keyboard.press('Home');
  await expect(threshold).toHaveText('Accepted at 0.30');
  const low = await acceptedNow();
  expect(low).toBeLessThanOrEqual(stored);
  await expect(page.getByRole('tab', { name: /^Newly rejected/u })).toContainText(String(stored - low));
  await page.keyboard.press('End');
  await expect(threshold).toHaveText('Accepted at 1.00');
  expect(await acceptedNow()).toBeGreaterThanOrEqual(stored);
  await page.getByRole('button', { name: /^Back to/u }).click();
  await expect(threshold).toHaveText('Accepted at 0.70');
  expect(await acceptedNow()).toBe(stored);

  const presets = page.getByRole('region', { name: 'Ours, paper, reference code' });
  await presets.getByRole('radio', { name: 'Ours' }).click();
  await expect(presets).toContainText('0 rows change');
  await presets.getByRole('radio', { name: 'Code' }).click();
  await expect(presets.getByRole('list', { name: 'Differences' })).toContainText('All of them together');
  expect((await app.state()).progress?.kept).toBe(stored);
});

test('Review: by keyboard alone, with undo; a second rater’s file merges', async () => {
  await app.go('Review');
  await expect(page.getByLabel('Your name or initials')).toBeFocused();
  await page.keyboard.type('Ana');
  await page.keyboard.press('Enter');
  const said = page.locator('.said');
  const sheet = page.getByRole('region', { name: 'Task' });
  await expect(sheet).toContainText('1 of');
  const before = await app.dataset();
  const press = async (key: string, words: RegExp): Promise<void> => {
    await page.keyboard.press(key);
    await expect(said).toHaveText(words);
  };
  // Edit: the form takes the focus, Ctrl and Enter save it.
  await page.keyboard.press('e');
  await expect(page.getByRole('textbox', { name: 'Instruction' })).toBeFocused();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('Name two <b>birds</b> that can swim.');
  await page.keyboard.press('Control+Enter');
  await expect(said).toHaveText(/^Edited m/u);
  await expect(sheet).toContainText('Name two <b>birds</b> that can swim.');
  expect(await app.dataset()).toContain('birds');
  await press('u', /^Undone: Edited/u);
  expect(await app.dataset()).toBe(before);
  // Questions, flag, verdicts.
  await press('y', /^Question 1 answered yes/u);
  await press('n', /^Question 2 answered no/u);
  await press('f', /^Flagged/u);
  await press('a', /^Accepted/u);
  await expect(sheet).toContainText('2 of');
  await press('x', /^Rejected/u);
  await expect(sheet).toContainText('3 of');
  await press('x', /^Rejected/u);
  await press('u', /^Undone: Rejected/u);
  await expect(sheet).toContainText('3 of');

  await page.getByRole('tab', { name: 'Raters and figures' }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save my ratings', exact: true }).click();
  const mine = (await bytes(download)).toString('utf8');
  expect(mine.trim().split('\n')).toHaveLength(3);
  const theirs = mine.replace('"rater":"Ana"', '"rater":"Ben"').replaceAll('"accepted"', '"rejected"');
  await page
    .getByRole('region', { name: 'Raters' })
    .locator('input[type="file"]')
    .setInputFiles({ name: 'ben.jsonl', mimeType: 'application/jsonl', buffer: Buffer.from(theirs) });
  const raters = page.getByRole('region', { name: 'Raters' });
  await expect(raters).toContainText('Merged the file of Ben: 2 new');
  await expect(raters.getByRole('listitem').filter({ hasText: 'Ben' })).toContainText('2 tasks');
  await expect(page.getByText(/Spearman's rank correlation/u)).toBeVisible();
});

test('Analyse: a part of the sunburst lists its tasks; pictures are saved', async () => {
  await app.go('Analyse');
  await expect(page.locator('[aria-busy="false"]')).toBeVisible({ timeout: 60_000 });
  const first = page.locator('[data-part]:not([data-part$=".-1"])').first();
  const [name = '', count = ''] = ((await first.getAttribute('aria-label')) ?? '').split(', ');
  const [x, y] = await pointIn(first);
  await page.mouse.click(x, y);
  const dialog = page.getByRole('dialog', { name: `Tasks with ${name}` });
  await expect(dialog.getByRole('listitem')).not.toHaveCount(0);
  expect(Number(count)).toBeGreaterThan(0);
  await page.keyboard.press('Escape');
  await expect(dialog).not.toBeAttached();
  const picture = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save Verbs and their objects as SVG' }).click();
  expect((await bytes(picture)).toString('utf8')).toMatch(/^<svg xmlns=/u);
  const all = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save all figures' }).click();
  const files = await unzipTexts(await bytes(all));
  const statistics = Object.entries(files).find(([path]) => path.endsWith('-statistics.csv'))?.[1];
  const { completed = 0 } = (await app.state()).progress ?? {};
  expect(statistics ?? '').toContain(`Instructions with instances,${completed},52445`);
});

test('Compare: two runs, and the check for held-out tasks', async () => {
  await app.go('Compare');
  await page.getByRole('button', { name: 'Compare', exact: true }).first().click();
  await expect(page.getByRole('region', { name: 'Held-out tasks', exact: true })).toBeVisible({
    timeout: 60_000,
  });
  const table = page.getByRole('region', { name: 'Statistics side by side' }).first();
  await expect(table).toContainText('Run 2');
  await expect(table).toContainText('Run 1');
  await expect(page.getByRole('region', { name: 'Held-out tasks', exact: true })).toContainText(
    /No instruction scores 0\.70|The data contains held-out tasks/u,
  );
});

interface Manifest {
  readonly run: { readonly source: string };
  readonly files: readonly { readonly path: string; readonly entries?: number }[];
}

test('the data passport: its content, and the same pool with its ratings from it elsewhere', async ({
  browser,
  baseURL,
}) => {
  await app.go('Export');
  const format = page.getByRole('region', { name: 'Format' }).locator('label');
  await format.filter({ hasText: 'Data passport' }).click();
  await page.getByRole('checkbox', { name: /rejected in Review/u }).waitFor();
  const save = page.getByRole('button', { name: /^Save .*passport/u }).first();
  const write = async (): Promise<Buffer<ArrayBuffer>> => {
    await expect(save).toBeEnabled();
    const download = page.waitForEvent('download');
    await save.click();
    return bytes(download);
  };
  const passport = await write();
  const files = await unzipTexts(passport);
  const text = (path: string): string => files[path] ?? '';
  const manifest = JSON.parse(text('manifest.json')) as Manifest;
  expect(Object.keys(files)).toEqual(expect.arrayContaining(manifest.files.map(({ path }) => path)));
  const header = parse(/^---\n([\s\S]*?)\n---\n/u.exec(text('README.md'))?.[1] ?? '') as {
    configs: { config_name: string; data_files: { path: string }[] }[];
  };
  for (const { data_files } of header.configs) {
    for (const { path } of data_files) expect(files).toHaveProperty([path]);
  }
  const info = JSON.parse(text('dataset_info.json')) as Record<string, { file_name: string }>;
  for (const { file_name } of Object.values(info)) expect(files).toHaveProperty([file_name]);
  const settings = Object.keys(files).filter((path) => path.endsWith('.yml'));
  expect(settings.length).toBeGreaterThan(0);
  for (const path of settings) {
    const { datasets } = parse(text(path)) as { datasets: { path: string }[] };
    expect(files).toHaveProperty([datasets[0]?.path ?? '']);
  }
  expect(text('ratings.jsonl').trim().split('\n')).toHaveLength(4);
  const { completed = 0, kept = 0 } = (await app.state()).progress ?? {};
  const rows = manifest.files.filter(({ path }) => path.startsWith('data/alpaca'));
  expect(rows.reduce((sum, { entries = 0 }) => sum + entries, 0)).toBeGreaterThanOrEqual(completed);

  // Without what was rejected by all who judged it.
  await page.getByRole('checkbox', { name: /1 task rejected in Review/u }).check();
  await expect(save).toBeEnabled();
  const fewer = await unzipTexts(await write());
  const ids = ['data/dataset-train.jsonl', 'data/dataset-validation.jsonl']
    .map((path) => fewer[path] ?? '')
    .join('')
    .trim()
    .split('\n');
  expect(ids).toHaveLength(kept - 1);

  // In a browser that has never seen the run.
  const context = await browser.newContext({ baseURL: baseURL ?? '' });
  const other = new App(await context.newPage());
  await other.open('export');
  await other.page
    .locator('input[type="file"]')
    .first()
    .setInputFiles({ name: 'passport.zip', mimeType: 'application/zip', buffer: passport });
  const back = other.page.getByRole('status').filter({ hasText: 'is restored' });
  await expect(back).toContainText('and 4 ratings');
  expect(await other.dataset()).toBe(await app.dataset());
  await context.close();
});
