/** Several tabs of one browser on one run. */
import { readFile } from 'node:fs/promises';
import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { App } from './app';

const OPTIONS = { target: 4, seed: 21 } as const;
test.setTimeout(420_000);

async function tab(context: BrowserContext, screen = ''): Promise<App> {
  const app = new App(await context.newPage());
  await app.open(screen);
  return app;
}
const callsIn = async (app: App): Promise<number> => {
  const { progress } = await app.state();
  return Object.values(progress?.stages ?? {}).reduce((sum, { calls }) => sum + calls, 0);
};
const keptIn = async (app: App): Promise<number> => (await app.state()).progress?.kept ?? 0;
const elsewhere = (page: Page) => page.getByText('Another tab computes this run', { exact: true });

test('a second tab shows a run live, changes nothing, and resumes it when the first is gone', async ({
  context,
}) => {
  const first = await tab(context);
  await first.startRun({ target: 60, seed: 5 });
  await first.untilKept(1);
  const second = await tab(context);
  await expect(
    second.page.getByRole('heading', { name: /Run 1 is at \d+ of 60 in another tab/u }),
  ).toBeVisible();
  await second.page.getByRole('button', { name: 'Watch run 1' }).click();
  await expect(elsewhere(second.page)).toBeVisible();
  await expect(second.page.getByRole('button', { name: /Resume|Pause/u })).toHaveCount(0);
  await second.untilCalls((await callsIn(second)) + 2);
  // Candidates are judged when all requests of their round are there.
  await expect(
    second.page.getByRole('region', { name: 'Latest candidates' }).getByRole('row').nth(1),
  ).toBeVisible({ timeout: 150_000 });

  await second.go('Pool');
  await second.page.getByRole('row').nth(1).click();
  await expect(second.page.getByText('Another tab computes this run. Pause it there')).toBeVisible();
  await second.go('Generate');

  await first.page.close();
  await expect(elsewhere(second.page)).toBeHidden();
  const stored = await callsIn(second);
  await second.page.getByRole('button', { name: 'Resume run 1' }).click();
  await second.untilCalls(stored + 1);
});

test('a run of a frozen tab is taken over; that tab stops when it wakes, and the data set is the same', async ({
  browser,
  context,
}) => {
  const alone = await browser.newContext();
  const undisturbed = await tab(alone);
  await undisturbed.startRun(OPTIONS);
  await undisturbed.untilStatus('finished');
  const whole = await undisturbed.dataset();
  await alone.close();

  const first = await tab(context);
  await first.startRun(OPTIONS);
  await first.untilKept(1);
  const devtools = await context.newCDPSession(first.page);
  await devtools.send('Page.setWebLifecycleState', { state: 'frozen' });
  const second = await tab(context);
  await second.page.getByRole('button', { name: 'Watch run 1' }).click();
  await second.page.getByRole('button', { name: 'Take over here' }).click();
  await second.untilStatus('running');
  await devtools.send('Page.setWebLifecycleState', { state: 'active' });
  await first.go('Generate');
  await expect(first.page.getByRole('alert')).toContainText('Another tab took over this run');
  await second.untilStatus('finished');
  expect(await second.dataset()).toBe(whole);
  // It follows the other tab to the end.
  await first.untilStatus('finished');
});

test('a click that is refused changes nothing', async ({ context }) => {
  const first = await tab(context, 'generate');
  await first.startRun({ target: 2, seed: 3 });
  await first.untilStatus('finished');
  const second = await tab(context, 'pool');
  await second.untilStatus('finished');
  await second.go('Generate');
  const more = second.page.getByRole('button', { name: '200 more' });
  await expect(more).toBeVisible();
  // The second tab hears nothing of the first: its click comes from what it still shows.
  await first.page.evaluate(() => (BroadcastChannel.prototype.postMessage = () => undefined));
  await first.page.getByRole('button', { name: '50 more' }).click();
  await first.untilStatus('running');
  await more.click();
  await expect(elsewhere(second.page)).toBeVisible();
  expect((await first.state()).target).toBe(52);
  expect((await second.state()).target).toBe(52);
});

test('a run whose data is deleted stops, says so, and what is in memory can be saved and restored', async ({
  browser,
  context,
}) => {
  const first = await tab(context);
  await first.startRun({ target: 60, seed: 9 });
  await first.untilKept(3);
  const second = await tab(context);
  await second.page.evaluate(
    () =>
      new Promise<void>((resolve, reject) => {
        const request = indexedDB.deleteDatabase('self-instruct');
        request.onsuccess = () => resolve();
        request.onerror = () => reject(new Error(request.error?.message));
      }),
  );
  await first.untilStatus('failed');
  await first.go('Generate');
  const alert = first.page.getByRole('alert');
  await expect(alert).toContainText('The data that this page had stored are gone');
  await expect(alert.getByRole('button', { name: 'Resume' })).toHaveCount(0);
  const download = first.page.waitForEvent('download');
  await alert.getByRole('button', { name: 'Save what is in memory' }).click();
  const file = await (await download).path();
  const machine = (await readFile(file, 'utf8'))
    .split('\n')
    .filter((line) => line.includes('"origin":"machine"'));
  expect(machine.length).toBeGreaterThanOrEqual(3);

  const other = await browser.newContext();
  const restored = await tab(other, 'export');
  await restored.page.locator('input[type="file"]').first().setInputFiles(file);
  await expect(restored.page.getByRole('status').filter({ hasText: 'is restored' })).toBeVisible();
  expect(await keptIn(restored)).toBe(machine.length);
  await other.close();
});
