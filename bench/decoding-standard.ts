/**
 * The standard model's part of the bench `decoding`: the settings that are compared, their runs side by side in one
 * engine (whose texts do not depend on what else it computes), the blind sheet, and the table. What an instruction costs is
 * counted in tokens, because other work on a machine does not change them; the speeds that turn them into seconds
 * were measured by the bench `real-model`.
 */
import { Random } from '../src/core/random';
import { share } from '../src/core/review/quality';
import type { LanguageModel } from '../src/core/ports';
import type { Decoding, RunConfig } from '../src/core/run';
import { loadStandard, type SeedSetName, standardConfig, standardRun } from './standard-runs';
import { table } from './table';

/** Tokens for one second of the processor (docs/benchmarks.md, "The standard model on the CPU"). */
const SPEED = { prompt: 182, answer: 100 } as const;
/** Requests that the engine computes at once, of several runs: faster, and the same texts. */
const AT_ONCE = 8;

const instructions = (patch: Partial<Decoding>, more: Partial<RunConfig> = {}): Partial<RunConfig> => {
  const { decoding } = standardConfig(0, 1);
  return { ...more, decoding: { ...decoding, instructions: { ...decoding.instructions, ...patch } } };
};
const PAPER = { temperature: 0.7, topP: 0.5, presencePenalty: 2 };
const WIDE = { temperature: 0.7, topP: 0.9, presencePenalty: 0.5 };
const COLD = { temperature: 0.3, topP: 0.9, presencePenalty: 1 };
/** As the runs with statements had it: as many tokens as the paper allows. */
const LONG = 1024;
const { switches } = standardConfig(0, 1);
const withStatements: Partial<RunConfig> = { switches: { ...switches, statements: 'keep' } };
const alone: Partial<RunConfig> = { machineExemplars: 0 };
/** The settings compared. The paper's values: temperature 0.7, top-p 0.5, presence 2; 8 exemplars, 2 of them machine-written. */
const SETTINGS: Readonly<Record<string, Partial<RunConfig>>> = {
  'paper’s values': instructions({ ...PAPER, maxTokens: LONG }, withStatements),
  'in turns of a chat': instructions({ ...PAPER, maxTokens: LONG }, { ...withStatements, ask: 'turns' }),
  'top-p 0.9, presence 0.5': instructions({ ...WIDE, maxTokens: LONG }, withStatements),
  'temperature 0.3, top-p 0.9, presence 1': instructions({ ...COLD, maxTokens: LONG }, withStatements),
  '14 exemplars': instructions({ ...PAPER, maxTokens: LONG }, { ...withStatements, exemplars: 14 }),
  'seed exemplars alone': instructions({ ...PAPER, maxTokens: LONG }, { ...withStatements, ...alone }),
  'no statements': instructions(PAPER),
  'no statements, top-p 0.9, presence 0.5': instructions(WIDE),
  'no statements, seed exemplars alone': instructions(PAPER, alone),
  'no statements, seed exemplars alone, top-p 0.9, presence 0.5': instructions(WIDE, alone),
};
const SEED_SETS: readonly SeedSetName[] = ['paper', 'simple'];

/** One run, as far as the table needs it. */
export interface StandardResult {
  readonly setting: string;
  readonly seeds: SeedSetName;
  readonly kept: readonly string[];
  readonly candidates: number;
  /** Of the instruction requests: prompt tokens that were evaluated, and written ones. */
  readonly evaluated: number;
  readonly written: number;
}

/** Runs every setting on both seed sets until `target` instructions are accepted; no types and no instances. */
export async function standardResults(
  target: number,
  seeds: readonly number[],
): Promise<readonly StandardResult[]> {
  const model = sharedBy(await loadStandard(AT_ONCE), AT_ONCE);
  const waiting = seeds.flatMap((seed) =>
    Object.entries(SETTINGS).flatMap(([setting, given]) =>
      SEED_SETS.map((set) => ({ setting, given, set, seed })),
    ),
  );
  const results: StandardResult[] = [];
  const work = async (): Promise<void> => {
    for (let job = waiting.shift(); job; job = waiting.shift()) {
      const { setting, given, set, seed } = job;
      const config = { ...standardConfig(seed, target), ...given };
      const { candidates, calls } = await standardRun(model, set, config, 'instructions');
      const sum = (of: (call: (typeof calls)[number]) => number): number =>
        calls.reduce((total, call) => total + of(call), 0);
      results.push({
        setting,
        seeds: set,
        kept: candidates.filter(({ verdict }) => verdict === 'kept').map(({ text }) => text),
        candidates: candidates.length,
        evaluated: sum(({ promptTokens, cachedTokens }) => promptTokens - cachedTokens),
        written: sum(({ completionTokens }) => completionTokens),
      });
      console.error(`${setting}, seeds ${set}, seed ${seed}: ${candidates.length} candidates`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE / model.parallel }, work));
  return results;
}

/** A model for several runs at once: each asks as many requests as the app does, the engine computes all of them. */
function sharedBy(model: LanguageModel, atOnce: number): LanguageModel {
  let free = atOnce;
  const queue: (() => void)[] = [];
  return {
    ...model,
    parallel: standardConfig(0, 1).batchSize,
    async complete(request, signal, listener) {
      if (free > 0) free--;
      else await new Promise<void>((start) => queue.push(start));
      try {
        return await model.complete(request, signal, listener);
      } finally {
        const next = queue.shift();
        if (next) next();
        else free++;
      }
    },
  };
}

/** Accepted instructions without their setting, in random order: mark, instruction. */
export function sheetOf(results: readonly StandardResult[]): string {
  const all = [...new Set(results.flatMap(({ kept }) => kept))];
  return `${new Random(7)
    .shuffle(all)
    .map((text) => `\t${text}`)
    .join('\n')}\n`;
}

/** Shares with Wilson's 95 % interval, and what a sensible instruction costs. */
export function standardTable(
  results: readonly StandardResult[],
  marks: ReadonlyMap<string, boolean>,
): { json: unknown; text: string } {
  const found = Object.keys(SETTINGS).flatMap((setting) =>
    [...SEED_SETS, null].map((set) => {
      const own = results.filter((one) => one.setting === setting && (set === null || one.seeds === set));
      const sum = (of: (one: StandardResult) => number): number =>
        own.reduce((total, one) => total + of(one), 0);
      const kept = sum((one) => one.kept.length);
      const read = own.flatMap((one) => one.kept).filter((text) => marks.has(text));
      const sense = share(read.filter((text) => marks.get(text)).length, read.length);
      const seconds = sum(({ evaluated, written }) => evaluated / SPEED.prompt + written / SPEED.answer);
      const perMinute = ((60 * kept) / seconds) * (sense.yes / Math.max(1, sense.of));
      return {
        setting,
        seeds: set ?? 'both',
        kept,
        candidates: sum((one) => one.candidates),
        sense,
        perMinute,
      };
    }),
  );
  const percent = (value: number): string => `${Math.round(100 * value)} %`;
  const rows = found.map(({ setting, seeds, kept, candidates, sense, perMinute }) => [
    setting,
    seeds,
    `${kept} of ${candidates}`,
    `${sense.yes} of ${sense.of}`,
    percent(sense.yes / Math.max(1, sense.of)),
    `${percent(sense.low)} to ${percent(sense.high)}`,
    perMinute.toFixed(0),
  ]);
  const head = [
    'setting',
    'seeds',
    'accepted',
    'sensible',
    'share',
    '95 % interval',
    'sensible a CPU minute',
  ];
  return { json: { settings: found }, text: table(head, rows) };
}
