/**
 * `npm run loop -- --seed 1 --target 300`: the whole of Self-Instruct on the built-in model in headless Chromium:
 * generate, finetune on the seeds and on seeds with generated data, evaluate before and after on held-out tasks.
 * Writes a report; the last line of the output is one JSON object with the figures.
 */
import { writeFileSync } from 'node:fs';
import { readOptions } from './lib/options.mjs';
import { checkNode, ensureDependencies } from './lib/project.mjs';

const { values, number } = readOptions({
  seed: { type: 'string', default: '1' },
  target: { type: 'string', default: '300' },
  tasks: { type: 'string', default: '150' },
  report: { type: 'string', default: 'loop-report.md' },
});
const seed = number('seed', 0);
const target = number('target', 1);
const tasks = number('tasks', 1);

checkNode();
ensureDependencies();
// Needs the dependencies, so it is loaded only now.
const { HeadlessApp, finishRun } = await import('./lib/headless-app.mjs');
const app = await HeadlessApp.serve();

/** Runs one stage in the page, tells how far it is, and measures it. */
async function stage(page, name, work) {
  const began = Date.now();
  console.error(`${name} ...`);
  const told = setInterval(() => {
    page
      .evaluate(() => window.selfInstruct.progress())
      .then(({ done, total }) => total > 0 && console.error(`${name}: ${done} of ${total}`))
      .catch(() => undefined);
  }, 10_000);
  try {
    return { result: await work(), seconds: Number(((Date.now() - began) / 1000).toFixed(1)) };
  } finally {
    clearInterval(told);
  }
}

const round = (value) => Number(value.toFixed(2));
let code = 0;
try {
  const began = Date.now();
  console.error('Generating ...');
  const { page, figures } = await finishRun(app, { target, seed });
  const generating = Number(((Date.now() - began) / 1000).toFixed(1));
  const finetune = (source, name) =>
    stage(page, `Finetuning on ${name}`, () =>
      page.evaluate((options) => window.selfInstruct.finetune(options), { source, name, seed }),
    );
  const seeds = await finetune('seeds', 'the seeds alone');
  const all = await finetune('run-and-seeds', 'seeds and generated data');
  const evaluation = await stage(page, 'Evaluating', () =>
    page.evaluate((options) => window.selfInstruct.evaluate(options), {
      models: ['built-in', seeds.result.modelId, all.result.modelId],
      set: 'simple',
      limit: tasks,
      seed,
    }),
  );
  const { models, gains, report } = evaluation.result;
  writeFileSync(values.report, report);
  console.error(`The report is in ${values.report}.`);
  const [base, seedsOnly, selfInstruct] = models.map(({ rougeL }) => round(rougeL));
  const [seedsGain, gain] = gains;
  console.log(
    JSON.stringify({
      base,
      seedsOnly,
      selfInstruct,
      difference: round(gain.difference),
      interval: [round(gain.low), round(gain.high)],
      seedsDifference: round(seedsGain.difference),
      seedsInterval: [round(seedsGain.low), round(seedsGain.high)],
      tasks: evaluation.result.tasks,
      accepted: figures.accepted,
      examples: all.result.counts.training,
      seconds: {
        generate: generating,
        finetuneSeeds: seeds.seconds,
        finetune: all.seconds,
        evaluate: evaluation.seconds,
      },
    }),
  );
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  code = 1;
} finally {
  await app.close();
}
process.exit(code);
