import { expect, test } from '@playwright/test';
import { App } from './app';

// The service worker would answer in the server's place.
test.use({ serviceWorkers: 'block' });

test('without WebAssembly the page says so and stays usable', async ({ page }) => {
  await page.addInitScript(() => {
    Reflect.deleteProperty(globalThis, 'WebAssembly');
  });
  const app = new App(page);
  await app.open();
  await expect(page.getByRole('alert')).toContainText('no WebAssembly');
  await app.go('Seeds');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
});

test('a missing, cut or altered model file is named; the next try works', async ({ page }) => {
  const app = new App(page);
  await app.open();
  const alert = page.getByRole('alert');
  await page.route('**/model.gguf', (route) => route.fulfill({ status: 404, body: 'gone' }));
  await app.startRun({ target: 1, seed: 1 });
  await expect(alert).toBeHidden();
  await app.untilStatus('failed');
  await app.go('Generate');
  await expect(alert).toContainText('could not be loaded');
  await expect(alert).toContainText('status 404');

  await page.unroute('**/model.gguf');
  await page.route('**/model.gguf', async (route) => {
    const body = await (await route.fetch()).body();
    await route.fulfill({ body: body.subarray(0, 100_000) });
  });
  await app.startRun({ target: 1, seed: 1 });
  await expect(alert).toContainText('100000 bytes instead of');

  await page.unroute('**/model.gguf');
  await page.route('**/model.gguf', async (route) => {
    const body = await (await route.fetch()).body();
    body[3_000_000] = (body[3_000_000] ?? 0) ^ 1;
    await route.fulfill({ body });
  });
  await app.startRun({ target: 1, seed: 1 });
  await expect(alert).toContainText('the checksum differs');

  await page.unroute('**/model.gguf');
  await app.startRun({ target: 1, seed: 1 });
  await app.untilStatus('finished');
});

test('a full disk pauses the run, offers what is in memory, and loses nothing', async ({
  page,
  baseURL,
  context,
}) => {
  test.setTimeout(600_000);
  const app = new App(page);
  await app.open();
  const session = await context.newCDPSession(page);
  // The browser remembers for half a minute how much room a page has, so the run must be longer than that.
  const options = { target: 60, seed: 4 } as const;
  await app.startRun(options);
  await app.untilCalls(6);
  await session.send('Storage.overrideQuotaForOrigin', { origin: baseURL ?? '', quotaSize: 1 });
  await app.untilStatus('failed');
  await app.go('Generate');
  await expect(page.getByRole('alert')).toContainText('no space left');
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save what is in memory' }).click();
  expect((await saved).suggestedFilename()).toContain('from-memory');

  await session.send('Storage.overrideQuotaForOrigin', { origin: baseURL ?? '' });
  await page.getByRole('alert').getByRole('button', { name: 'Resume' }).click();
  await app.untilStatus('finished', 300_000);
  const interrupted = await app.dataset();

  await app.startRun(options);
  await app.untilStatus('running');
  await app.untilStatus('finished', 300_000);
  expect(interrupted).toBe(await app.dataset());
});

test('storage that is denied is told; in memory everything works', async ({ page }) => {
  await page.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException('The user denied permission', 'SecurityError');
    };
  });
  const app = new App(page);
  await app.open();
  await expect(page.getByRole('alert')).toContainText('does not let the page store anything');
  await page.getByRole('button', { name: 'Continue in memory' }).click();
  await expect(page.getByRole('complementary', { name: 'Kept in memory' })).toBeVisible();
  await app.startRun({ target: 2, seed: 1 });
  await app.untilStatus('finished');
  expect((await app.dataset()).trim().split('\n')).toHaveLength(2);
});
