/**
 * Which values let a model keep most sense per minute? Runs the built-in model in the app with several settings in turn,
 * or, with `--model standard`, the standard model in Node; counts what is kept, and writes a blind sheet of kept
 * instructions in random order. A reader marks each line y or n; with `--marks FILE` the sheet's marks turn into sense
 * per minute.
 *
 *   npm run bench -- decoding --json decoding.json --sheet sheet.tsv
 *   (mark the first column of sheet.tsv)
 *   npm run bench -- decoding --json decoding.json --marks sheet.tsv
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { builtInConfig } from '../src/core/presets';
import { Random } from '../src/core/random';
import type { Decoding, RunConfig } from '../src/core/run';
import { sheetOf, type StandardResult, standardResults, standardTable } from './decoding-standard';
import { finishRun, HeadlessApp, type runFigures } from '../scripts/lib/headless-app.mjs';

const instructions = (patch: Partial<Decoding>, more: Partial<RunConfig> = {}): Partial<RunConfig> => {
  const { decoding } = builtInConfig(0, 1);
  return { ...more, decoding: { ...decoding, instructions: { ...decoding.instructions, ...patch } } };
};
const instances = (patch: Partial<Decoding>): Partial<RunConfig> => {
  const { decoding } = builtInConfig(0, 1);
  return { decoding: { ...decoding, instances: { ...decoding.instances, ...patch } } };
};
/** The settings compared; the first is the default. */
const SETTINGS: Readonly<Record<string, Partial<RunConfig>>> = {
  default: {},
  'temperature 0.3': instructions({ temperature: 0.3 }),
  'temperature 0.7': instructions({ temperature: 0.7 }),
  'top-p 0.5': instructions({ topP: 0.5 }),
  'paper: temperature 0.7, top-p 0.5, presence 2': instructions({
    temperature: 0.7,
    topP: 0.5,
    presencePenalty: 2,
  }),
  'every 4th classification': instructions({}, { classificationEvery: 4 }),
  'instances: greedy': instances({ temperature: 0, topP: 1 }),
  'instances: greedy, presence 1.5 (paper)': instances({ temperature: 0, topP: 1, presencePenalty: 1.5 }),
};

interface Result {
  readonly setting: string;
  readonly seed: number;
  readonly figures: ReturnType<typeof runFigures>;
  readonly kept: readonly string[];
  /** Kept tasks with at least one instance. */
  readonly withInstances: number;
}
interface Entry {
  readonly setting: string;
  readonly keptPerMinute: number;
  readonly rejectedShare: number;
  readonly withInstancesShare: number;
  readonly senseShare: number | null;
  readonly sensePerMinute: number | null;
}

export async function run({ args }: { args: string[] }): Promise<{ json: unknown; text: string }> {
  const { values } = parseArgs({
    args,
    options: {
      target: { type: 'string', default: '30' },
      seeds: { type: 'string', default: '1,2,3' },
      sample: { type: 'string', default: '40' },
      sheet: { type: 'string' },
      marks: { type: 'string' },
      results: { type: 'string', default: 'decoding-results.json' },
      model: { type: 'string', default: 'built-in' },
    },
  });
  if (values.model === 'standard') {
    const found = values.marks
      ? (JSON.parse(readFileSync(values.results, 'utf8')) as StandardResult[])
      : await standardResults(Number(values.target), values.seeds.split(',').map(Number));
    if (!values.marks) writeFileSync(values.results, JSON.stringify(found));
    if (values.sheet) writeFileSync(values.sheet, sheetOf(found));
    const marks = values.marks ? readMarks(readFileSync(values.marks, 'utf8')) : new Map<string, boolean>();
    return standardTable(found, marks);
  }
  const results = values.marks
    ? (JSON.parse(readFileSync(values.results, 'utf8')) as Result[])
    : await measure(Number(values.target), values.seeds.split(',').map(Number));
  if (!values.marks) writeFileSync(values.results, JSON.stringify(results));
  if (values.sheet) writeFileSync(values.sheet, sheet(results, Number(values.sample)));
  const marks = values.marks ? readMarks(readFileSync(values.marks, 'utf8')) : null;
  const entries = Object.keys(SETTINGS).map((setting) => entry(setting, results, marks));
  return { json: { settings: entries }, text: table(entries) };
}

