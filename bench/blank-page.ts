/** A page of this origin in which nothing of the app runs, for measurements in the browser. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright';
import { createServer } from 'vite';
import { CHROMIUM_FLAGS, ensureChromium } from '../scripts/lib/chromium.mjs';
import { ISOLATION_HEADERS } from '../scripts/lib/headers.mjs';
import { ROOT } from '../scripts/lib/project.mjs';

/** Calls what a module of the project exports, in the page. Arguments and result are data. */
export type CallInPage = <T>(name: string, ...args: readonly unknown[]) => Promise<T>;

/** @param module path from the project's root */
export async function inBlankPage<T>(
  module: string,
  work: (call: CallInPage, browser: Browser) => Promise<T>,
): Promise<T> {
  const cacheDir = mkdtempSync(join(tmpdir(), 'self-instruct-bench-'));
  const server = await createServer({
    root: ROOT,
    cacheDir,
    logLevel: 'error',
    server: { port: 0, headers: ISOLATION_HEADERS, hmr: false, watch: null },
  });
  const executablePath = await ensureChromium();
  const browser = await chromium.launch({ executablePath, args: CHROMIUM_FLAGS });
  try {
    await server.listen();
    const base = server.resolvedUrls?.local[0] ?? '';
    const page = await browser.newPage();
    await page.route(`${base}blank`, (route) =>
      route.fulfill({ contentType: 'text/html', body: '<!doctype html>', headers: ISOLATION_HEADERS }),
    );
    await page.goto(`${base}blank`);
    // As text: what Vite makes of an import here means nothing in the page.
    const script = `import(${JSON.stringify(base + module)})`;
    return await work(
      (name, ...args) => page.evaluate(`${script}.then((page) => page.${name}(...${JSON.stringify(args)}))`),
      browser,
    );
  } finally {
    await browser.close();
    await server.close();
    rmSync(cacheDir, { recursive: true, force: true });
  }
}
