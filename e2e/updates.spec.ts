/** A new version on the server: a run is not interrupted by it, and half of it is never used. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { DIST } from '../scripts/lib/project.mjs';
import { serve } from '../scripts/lib/server.mjs';
import { App, SCREENS } from './app';

let root = '';
let server: Awaited<ReturnType<typeof serve>>;

test.beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'self-instruct-deploy-'));
  // The standard model is not part of what a new version replaces.
  cpSync(DIST, root, { recursive: true, filter: (path) => !path.includes(join('models', 'standard')) });
  server = await serve(root);
});
test.afterEach(async () => {
  await server.close();
  rmSync(root, { recursive: true, force: true });
});

/** Every asset under another name, and every file that names it changed: nothing of the old version is left. */
function deploy(): readonly string[] {
  const assets = readdirSync(join(root, 'assets'));
  const renamed = assets.map((name) => [name, name.replace(/(\.\w+)$/u, 'v2$1')] as const);
  for (const [from, to] of renamed) renameSync(join(root, 'assets', from), join(root, 'assets', to));
  const texts = [
    ...renamed.map(([, to]) => join('assets', to)),
    ...readdirSync(root).filter((name) => /\.(?:html|js|json|webmanifest)$/u.test(name)),
  ].filter((path) => /\.(?:html|js|css|json|webmanifest)$/u.test(path));
  for (const path of texts) {
    let text = readFileSync(join(root, path), 'utf8');
    for (const [from, to] of renamed) text = text.replaceAll(from, to);
    if (path === 'service-worker.js') text = text.replaceAll(/"revision":"|revision:"/gu, '$&2');
    writeFileSync(join(root, path), text);
  }
  return renamed.map(([, to]) => to);
}
/** A tab that the service worker serves. */
async function controlled(page: Page): Promise<App> {
  const app = new App(page);
  await page.goto(server.url);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.reload();
  await page.waitForFunction(() => 'selfInstruct' in window && navigator.serviceWorker.controller !== null);
  return app;
}
/** What became of the new version. */
const update = (page: Page): Promise<string> =>
  page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    await registration.update();
    const worker = registration.installing ?? registration.waiting;
    if (!worker) return 'none';
    const over = (): boolean => worker.state !== 'installing';
    if (!over())
      await new Promise((resolve) => worker.addEventListener('statechange', resolve, { once: true }));
    return worker.state;
  });
const mainScript = (page: Page): Promise<string> =>
  page.evaluate(() => document.querySelector<HTMLScriptElement>('script[type=module][src]')?.src ?? '');

test('a new version waits until the tabs are closed: screens of the old one still load', async ({
  page,
  context,
}) => {
  const app = await controlled(page);
  await page.evaluate(() => Object.assign(window, { notReloaded: true }));
  await app.startRun({ target: 5, seed: 3 });
  await app.untilKept(1);
  deploy();
  expect(await update(page)).toBe('installed');
  for (const screen of SCREENS) {
    await app.go(screen);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  }
  await app.untilStatus('finished');
  expect(await page.evaluate(() => 'notReloaded' in window)).toBe(true);
  expect(await mainScript(page)).not.toContain('v2');
  await page.close();
  const next = await context.newPage();
  await expect
    .poll(async () => {
      await next.goto('about:blank');
      await next.goto(server.url);
      return mainScript(next);
    })
    .toContain('v2');
  const state = async (): Promise<number | undefined> => (await new App(next).state()).progress?.completed;
  await next.waitForFunction(() => 'selfInstruct' in window);
  await new App(next).go('Pool');
  await expect.poll(state).toBe(5);
});

test('a new version of which a file is missing is not used, also without a network', async ({
  page,
  context,
}) => {
  await controlled(page);
  const [first = ''] = deploy().filter((name) => name.endsWith('.js'));
  rmSync(join(root, 'assets', first));
  expect(await update(page)).toBe('redundant');
  await context.setOffline(true);
  await page.reload();
  await page.waitForFunction(() => 'selfInstruct' in window);
  expect(await mainScript(page)).not.toContain('v2');
  const app = new App(page);
  await page.getByRole('button', { name: /Start with the built-in model/u }).click();
  await app.untilKept(1);
});