async function measure(target: number, seeds: readonly number[]): Promise<Result[]> {
  const app = await HeadlessApp.serve();
  const results: Result[] = [];
  try {
    // Settings take turns, so that a busy moment of the machine hits none of them alone.
    for (const seed of seeds) {
      for (const [setting, given] of Object.entries(SETTINGS)) {
        const { page, figures } = await finishRun(app, { target, seed, values: given });
        const dataset = await page.evaluate(() => window.selfInstruct.dataset('dataset'));
        const tasks = dataset
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as { instruction: string; instances: unknown[] });
        const kept = tasks.map(({ instruction }) => instruction);
        const withInstances = tasks.filter((task) => task.instances.length > 0).length;
        results.push({ setting, seed, figures, kept, withInstances });
        console.error(`${setting}, seed ${seed}: ${((60 * target) / figures.seconds).toFixed(1)} a minute`);
      }
    }
  } finally {
    await app.close();
  }
  return results;
}

/** Kept instructions without their setting, in random order: mark, instruction. */
function sheet(results: readonly Result[], perSetting: number): string {
  const random = new Random(7);
  const lines = Object.keys(SETTINGS).flatMap((setting) => {
    const kept = results.filter((result) => result.setting === setting).flatMap((result) => result.kept);
    return random.sample([...new Set(kept)], perSetting);
  });
  return `${random
    .shuffle([...new Set(lines)])
    .map((line) => `\t${line}`)
    .join('\n')}\n`;
}

function readMarks(text: string): ReadonlyMap<string, boolean> {
  const marks = new Map<string, boolean>();
  for (const line of text.split('\n')) {
    const [mark, instruction] = line.split('\t');
    if (instruction && (mark === 'y' || mark === 'n')) marks.set(instruction, mark === 'y');
  }
  return marks;
}

function entry(
  setting: string,
  results: readonly Result[],
  marks: ReadonlyMap<string, boolean> | null,
): Entry {
  const own = results.filter((result) => result.setting === setting);
  const sum = (pick: (result: Result) => number): number =>
    own.reduce((total, result) => total + pick(result), 0);
  const kept = sum(({ figures }) => figures.accepted);
  const rejected = sum(({ figures }) => Object.values(figures.rejected).reduce((total, n) => total + n, 0));
  const surplus = sum(({ figures }) => figures.rejected.surplus ?? 0);
  const keptPerMinute = (60 * kept) / sum(({ figures }) => figures.seconds);
  const read = own.flatMap((result) => result.kept).filter((text) => marks?.has(text));
  const senseShare = read.length > 0 ? read.filter((text) => marks?.get(text)).length / read.length : null;
  return {
    setting,
    keptPerMinute,
    rejectedShare: (rejected - surplus) / (kept + rejected - surplus),
    withInstancesShare: sum(({ withInstances }) => withInstances) / kept,
    senseShare,
    sensePerMinute: senseShare === null ? null : senseShare * keptPerMinute,
  };
}

function table(entries: readonly Entry[]): string {
  const percent = (share: number | null): string => (share === null ? '–' : `${Math.round(100 * share)} %`);
  const rows = entries.map(
    ({ setting, keptPerMinute, rejectedShare, withInstancesShare, senseShare, sensePerMinute }) =>
      `| ${setting} | ${keptPerMinute.toFixed(1)} | ${percent(rejectedShare)} | ${percent(withInstancesShare)} | ${percent(senseShare)} | ${sensePerMinute?.toFixed(1) ?? '–'} |`,
  );
  return [
    '| setting | kept per minute | rejected | sense | sense per minute |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}
