/**
 * `npm run generate -- --target 20 --seed 1 --out out.jsonl`: one run of the built app in headless Chromium; `--model` is
 * `built-in`, `standard` or the id of a model that can be fetched.
 * The last line of the output is one JSON object with the run's figures.
 */
import { writeFileSync } from 'node:fs';
import { readOptions } from './lib/options.mjs';
import { checkNode, ensureDependencies } from './lib/project.mjs';

const { values, number, oneOf } = readOptions({
  target: { type: 'string', default: '20' },
  seed: { type: 'string', default: '1' },
  out: { type: 'string', default: 'dataset.jsonl' },
  preset: { type: 'string', default: 'ours' },
  seeds: { type: 'string', default: 'simple' },
  model: { type: 'string', default: 'built-in' },
  interrupt: { type: 'string', default: '0' },
});
const options = {
  target: number('target', 1),
  seed: number('seed', 0),
  preset: oneOf('preset', ['ours', 'paper', 'reference']),
  seeds: oneOf('seeds', ['simple', 'paper']),
  model: values.model,
};
let interruptions = number('interrupt', 0);

checkNode();
ensureDependencies();
// Needs the dependencies, so it is loaded only now.
const { HeadlessApp, runFigures, waitUntil, workAndExit } = await import('./lib/headless-app.mjs');
const app = await HeadlessApp.serve();

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
/** When the next interruption comes: at a random moment, or never. */
const nextKill = () => (interruptions > 0 ? Date.now() + 2000 + Math.random() * 6000 : Infinity);

/** Works on the run until it ends or is due to be killed; null when it was not finished. */
async function stretch(begin) {
  const page = await app.openPage();
  // Only begun, not awaited: the run goes on in the page.
  await page.evaluate(
    ({ begin, given }) => {
      if (begin) void window.selfInstruct.start(given);
      else void window.selfInstruct.resume().then((found) => found || window.selfInstruct.start(given));
    },
    { begin, given: options },
  );
  const state = await waitUntil(page, showProgress, nextKill());
  return state && { page, state };
}

await workAndExit(app, async () => {
  let ended = await stretch(true);
  while (!ended) {
    interruptions--;
    await app.kill();
    console.error('Killed every process of the browser; resuming.');
    ended = await stretch(false);
  }
  const { page, state } = ended;
  writeFileSync(values.out, await page.evaluate(() => window.selfInstruct.dataset('dataset')));
  if (process.stderr.isTTY) process.stderr.write('\n');
  console.log(JSON.stringify(runFigures(state)));
});
