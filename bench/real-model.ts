/**
 * Tokens of the standard model for one second of the processor, prompts and answers apart: our engine, llama.cpp in
 * WebAssembly and, where it was installed, native llama.cpp. One thread each, same prompts, in turns.
 *
 *   npm run bench -- real-model --json real-model.json [--rounds 5] [--native]
 *
 * For `--native` install node-llama-cpp first: `npm install --ignore-scripts --prefix bench/native`.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser } from 'playwright';
import { readSeedFile } from '../src/core/dataset/seed-file';
import { ROOT } from '../scripts/lib/project.mjs';
import { type CallInPage, inBlankPage } from './blank-page';
import { cpuSeconds } from './cpu-seconds';
import type { Answered, EngineName } from './real-model-page';
import { table } from './table';

export const about =
  'tokens per second of the standard model on the CPU: our engine, llama.cpp in WebAssembly, native';

const ANSWER = 64;
/** Seed tasks in a prompt: short as for an instruction, long as for a type. */
const LENGTHS = [8, 40];
const ENGINES: readonly EngineName[] = ['ours', 'wllama'];

interface Figure {
  readonly engine: EngineName | 'native';
  readonly promptTokens: number;
  /** Tokens for one second of the processor. */
  readonly prompt: number;
  readonly answer: number;
}

export async function run({ args }: { args: string[] }): Promise<{ json: unknown; text: string }> {
  const { values } = parseArgs({
    args,
    options: { rounds: { type: 'string', default: '5' }, native: { type: 'boolean', default: false } },
  });
  const model = standardModel();
  const measureAll = (file: string | null): Promise<Figure[]> =>
    inBlankPage('bench/real-model-page.ts', async (call, browser) => {
      for (const engine of ENGINES) await call('open', engine, `/models/${model.hash}/`);
      const found: Figure[] = [];
      for (let round = 0; round < Number(values.rounds); round++) {
        for (const length of LENGTHS) {
          const prompt = promptOf(length, round);
          for (const engine of round % 2 === 0 ? ENGINES : ENGINES.toReversed()) {
            found.push(await measure(call, browser, engine, prompt));
          }
          if (file !== null) found.push(native(file, prompt));
        }
      }
      return found;
    });
  const figures = values.native ? await inOneFile(model, measureAll) : await measureAll(null);
  return { json: { rounds: Number(values.rounds), figures }, text: report(figures) };
}

/** A list of tasks that no round repeats, so that nothing of it is known from before. */
function promptOf(length: number, round: number): string {
  const { seeds } = readSeedFile(readFileSync(join(ROOT, 'seeds', 'seed_tasks.jsonl'), 'utf8'));
  const tasks = Array.from({ length }, (_, i) => seeds[(round * 37 + i) % seeds.length]?.instruction ?? '');
  return `Come up with a series of tasks:\n\n${tasks.map((task, i) => `${i + 1}. ${task}`).join('\n')}\n${length + 1}.`;
}

async function measure(
  call: CallInPage,
  browser: Browser,
  engine: EngineName,
  prompt: string,
): Promise<Figure> {
  const begun = await cpuSeconds(browser);
  const read = await call<Answered>('ask', engine, prompt, 1);
  const between = await cpuSeconds(browser);
  const written = await call<Answered>('ask', engine, prompt, ANSWER);
  const end = await cpuSeconds(browser);
  return {
    engine,
    promptTokens: read.promptTokens,
    prompt: (read.promptTokens - read.cachedTokens) / (between - begun),
    answer: written.answerTokens / (end - between),
  };
}

interface StandardModel {
  readonly hash: string;
  readonly pieces: readonly string[];
}
function standardModel(): StandardModel {
  const folder = join(ROOT, 'public', 'models');
  const hash = readdirSync(folder).find((name) => /^[0-9a-f]{64}$/u.test(name)) ?? '';
  const manifest = JSON.parse(readFileSync(join(folder, hash, 'manifest.json'), 'utf8')) as {
    readonly pieces: readonly { readonly sha256: string }[];
  };
  return { hash, pieces: manifest.pieces.map(({ sha256 }) => join(folder, hash, `${sha256}.bin`)) };
}

/** The model in one file, as the native library wants it. */
function inOneFile<T>({ pieces }: StandardModel, work: (file: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'self-instruct-native-'));
  const file = join(folder, 'model.gguf');
  writeFileSync(file, Buffer.concat(pieces.map((piece) => readFileSync(piece))));
  return work(file).finally(() => rmSync(folder, { recursive: true, force: true }));
}

function native(file: string, prompt: string): Figure {
  const request = JSON.stringify([{ prompt, maxTokens: ANSWER }]);
  const out = execFileSync('node', [join(ROOT, 'bench', 'native', 'measure.mjs'), file, request], {
    encoding: 'utf8',
  });
  const [one] = JSON.parse(out) as [
    { promptTokens: number; promptSeconds: number; answerTokens: number; answerSeconds: number },
  ];
  return {
    engine: 'native',
    promptTokens: one.promptTokens,
    prompt: one.promptTokens / one.promptSeconds,
    answer: one.answerTokens / one.answerSeconds,
  };
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

function report(figures: readonly Figure[]): string {
  const names = [...new Set(figures.map(({ engine }) => engine))];
  const short = median(figures.map(({ promptTokens }) => promptTokens));
  const rows = names.flatMap((name) =>
    [false, true].map((long) => {
      const own = figures.filter(
        ({ engine, promptTokens }) => engine === name && promptTokens >= short === long,
      );
      const cell = (pick: (figure: Figure) => number): string => median(own.map(pick)).toFixed(1);
      return [
        name,
        cell(({ promptTokens }) => promptTokens),
        cell(({ prompt }) => prompt),
        cell(({ answer }) => answer),
      ];
    }),
  );
  return table(['engine', 'prompt tokens', 'prompt tokens a CPU second', 'answer tokens a CPU second'], rows);
}
