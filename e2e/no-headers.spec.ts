/** A host that cannot send headers, as most static ones: the service worker adds them, after the first visit. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { expect, test } from '@playwright/test';
import { DIST } from '../scripts/lib/project.mjs';
import { App } from './app';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
};
let server: Server;

test.beforeAll(async () => {
  server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const file = join(DIST, pathname === '/' ? 'index.html' : pathname);
    void stat(file).then(
      () => {
        response.writeHead(200, { 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream' });
        createReadStream(file).pipe(response);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
});
test.afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test('workers have the policy, and more than one thread, from the second visit on', async ({ page }) => {
  const origin = `http://localhost:${(server.address() as AddressInfo).port}/`;
  await page.goto(origin);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.reload();
  await page.waitForFunction(() => 'selfInstruct' in window);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  const app = new App(page);
  await app.startRun({ target: 1, seed: 2 });
  await app.untilStatus('finished');
  const ours = page.workers().filter((worker) => worker.url().startsWith(origin));
  expect(ours.length).toBeGreaterThan(1);
  for (const worker of ours) {
    const policy = await page.evaluate(
      async (url) => (await fetch(url)).headers.get('content-security-policy'),
      worker.url(),
    );
    expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'");
    // Text that becomes code in a timer is what the policy forbids.
    const ran = await worker.evaluate(async () => {
      // eslint-disable-next-line @typescript-eslint/no-implied-eval -- that it does not run is what is tested
      setTimeout('globalThis.textRan = true');
      await new Promise((resolve) => setTimeout(resolve, 100));
      return 'textRan' in globalThis;
    });
    expect(ran, worker.url()).toBe(false);
  }
});
