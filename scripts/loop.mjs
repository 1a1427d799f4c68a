/**
 * `npm run loop -- --model standard --seeds 3 --folder loop-standard`: the whole of Self-Instruct in headless Chromium.
 * For each seed: generate, then finetune on the seed tasks alone, on seed tasks with generated data, and on a data set of
 * others (`--also FILE`), all for equally many steps of equally many examples; every model, and the base model as it is
 * and by its template, answers both held-out sets. With `--folder` it goes on where it was stopped.
 * Writes a report for each set; the last line of the output is one JSON object with the figures.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { readOptions } from './lib/options.mjs';
import { checkNode, ensureDependencies } from './lib/project.mjs';

/** What fits into about 45 minutes of one core for the standard model, and into ten for the built-in one. */
const USUAL = {
  'built-in': { target: '300', steps: '160' },
  standard: { target: '100', steps: '72' },
};
/** Answers of people's tasks are longer than those in simple English. */
const ANSWER_TOKENS = { simple: 60, paper: 128 };

const { values, number, oneOf } = readOptions({
  model: { type: 'string', default: 'built-in' },
  seed: { type: 'string', default: '1' },
  seeds: { type: 'string', default: '1' },
  target: { type: 'string', default: '' },
  steps: { type: 'string', default: '' },
  depth: { type: 'string', default: '0' },
  tasks: { type: 'string', default: '100' },
  sets: { type: 'string', default: 'both' },
  also: { type: 'string', default: '' },
  folder: { type: 'string', default: '' },
  report: { type: 'string', default: 'loop-report' },
});
const usual = USUAL[values.model] ?? USUAL.standard;
values.target ||= usual.target;
values.steps ||= usual.steps;
const first = number('seed', 0);
const seeds = Array.from({ length: number('seeds', 1) }, (_, i) => first + i);
const target = number('target', 1);
const steps = number('steps', 1);
const depth = number('depth', 0);
const tasks = number('tasks', 1);
const chosenSets = oneOf('sets', ['both', 'simple', 'paper']);
const sets = chosenSets === 'both' ? ['simple', 'paper'] : [chosenSets];

checkNode();
ensureDependencies();
// Needs the dependencies, so it is loaded only now.
const { HeadlessApp, runFigures, telling, waitUntil, workAndExit } = await import('./lib/headless-app.mjs');
const app = await HeadlessApp.serve(undefined, [], values.folder || undefined);
let page;

const seconds = {};
/** Runs one stage in the page, tells how far it is, and adds up what it took. */
async function stage(kind, name, work) {
  const began = Date.now();
  console.error(`${name} ...`);
  try {
    return await telling(page, (done, total) => console.error(`${name}: ${done} of ${total}`), work);
  } finally {
    seconds[kind] = Number(((seconds[kind] ?? 0) + (Date.now() - began) / 1000).toFixed(1));
  }
}

const generate = (seed) =>
  stage('generate', `Seed ${seed}: generating`, async () => {
    await page.evaluate((options) => void window.selfInstruct.goOn(options), {
      target,
      seed,
      model: values.model,
    });
    let lastLine = Date.now();
    const state = await waitUntil(
      page,
      ({ progress }) => {
        if (Date.now() - lastLine < 10_000) return;
        lastLine = Date.now();
        console.error(`Seed ${seed}: ${progress?.kept ?? 0} of ${target} kept`);
      },
      Infinity,
    );
    return { runId: state.runId, accepted: runFigures(state).accepted };
  });

const finetune = (name, options) =>
  stage('finetune', `Finetuning: ${name}`, () =>
    page.evaluate((given) => window.selfInstruct.finetune(given), {
      name,
      model,
      values: { steps },
      ...(depth > 0 ? { topLayers: depth } : {}),
      ...options,
    }),
  );

const round = (value) => Number(value.toFixed(2));
const scoreOf = ({ rougeL: { mean, low, high } }) => ({
  rougeL: round(mean),
  interval: [low, high].map(round),
});

/** All models on one set, and the differences between the ways that were tried, over all seeds. */
async function judge(set, asked) {
  const models = asked.map(({ id, name, plain }) => ({ id, name, plain }));
  const {
    models: scores,
    report,
    tasks: count,
  } = await stage('evaluate', `Evaluating on ${set}`, () =>
    page.evaluate((options) => window.selfInstruct.evaluate(options), {
      name: `Loop, ${set}`,
      models,
      set,
      limit: tasks,
      seed: first,
      maxTokens: ANSWER_TOKENS[set],
    }),
  );
  writeFileSync(`${values.report}-${set}.md`, report);
  console.error(`The report is in ${values.report}-${set}.md.`);
  const byWay = new Map();
  for (const [i, { way }] of asked.entries()) byWay.set(way, [...(byWay.get(way) ?? []), scores[i]]);
  const ways = [...byWay.keys()];
  const differences = {};
  for (const [i, from] of ways.entries()) {
    for (const to of ways.slice(i + 1)) {
      const points = [from, to].map((way) => byWay.get(way).map((score) => score.points));
      const found = await page.evaluate(([a, b]) => window.selfInstruct.difference(a, b), points);
      if (!found) continue;
      differences[`${to} - ${from}`] = {
        difference: round(found.mean),
        interval: [round(found.low), round(found.high)],
        p: Number(found.signFlipP.toFixed(4)),
      };
    }
  }
  return {
    tasks: count,
    scores: Object.fromEntries(ways.map((way) => [way, byWay.get(way).map(scoreOf)])),
    differences,
  };
}

let model = values.model;
await workAndExit(app, async () => {
  page = await app.openPage();
  model = await stage('fetch', 'Making the model ready', () =>
    page.evaluate((name) => window.selfInstruct.fetchModel(name), values.model),
  );
  if (values.model === 'built-in') model = 'built-in';
  const info = (await page.evaluate(() => window.selfInstruct.models())).find(({ id }) => id === model);
  const name = info?.name ?? 'Built-in model';
  const asked =
    info?.style === 'instruct'
      ? [
          { way: 'base', id: model, plain: true, name: `${name}, plain` },
          { way: 'base by its template', id: model, name: `${name}, by its template` },
        ]
      : [{ way: 'base', id: model }];
  const others = [];
  if (values.also) {
    const file = { name: basename(values.also), text: readFileSync(values.also, 'utf8') };
    const runId = await stage('import', `Importing ${file.name}`, () =>
      page.evaluate(({ name, text }) => window.selfInstruct.importData(new File([text], name)), file),
    );
    others.push({ way: 'imported', runId, source: 'run' });
  }
  const accepted = [];
  const examples = {};
  for (const seed of seeds) {
    const run = await generate(seed);
    accepted.push(run.accepted);
    for (const { way, ...data } of [
      { way: 'seeds', runId: run.runId, source: 'seeds' },
      { way: 'self-instruct', runId: run.runId, source: 'run-and-seeds' },
      ...others,
    ]) {
      const called = `${way}, seed ${seed}`;
      const trained = await finetune(called, { ...data, seed });
      asked.push({ way, id: trained.modelId, name: called });
      examples[way] = [...(examples[way] ?? []), trained.counts.training];
    }
  }
  const judged = {};
  for (const set of sets) judged[set] = await judge(set, asked);
  console.log(
    JSON.stringify({
      model: name,
      seeds,
      accepted,
      // The same for all ways of finetuning: each step sees a whole batch.
      steps,
      depth: depth || 'all layers',
      examples,
      ...judged,
      seconds,
    }),
  );
});
