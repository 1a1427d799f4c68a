import { expect, test } from '@playwright/test';
import { App } from './app';

const START = 'Start with the standard model';

test('one click fetches the standard model from the page’s own address, and offline it is still here', async ({
  page,
  context,
}) => {
  const elsewhere: string[] = [];
  const pieces: string[] = [];
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith('http') && url.hostname !== 'localhost') elsewhere.push(request.url());
    if (url.pathname.endsWith('.bin')) pieces.push(url.pathname);
  });
  await new App(page).open();
  await expect(page.getByText('98.4 MB, fetched once')).toBeVisible();
  expect(pieces).toEqual([]);
  await page.getByRole('button', { name: START }).click();
  // The run has begun: the first request is being computed.
  await expect(page.getByRole('button', { name: /Pause|Stop/u }).first()).toBeVisible({ timeout: 120_000 });
  expect(pieces.length).toBe(6);
  await page.waitForFunction(() => window.selfInstruct.state().status === 'running', null, {
    timeout: 120_000,
  });
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));

  await context.setOffline(true);
  await page.goto('./');
  const models = await page.evaluate(() => window.selfInstruct.models());
  expect(models.find(({ name }) => name === 'SmolLM2-135M-Instruct')).toMatchObject({
    origin: 'download',
    licence: 'Apache-2.0',
  });
  expect(elsewhere).toEqual([]);
});
