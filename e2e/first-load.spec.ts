import { expect, test } from '@playwright/test';
import { gzipSync } from 'node:zlib';
import { App } from './app';

test('the first load is light: code and styles under 120 kB compressed, no model, no wasm', async ({
  page,
}) => {
  const bodies: Promise<number>[] = [];
  const urls: string[] = [];
  page.on('response', (response) => {
    if (response.request().serviceWorker()) return;
    urls.push(response.url());
    if (/\.(?:js|css)$/u.test(response.url())) {
      bodies.push(response.body().then((body) => gzipSync(body).length));
    }
  });
  await new App(page).open();
  await expect(page.getByRole('button', { name: 'Start with the built-in model' })).toBeVisible();
  const sizes = await Promise.all(bodies);
  expect(sizes.length).toBeGreaterThanOrEqual(2);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(120_000);
  expect(urls.filter((url) => /\.(?:wasm|gguf)$/u.test(url))).toEqual([]);
});
