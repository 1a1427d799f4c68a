/**
 * `npm run generate -- --target 20 --seed 1 --out out.jsonl`: one run of the built app in headless Chromium.
 * The last line of the output is one JSON object with the run's figures.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CHROMIUM_FLAGS, ensureChromium } from './lib/chromium.mjs';
import { checkNode, DIST, ensureBuild, ensureDependencies, fail } from './lib/project.mjs';
import { serve } from './lib/server.mjs';

const { values } = parseArgs({
  options: {
    target: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string', default: 'dataset.jsonl' },
    preset: { type: 'string', default: 'ours' },
    seeds: { type: 'string', default: 'simple' },
    interrupt: { type: 'string', default: '0' },
  },
});
const number = (name, least) => {
  const value = Number(values[name]);
  if (!Number.isSafeInteger(value) || value < least) fail(`--${name} must be a whole number from ${least}.`);
  return value;
};
const oneOf = (name, choices) =>
  choices.includes(values[name]) ? values[name] : fail(`--${name} is one of: ${choices.join(', ')}.`);
const options = {
  target: number('target', 1),
  seed: number('seed', 0),
  preset: oneOf('preset', ['ours', 'paper', 'reference']),
  seeds: oneOf('seeds', ['simple', 'paper']),
};
let interruptions = number('interrupt', 0);

checkNode();
ensureDependencies();
ensureBuild();
const executablePath = await ensureChromium();
const { chromium } = await import('playwright');
const profile = mkdtempSync(join(tmpdir(), 'self-instruct-'));
// One server for all restarts: another port would be another origin with other storage.
const server = await serve(DIST);
const openBrowser = () =>
  chromium.launchPersistentContext(profile, { executablePath, headless: true, args: CHROMIUM_FLAGS });

let browser = await openBrowser();
let lastLine = 0;
function showProgress({ status, progress }) {
  const rate =
    progress?.seconds > 0 ? `, ${((60 * progress.kept) / progress.seconds).toFixed(1)} a minute` : '';
  const line = `${status}: ${progress?.kept ?? 0} of ${options.target} kept${rate}`;
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${line}`);
  else if (Date.now() - lastLine > 5000) {
    lastLine = Date.now();
    console.error(line);
  }
}

/** Works on the run in one browser until it ends or `killAt` (milliseconds) comes; true when it ended. */
async function stretch(first, killAt) {
  const page = browser.pages()[0] ?? (await browser.newPage());
  page.on('pageerror', (error) => console.error(`page: ${error.message}`));
  await page.goto(server.url);
  await page.waitForFunction(() => 'selfInstruct' in window);
  // Only begun, not awaited: the run goes on in the page.
  await page.evaluate(
    ({ begin, given }) => {
      if (begin) void window.selfInstruct.start(given);
      else void window.selfInstruct.resume().then((found) => found || window.selfInstruct.start(given));
    },
    { begin: first, given: options },
  );
  const deadline = killAt && Date.now() + killAt;
  for (;;) {
    const state = await page.evaluate(() => window.selfInstruct.state());
    showProgress(state);
    if (state.status === 'finished') return { page, state };
    if (state.status === 'failed') throw new Error(`The run stopped: ${JSON.stringify(state.failure)}`);
    if (deadline && Date.now() >= deadline) return null;
    await page.waitForTimeout(deadline ? 50 : 200);
  }
}

let code = 0;
try {
  let ended = await stretch(true, interruptions > 0 ? 2000 + Math.random() * 6000 : 0);
  while (!ended) {
    interruptions--;
    // Alternately the tab and the whole browser; neither gets a chance to say goodbye.
    if (interruptions % 2 === 0) await browser.pages()[0]?.close({ runBeforeUnload: false });
    await browser.close();
    browser = await openBrowser();
    ended = await stretch(false, interruptions > 0 ? 2000 + Math.random() * 6000 : 0);
  }
  const { page, state } = ended;
  writeFileSync(values.out, await page.evaluate(() => window.selfInstruct.dataset('dataset')));
  const { progress, firstAcceptedSeconds } = state;
  const sum = (field) => Object.values(progress.stages).reduce((total, stage) => total + stage[field], 0);
  const round = (value) => (value === null ? null : Number(value.toFixed(2)));
  if (process.stderr.isTTY) process.stderr.write('\n');
  console.log(
    JSON.stringify({
      accepted: progress.kept,
      rejected: progress.rejected,
      instances: progress.instances,
      modelCalls: sum('calls'),
      promptTokens: sum('promptTokens'),
      cachedTokens: sum('cachedTokens'),
      completionTokens: sum('completionTokens'),
      modelSeconds: round(progress.modelSeconds),
      seconds: round(progress.seconds),
      firstAcceptedSeconds: round(firstAcceptedSeconds),
    }),
  );
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  code = 1;
} finally {
  await browser.close().catch(() => undefined);
  await server.close();
  rmSync(profile, { recursive: true, force: true });
}
process.exit(code);
