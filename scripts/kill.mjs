/**
 * `npm run kill -- --kills 20 --seed 1 [--minutes N] [--browser firefox] [--round N]`: kills every process of the browser at random
 * moments of a run, a finetuning, an evaluation, imports, a bulk edit and its undo, resumes, and compares with what was
 * never killed. The last line of the output is one JSON object; the exit code is not 0 when anything differs.
 */
import { join } from 'node:path';
import { ensureChromium } from './lib/chromium.mjs';
import { ensureFirefox } from './lib/firefox.mjs';
import { readOptions } from './lib/options.mjs';
import { checkNode, DIST, ensureBuild, ensureDependencies, fail, ROOT } from './lib/project.mjs';

const { values, number, oneOf } = readOptions({
  kills: { type: 'string', default: '20' },
  seed: { type: 'string', default: '1' },
  browser: { type: 'string', default: 'chromium' },
  /** After so many minutes no other round is begun. */
  minutes: { type: 'string' },
  /** Repeats one round of that seed. */
  round: { type: 'string' },
});
const kills = number('kills', 1);
const seed = number('seed', 0);
const minutes = values.minutes === undefined ? undefined : number('minutes', 1);
const browser = oneOf('browser', ['chromium', 'firefox']);
const round = values.round === undefined ? undefined : number('round', 0);

checkNode();
ensureDependencies();
ensureBuild();
const executablePath =
  browser === 'firefox'
    ? (ensureFirefox() ?? fail('No Firefox was found. Install it, or set FIREFOX_PATH to one.'))
    : await ensureChromium();
// These need the dependencies, so they are loaded only now.
const { runnerImport } = await import('vite');
const { serve } = await import('./lib/server.mjs');
const { module } = await runnerImport(join(ROOT, 'e2e/kills/campaign.ts'), { root: ROOT, logLevel: 'error' });
const server = await serve(DIST);
const began = Date.now();
const until = minutes === undefined ? undefined : began + minutes * 60_000;
const result = await module.runCampaign({
  ...{ kills, until, seed, round, browser, executablePath, url: server.url },
  tell: (line) => console.error(line),
});
await server.close();
console.log(JSON.stringify({ seed, browser, seconds: Math.round((Date.now() - began) / 1000), ...result }));
process.exit(result.defects.length > 0 ? 1 : 0);
