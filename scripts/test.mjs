/**
 * `npm test`: all checks and all tests. Core logic runs in Node, workers, storage and components in Chromium, and the
 * whole built app end to end. The last line counts the tests.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChecks } from './check.mjs';
import { ensureChromium } from './lib/chromium.mjs';
import { ensureFirefox } from './lib/firefox.mjs';
import { checkNode, ensureBuild, ensureDependencies, run } from './lib/project.mjs';

checkNode();
ensureDependencies();
const chromium = await ensureChromium();
const firefox = ensureFirefox();
if (!firefox)
  console.error('No Firefox was found, so its tests are skipped. Install it, or set FIREFOX_PATH.');
const failed = runChecks();

const reports = mkdtempSync(join(tmpdir(), 'self-instruct-test-'));
const report = (name) => join(reports, `${name}.json`);
const counts = { passed: 0, failed: 0 };

/** Runs one suite; `count` reads passed and failed tests from its report. */
function suite(name, [program, ...args], environment, count) {
  console.error(`\n== ${name}`);
  if (!run(program, args, environment)) failed.push(name);
  try {
    const [passed, broken] = count(JSON.parse(readFileSync(report(name), 'utf8')));
    counts.passed += passed;
    counts.failed += broken;
  } catch {
    console.error(`${name}: no report was written.`);
    if (!failed.includes(name)) failed.push(name);
  }
}
const vitest = (name, project, ...more) =>
  suite(
    name,
    [
      'npx',
      'vitest',
      'run',
      '--project',
      project,
      '--reporter=default',
      '--reporter=json',
      `--outputFile=${report(name)}`,
      ...more,
    ],
    { CHROMIUM_PATH: chromium },
    ({ numPassedTests, numFailedTests }) => [numPassedTests, numFailedTests],
  );

vitest('unit', 'node', '--coverage', '--coverage.reporter=text-summary');
suite(
  'fuzz',
  ['node', 'scripts/fuzz.mjs', '--seed', '1', '--files', '1000', '--json', report('fuzz')],
  {},
  ({ exceptions, hangs, memory, others }) => {
    const findings = exceptions + hangs + memory + others;
    return findings === 0 ? [1, 0] : [0, findings];
  },
);
vitest('browser', 'browser');
vitest('webgpu', 'webgpu');
ensureBuild();
suite(
  'end-to-end',
  ['npx', 'playwright', 'test', '-c', 'e2e/playwright.config.ts'],
  {
    CHROMIUM_PATH: chromium,
    ...(firefox ? { FIREFOX_PATH: firefox } : {}),
    PLAYWRIGHT_JSON_OUTPUT_NAME: report('end-to-end'),
  },
  ({ stats }) => [stats.expected + stats.flaky, stats.unexpected],
);
rmSync(reports, { recursive: true, force: true });

if (failed.length > 0) console.error(`\nFailed: ${failed.join(', ')}`);
console.log(`\nTests: ${counts.passed} passed, ${counts.failed} failed`);
process.exit(failed.length > 0 ? 1 : 0);
