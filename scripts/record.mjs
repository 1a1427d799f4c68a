/**
 * `npm run record -- --model standard --target 30 --seed 1 --out run.recording`: one run of the built app in headless
 * Chromium as a recording, which the app plays without a model. With the `--folder` of `npm run loop`, of the same model,
 * target and seed, it records that run, with its finetunings and their evaluations.
 * The last line of the output is one JSON object with the run's figures and the bytes of the file.
 */
import { writeFileSync } from 'node:fs';
import { readOptions } from './lib/options.mjs';
import { checkNode, ensureDependencies } from './lib/project.mjs';

const { values, number } = readOptions({
  model: { type: 'string', default: 'standard' },
  target: { type: 'string', default: '30' },
  seed: { type: 'string', default: '1' },
  out: { type: 'string', default: 'run.recording' },
  folder: { type: 'string', default: '' },
});
const options = { target: number('target', 1), seed: number('seed', 0), model: values.model };

checkNode();
ensureDependencies();
// Needs the dependencies, so it is loaded only now.
const { HeadlessApp, runFigures, waitUntil, workAndExit } = await import('./lib/headless-app.mjs');
const app = await HeadlessApp.serve(undefined, [], values.folder || undefined);

let lastLine = Date.now();
function showProgress({ progress }) {
  if (Date.now() - lastLine < 10_000) return;
  lastLine = Date.now();
  console.error(`${progress?.kept ?? 0} of ${options.target} kept`);
}

await workAndExit(app, async () => {
  const page = await app.openPage();
  console.error('Making the model ready ...');
  await page.evaluate((name) => window.selfInstruct.fetchModel(name), options.model);
  await page.evaluate((given) => void window.selfInstruct.goOn(given), options);
  const state = await waitUntil(page, showProgress, Infinity);
  const file = Buffer.from(await page.evaluate(() => window.selfInstruct.recording()), 'base64');
  writeFileSync(values.out, file);
  console.log(JSON.stringify({ ...runFigures(state), bytes: file.length }));
});
