/**
 * `npm run study -- --model standard --target 100 --folder study`: the study of data size in headless Chromium. Generates a
 * run, or goes on with it, then works through the study: one finetuning for each share of the generated tasks, all for
 * equally many steps, and the answers to held-out tasks. With `--unfiltered` also for a run without filters, with
 * `--answers MODEL` also for the outputs that this model writes. With `--folder` it goes on where it was stopped.
 * The last line of the output is one JSON object with the curve.
 */
import { readOptions } from './lib/options.mjs';
import { checkNode, ensureDependencies, fail } from './lib/project.mjs';

const { values, number } = readOptions({
  model: { type: 'string', default: 'built-in' },
  seed: { type: 'string', default: '1' },
  target: { type: 'string', default: '100' },
  shares: { type: 'string', default: '0,25,50,100' },
  steps: { type: 'string', default: '72' },
  depth: { type: 'string', default: '0' },
  tasks: { type: 'string', default: '100' },
  folder: { type: 'string', default: '' },
  unfiltered: { type: 'boolean', default: false },
  answers: { type: 'string', default: '' },
});
const seed = number('seed', 0);
const target = number('target', 1);
const shares = values.shares.split(',').map((share) => Number(share) / 100);
if (!shares.every((share) => share >= 0 && share <= 1)) fail('--shares are percents, as in 0,25,50,100.');
const options = {
  shares,
  steps: number('steps', 1),
  topLayers: number('depth', 0),
  tasks: number('tasks', 1),
  unfiltered: values.unfiltered,
};

checkNode();
ensureDependencies();
// Needs the dependencies, so it is loaded only now.
const { HeadlessApp, telling, waitUntil, workAndExit } = await import('./lib/headless-app.mjs');
const app = await HeadlessApp.serve(undefined, [], values.folder || undefined);
await workAndExit(app, async () => {
  const page = await app.openPage();
  console.error('Making the model ready and generating ...');
  const fetched = (model) => page.evaluate((name) => window.selfInstruct.fetchModel(name), model);
  const base = await fetched(values.model);
  const answeredBy = values.answers === '' ? undefined : await fetched(values.answers);
  await page.evaluate((given) => void window.selfInstruct.goOn(given), { target, seed, model: values.model });
  const { runId } = await waitUntil(page, () => undefined, Infinity);
  const model = values.model === 'built-in' ? undefined : base;
  const result = await telling(
    page,
    (done, total) => console.error(`Study: ${Math.round((100 * done) / total)} %`),
    () =>
      page.evaluate((given) => window.selfInstruct.study(given), { ...options, runId, model, answeredBy }),
  );
  console.log(JSON.stringify(result));
});
