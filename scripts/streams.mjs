/**
 * `npm run streams -- --operations 10000 --seed 1 --tabs 5`: several tabs as a seeded stream of operations over one
 * database, beside a model of the truth; some tabs are closed in the middle. A difference is printed with its operations
 * and fails; the same options replay it.
 */
import { ensureChromium } from './lib/chromium.mjs';
import { readOptions } from './lib/options.mjs';
import { checkNode, ensureDependencies, run } from './lib/project.mjs';

const { number } = readOptions({
  operations: { type: 'string', default: '10000' },
  seed: { type: 'string', default: '1' },
  tabs: { type: 'string', default: '5' },
});
checkNode();
ensureDependencies();
const passed = run(
  'npx',
  ['vitest', 'run', '--project', 'browser', 'src/storage/tab-streams.browser.test.ts'],
  {
    CHROMIUM_PATH: await ensureChromium(),
    VITE_STREAM_SEED: String(number('seed', 0)),
    VITE_STREAM_OPERATIONS: String(number('operations', 1)),
    VITE_STREAM_TABS: String(number('tabs', 1)),
  },
);
process.exit(passed ? 0 : 1);
