import { expect, test } from '@playwright/test';
import { App, SCREENS } from './app';

test('after one visit everything works without a network', async ({ context, page }) => {
  const app = new App(page);
  await app.open();
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await context.setOffline(true);
  await page.reload();
  await app.open();
  expect(await page.evaluate(() => navigator.onLine)).toBe(false);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  await page.getByRole('button', { name: 'Start with the built-in model' }).click();
  await app.untilKept(1);
  for (const screen of SCREENS) {
    await app.go(screen);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  }
});
