/**
 * What do queue, worker, watchdog and checks cost? Tokens per second of the built-in model through the app's own layers
 * against the bare library, with the same weights, settings, requests and seeds, in turns in one page.
 *
 *   npm run bench -- overhead --json overhead.json [--rounds 9] [--requests 16] [--parallel 4]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright';
import { createServer } from 'vite';
import { CHROMIUM_FLAGS, ensureChromium } from '../scripts/lib/chromium.mjs';
import { ISOLATION_HEADERS } from '../scripts/lib/headers.mjs';
import { ROOT } from '../scripts/lib/project.mjs';
import type { Round } from './overhead-page';
import { table } from './table';

export const about =
  'tokens per second of the built-in model through our layers and through the bare library';

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

export async function run({ args }: { args: string[] }): Promise<{ json: unknown; text: string }> {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: 'string', default: '9' },
      requests: { type: 'string', default: '16' },
      parallel: { type: 'string', default: '4' },
    },
  });
  const plan = {
    rounds: Number(values.rounds),
    requests: Number(values.requests),
    parallel: Number(values.parallel),
  };
  const rounds = await measure(plan);
  // Each round compares neighbours in time; the machine may be busier in the next one.
  const overheads = rounds.map(
    ({ bare, ours }) => ours.seconds / ours.tokens / (bare.seconds / bare.tokens) - 1,
  );
  const perSecond = (which: 'bare' | 'ours'): number =>
    median(rounds.map(({ [which]: { tokens, seconds } }) => tokens / seconds));
  const json = {
    ...plan,
    rounds,
    overhead: median(overheads),
    bare: perSecond('bare'),
    ours: perSecond('ours'),
  };
  const text = table(
    ['', 'tokens per second'],
    [
      ['bare library', json.bare.toFixed(0)],
      ['through our layers', json.ours.toFixed(0)],
    ],
  );
  return { json, text: `${text}\n\nOverhead, median of the rounds: ${(100 * json.overhead).toFixed(1)} %` };
}

async function measure(plan: {
  readonly rounds: number;
  readonly requests: number;
  readonly parallel: number;
}): Promise<readonly Round[]> {
  const cacheDir = mkdtempSync(join(tmpdir(), 'self-instruct-bench-'));
  const server = await createServer({
    root: ROOT,
    cacheDir,
    logLevel: 'error',
    server: { port: 0, headers: ISOLATION_HEADERS, hmr: false, watch: null },
  });
  const executablePath = (await ensureChromium()) as string;
  const browser = await chromium.launch({ executablePath, args: CHROMIUM_FLAGS });
  try {
    await server.listen();
    const base = server.resolvedUrls?.local[0] ?? '';
    const page = await browser.newPage();
    // An empty page of this origin: nothing of the app runs beside the measurement.
    await page.route(`${base}blank`, (route) =>
      route.fulfill({ contentType: 'text/html', body: '<!doctype html>', headers: ISOLATION_HEADERS }),
    );
    await page.goto(`${base}blank`);
    // As text: what Vite makes of an import here means nothing in the page.
    const script = `import(${JSON.stringify(`${base}bench/overhead-page.ts`)})`;
    return await page.evaluate<Round[]>(
      `${script}.then((page) => page.measureRounds(${JSON.stringify(plan)}))`,
    );
  } finally {
    await browser.close();
    await server.close();
    rmSync(cacheDir, { recursive: true, force: true });
  }
}
