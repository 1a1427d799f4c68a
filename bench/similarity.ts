/**
 * Similarity: every engine and baseline on the same pools and texts, interleaved in one process, CPU time, medians of
 * rounds; all answers are compared while it measures. `--sizes 1000,10000` for a quick run, `--rounds N`,
 * `--svg FILE` for the plot.
 */
import { writeFileSync } from 'node:fs';
import { arch, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { tooSimilar } from '../src/core/filters/instruction-filters';
import { FastIndex } from '../src/core/similarity/fast-index';
import { OracleIndex } from '../src/core/similarity/oracle-index';
import type { PoolIndex } from '../src/core/similarity/pool-index';
import { tokenize } from '../src/core/similarity/tokenize';
import { WasmIndex } from '../src/engines/similarity/wasm-index';
import { InstructionTexts } from './instruction-texts';
import { linePlot } from './line-plot';
import { type Answer, InternedDp, JsRouge, LiteralPort } from './similarity-baselines';
import { cpuMs, filled, id, median, newWasm, THRESHOLD, TOP } from './similarity-index';
import { endToEnd, rehydrate, ROUND, secondSet, whatIf } from './similarity-work';
import { table } from './table';

export const about = 'ROUGE-L of a candidate against the whole pool: engines, baselines, what-if';

const DUPLICATES = 0.3;
const END_TO_END = 52_000;

interface Contestant {
  readonly name: string;
  readonly output: 'all' | 'decision';
  /** Texts per round, and how often each is repeated to be measurable. */
  readonly texts: number;
  readonly repeats: number;
  /** Members that were really compared; the time is scaled up from them. */
  readonly measured: number;
  run(texts: readonly string[]): readonly (Answer | boolean)[] | null;
}
interface Row {
  readonly size: number;
  readonly engine: string;
  readonly output: 'all' | 'decision';
  readonly cpuMsPerCandidate: number;
  readonly ratioToInternedDp: number;
  readonly ratioToLiteralPort: number;
  readonly measuredMembers: number;
  readonly texts: number;
}

const answerOf = (index: PoolIndex, text: string): Answer => {
  const { nearest, mean } = index.compare(text, TOP);
  return {
    scores: nearest.map(({ rougeL }) => rougeL),
    members: nearest.map((neighbour) => Number(neighbour.id)),
    mean,
  };
};

/** `count` texts whose lengths stand for all: the middles of as many equal parts of the texts in order of length. */
function spread(texts: readonly string[], count: number): string[] {
  const byLength = texts.toSorted((a, b) => tokenize(a, 'ascii').length - tokenize(b, 'ascii').length);
  return Array.from(
    { length: count },
    (_, i) => byLength[Math.floor(((i + 0.5) * texts.length) / count)] ?? '',
  );
}

function contestants(pool: readonly string[], wasm: WasmIndex): Contestant[] {
  const size = pool.length;
  const big = size > 20_000;
  const oracle = filled(new OracleIndex('ascii'), pool);
  const interned = new InternedDp(pool);
  const literal = new LiteralPort(pool);
  const jsMembers = Math.min(size, 1000);
  const js = new JsRouge(pool.slice(0, jsMembers));
  const fast = filled(new FastIndex('ascii'), pool);
  const each =
    <T>(one: (text: string) => T) =>
    (texts: readonly string[]): T[] =>
      texts.map(one);
  const whole = { output: 'all' as const, measured: size };
  const slow = { texts: big ? 4 : 8, repeats: 1 };
  const quick = { texts: 64, repeats: Math.max(1, Math.round(100_000 / size)) };
  return [
    {
      ...whole,
      name: 'js-rouge (npm)',
      texts: 2,
      repeats: 1,
      measured: jsMembers,
      // Another definition of ROUGE-L: only its time is of use here.
      run: (texts) => (each((text) => js.compare(text))(texts), null),
    },
    { ...whole, ...slow, name: 'literal port of rouge_score', run: each((text) => literal.compare(text)) },
    { ...whole, ...slow, name: 'oracle', run: each((text) => answerOf(oracle, text)) },
    {
      ...whole,
      name: 'interned dynamic programme',
      texts: big ? 8 : 32,
      repeats: 1,
      run: each((text) => interned.compare(text)),
    },
    { ...whole, ...quick, name: 'plain TypeScript', run: each((text) => answerOf(fast, text)) },
    { ...whole, ...quick, name: 'WebAssembly', run: each((text) => answerOf(wasm, text)) },
    {
      ...whole,
      ...quick,
      name: 'WebAssembly, 32 a pass',
      run: (texts) =>
        wasm.compareAll(texts, TOP).map(({ nearest, mean }) => ({
          scores: nearest.map(({ rougeL }) => rougeL),
          members: nearest.map((neighbour) => Number(neighbour.id)),
          mean,
        })),
    },
    {
      ...quick,
      name: 'WebAssembly',
      output: 'decision',
      measured: size,
      run: each((text) => wasm.reaches(text, THRESHOLD, 'above')),
    },
  ];
}

function expectEqual(name: string, got: Answer | boolean | undefined, want: Answer | undefined): void {
  if (got === undefined || want === undefined) return;
  if (typeof got === 'boolean') {
    if (got !== tooSimilar(want.scores[0] ?? 0, THRESHOLD, 'above'))
      throw new Error(`${name}: other decision`);
    return;
  }
  const same =
    want.scores.length === got.scores.length &&
    want.scores.every((score, i) => score === got.scores[i] && want.members[i] === got.members[i]) &&
    Math.abs(want.mean - got.mean) < 1e-12;
  if (!same) throw new Error(`${name}: other answer`);
}

function measure(pool: readonly string[], texts: readonly string[], wasm: WasmIndex, rounds: number): Row[] {
  const all = contestants(pool, wasm);
  const times = new Map<Contestant, number[]>(all.map((contestant) => [contestant, []]));
  const quickest = Math.max(...all.map((contestant) => contestant.texts));
  const wanted = new Map(spread(texts, quickest).map((text) => [text, answerOf(wasm, text)]));
  const check = (contestant: Contestant, given: readonly string[]) => {
    const answers = contestant.run(given);
    for (const [i, text] of given.entries()) {
      // The slow engines work on other samples: what they say is the truth that ours is held to.
      expectEqual(contestant.name, answers?.[i], wanted.get(text) ?? answerOf(wasm, text));
    }
  };
  // The first round warms up and checks, the others are measured.
  for (let round = 0; round <= rounds; round++) {
    for (const contestant of all) {
      const given = spread(texts, contestant.texts);
      if (round === 0) {
        check(contestant, given);
        continue;
      }
      const start = cpuMs();
      for (let i = 0; i < contestant.repeats; i++) contestant.run(given);
      const perText = (cpuMs() - start) / (contestant.repeats * given.length);
      times.get(contestant)?.push((perText * pool.length) / contestant.measured);
    }
  }
  const time = (contestant: Contestant) => median(times.get(contestant) ?? []);
  const named = (name: string) => time(all.find((contestant) => contestant.name === name) as Contestant);
  const internedDp = named('interned dynamic programme');
  const literalPort = named('literal port of rouge_score');
  return all.map((contestant) => ({
    size: pool.length,
    engine: contestant.name,
    output: contestant.output,
    cpuMsPerCandidate: time(contestant),
    ratioToInternedDp: internedDp / time(contestant),
    ratioToLiteralPort: literalPort / time(contestant),
    measuredMembers: contestant.measured,
    texts: contestant.texts,
  }));
}

/** Texts that the rule of the method accepts, until there are `size`; then `more` texts that come after them. */
function grow(
  texts: InstructionTexts,
  size: number,
  start: { pool: string[]; at: number; index: WasmIndex },
) {
  while (start.pool.length < size) {
    const text = texts.next(start.at++);
    if (start.index.reaches(text, THRESHOLD, 'above')) continue;
    start.index.add(id(start.pool.length), text);
    start.pool.push(text);
  }
}

export function run({ args }: { readonly args: string[] }): Promise<{ json: unknown; text: string }> {
  const { values } = parseArgs({
    args,
    options: {
      sizes: { type: 'string', default: '1000,10000,52000,200000' },
      rounds: { type: 'string', default: '5' },
      svg: { type: 'string' },
    },
  });
  const sizes = values.sizes
    .split(',')
    .map(Number)
    .toSorted((a, b) => a - b);
  const rounds = Number(values.rounds);
  if (!sizes.every((size) => Number.isSafeInteger(size) && size >= 100) || !(rounds >= 1)) {
    throw new RangeError('--sizes wants numbers from 100, --rounds at least 1.');
  }
  const texts = new InstructionTexts(20_221_220, DUPLICATES);
  const state = { pool: [] as string[], at: 0, index: newWasm() };
  const rows: Row[] = [];
  const poolFigures = [];
  let atEnd = null;
  for (const size of sizes) {
    grow(texts, size, state);
    const pool = state.pool.slice(0, size);
    const stream = Array.from({ length: 4000 }, (_, i) => texts.next(state.at + i));
    rows.push(...measure(pool, stream, state.index, rounds));
    poolFigures.push({ size, rejected: 1 - size / state.at, ...describePool(pool, stream, state.index) });
    if (size === END_TO_END) {
      const others = Array.from({ length: size }, (_, i) => texts.next(state.at + 4000 + i));
      atEnd = {
        ...rehydrate(pool),
        ...endToEnd(pool, stream),
        ...secondSet(pool, others),
        indexBytes: filled(newWasm(), pool).bytes,
      };
    }
  }
  const screen = whatIf(
    Array.from({ length: 5000 }, (_, i) => texts.next(637 + i)),
    Array.from({ length: 175 }, (_, i) => texts.next(i)),
  );
  const json = {
    bench: 'similarity',
    machine: { cpu: cpus()[0]?.model ?? '', arch: arch(), node: process.versions.node },
    threshold: THRESHOLD,
    rounds,
    poolTexts: poolFigures,
    pools: rows,
    ...(atEnd && {
      rehydrateCpuSeconds: atEnd.fromStored,
      rehydrateFromTextsCpuSeconds: atEnd.fromTexts,
      storedBytes: atEnd.storedBytes,
      indexBytes: atEnd.indexBytes,
      endToEndCandidatesPerCpuSecond: atEnd.candidatesPerCpuSecond,
      inRoundsPerCpuSecond: atEnd.inRoundsPerCpuSecond,
      secondSetAloneCpuSeconds: atEnd.secondSetAloneCpuSeconds,
      secondSetCpuSeconds: atEnd.secondSetCpuSeconds,
    }),
    whatIf: screen,
  };
  if (values.svg) {
    const named = (row: Row) => (row.output === 'all' ? row.engine : `${row.engine}, decision`);
    const names = [...new Set(rows.map(named))];
    const series = names.map((name) => ({
      name,
      points: rows
        .filter((row) => named(row) === name)
        .map((row) => [row.size, row.cpuMsPerCandidate] as const),
    }));
    writeFileSync(
      values.svg,
      linePlot({ title: 'CPU time for one candidate', x: 'pool members', y: 'milliseconds', series }),
    );
  }
  return Promise.resolve({ json, text: report(json, rows) });
}

function describePool(pool: readonly string[], stream: readonly string[], index: WasmIndex) {
  const lengths = pool.map((text) => tokenize(text, 'ascii'));
  const words = lengths.map((tokens) => tokens.length);
  const mean = words.reduce((a, b) => a + b, 0) / words.length;
  return {
    meanWords: mean,
    deviation: Math.sqrt(words.reduce((sum, length) => sum + (length - mean) ** 2, 0) / words.length),
    longest: words.reduce((a, b) => Math.max(a, b), 0),
    vocabulary: new Set(lengths.flat()).size,
    meanRougeL: median(spread(stream, 64).map((text) => index.compare(text, 1).mean)),
  };
}

const digits = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en-US') : Number(value.toPrecision(3)).toString();

function report(
  json: { machine: { cpu: string; node: string }; whatIf: ReturnType<typeof whatIf> } & Record<
    string,
    unknown
  >,
  rows: readonly Row[],
): string {
  const lines = [
    `${json.machine.cpu}, Node ${json.machine.node}; CPU milliseconds per candidate, median of rounds`,
    '',
    table(
      ['pool', 'engine', 'output', 'CPU ms', 'x interned DP', 'x literal port'],
      rows.map((row) => [
        row.size.toLocaleString('en-US'),
        row.measuredMembers < row.size ? `${row.engine} (*)` : row.engine,
        row.output,
        digits(row.cpuMsPerCandidate),
        digits(row.ratioToInternedDp),
        digits(row.ratioToLiteralPort),
      ]),
    ),
    '',
    '(*) measured on the first 1,000 members and scaled up',
  ];
  const number = (name: string) => json[name] as number;
  if ('indexBytes' in json) {
    lines.push(
      '',
      `52,000 members: index ${digits(number('indexBytes') / 1e6)} MB; rehydrated from word numbers in ` +
        `${digits(number('rehydrateCpuSeconds'))} s of CPU, from texts in ` +
        `${digits(number('rehydrateFromTextsCpuSeconds'))} s; end to end ` +
        `${digits(number('endToEndCandidatesPerCpuSecond'))} candidates per CPU-second, ` +
        `${digits(number('inRoundsPerCpuSecond'))} in rounds of ${ROUND}; a second set of 52,000 ` +
        `${digits(number('secondSetCpuSeconds'))} s in passes, ${digits(number('secondSetAloneCpuSeconds'))} s one at a time`,
    );
  }
  const { whatIf: screen } = json;
  lines.push(
    '',
    `what-if: ${screen.candidates.toLocaleString('en-US')} candidates, ${screen.pairs.toLocaleString('en-US')} pairs, ` +
      `built in ${digits(screen.buildCpuSeconds)} s of CPU; one threshold ${digits(screen.refilterMsMedian)} ms, ` +
      `99 % below ${digits(screen.refilterMs99)} ms`,
  );
  return lines.join('\n');
}
