/**
 * How fast is a step of full finetuning of the built-in model, against TensorFlow.js on the same model, batch and step?
 * Both in one worker of one page, in turn. And how many bytes are alive meanwhile, counted in Node.
 *
 *   npm run bench -- training --json training.json [--rows 8] [--length 64] [--steps 10] [--threads]
 *
 * Without --threads both compute in one thread; with it the page is isolated and both take what they can.
 */
import { cpSync, mkdtempSync, openAsBlob, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright';
import { build, preview } from 'vite';
import { CHROMIUM_FLAGS, ensureChromium } from '../scripts/lib/chromium.mjs';
import { ISOLATION_HEADERS } from '../scripts/lib/headers.mjs';
import { ROOT } from '../scripts/lib/project.mjs';
import { watchMemory } from '../src/testing/live-memory';
import { randomBatch } from '../src/testing/random-llama';
import { StepRunner } from '../src/trainer/step';
import { TrainableLlama } from '../src/trainer/trainable-llama';
import { readLlamaConfig } from '../src/weights/llama-config';
import { readSafetensors } from '../src/weights/safetensors';
import type { PageResult } from './training/page';

export const about = 'a step of finetuning against TensorFlow.js; bytes alive; the page meanwhile';

interface Peak {
  readonly rows: number;
  readonly length: number;
  readonly bytes: number;
}
const MODEL = join(ROOT, 'public/models/built-in');
const memory = watchMemory();

export async function run({ args }: { args: string[] }): Promise<{ json: unknown; text: string }> {
  const { values } = parseArgs({
    args,
    options: {
      rows: { type: 'string', default: '8' },
      length: { type: 'string', default: '64' },
      steps: { type: 'string', default: '10' },
      threads: { type: 'boolean', default: false },
    },
  });
  const rows = Number(values.rows);
  const length = Number(values.length);
  const result = await inPage(rows, length, Number(values.steps), values.threads);
  const differences = result.ours.losses.map((loss, i) => Math.abs(loss - (result.tfjs.losses[i] ?? NaN)));
  const difference = Math.max(...differences);
  // Otherwise it would be two different steps that are compared.
  if (!(difference < 2e-2)) throw new Error(`The losses differ by ${difference}`);
  const ours = median(result.ours.seconds);
  const tfjs = median(result.tfjs.seconds);
  const peaks: readonly Peak[] = await peakBytes([
    [rows, length],
    [8, 256],
  ]);
  const json = {
    model: 'built-in, full finetuning',
    rows,
    length,
    threads: result.threads,
    ours: { ...result.ours, median: ours, tokensPerSecond: (rows * length) / ours },
    tfjs: { ...result.tfjs, median: tfjs, tokensPerSecond: (rows * length) / tfjs },
    ratio: tfjs / ours,
    largestLossDifference: difference,
    longestWaitOfThePage: result.longestWait,
    peaks,
  };
  return { json, text: table(json) };
}

async function inPage(rows: number, length: number, steps: number, threads: boolean): Promise<PageResult> {
  const folder = mkdtempSync(join(tmpdir(), 'training-bench-'));
  const executablePath = await ensureChromium();
  await build({
    root: join(ROOT, 'bench/training'),
    configFile: false,
    base: './',
    logLevel: 'error',
    worker: { format: 'es' },
    build: { outDir: folder, emptyOutDir: true, target: 'es2023' },
  });
  cpSync(MODEL, join(folder, 'model'), { recursive: true });
  const server = await preview({
    root: join(ROOT, 'bench/training'),
    configFile: false,
    logLevel: 'error',
    build: { outDir: folder },
    preview: { port: 0, headers: threads ? ISOLATION_HEADERS : {} },
  });
  const browser = await chromium.launch({ executablePath, headless: true, args: CHROMIUM_FLAGS });
  try {
    const page = await browser.newPage();
    page.on('pageerror', (error) => console.error(`page: ${error.message}`));
    await page.goto(server.resolvedUrls?.local[0] ?? '');
    await page.waitForFunction(() => 'runTrainingBench' in window);
    const input = { rows, length, steps, completionShare: 0.4, learningRate: 1e-4 };
    return await page.evaluate((given) => window.runTrainingBench(given), input);
  } finally {
    await browser.close();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Highest number of bytes alive during two steps, for each size of batch. */
async function peakBytes(
  sizes: readonly (readonly [rows: number, length: number])[],
): Promise<readonly Peak[]> {
  const config = readLlamaConfig(JSON.parse(readFileSync(join(MODEL, 'config.json'), 'utf8')));
  const weights = await readSafetensors(await openAsBlob(join(MODEL, 'model.safetensors')));
  const model = await TrainableLlama.load(config, weights, { kind: 'full' }, 1);
  const runner = new StepRunner(model, 0, () => Promise.resolve());
  const found: Peak[] = [];
  for (const [rows, length] of sizes) {
    memory.forget();
    for (let step = 1; step <= 2; step++) {
      const { grads } = await runner.gradients(randomBatch(config, rows, length));
      await runner.update(grads, step, 1e-4, 1);
    }
    found.push({ rows, length, bytes: memory.peak });
  }
  return found;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;

function table(json: {
  readonly rows: number;
  readonly length: number;
  readonly threads: number;
  readonly ours: { readonly median: number; readonly tokensPerSecond: number; readonly firstSeconds: number };
  readonly tfjs: { readonly median: number; readonly tokensPerSecond: number; readonly firstSeconds: number };
  readonly ratio: number;
  readonly longestWaitOfThePage: number;
  readonly peaks: readonly Peak[];
}): string {
  const line = (name: string, { median, tokensPerSecond, firstSeconds }: typeof json.ours): string =>
    `| ${name} | ${median.toFixed(3)} | ${tokensPerSecond.toFixed(0)} | ${firstSeconds.toFixed(1)} |`;
  return [
    `Full finetuning of the built-in model, ${json.rows} x ${json.length} tokens, threads: ${json.threads}`,
    '| | median step (s) | tokens/s | first step (s) |',
    '|---|---|---|---|',
    line('this app', json.ours),
    line('TensorFlow.js (WebAssembly)', json.tfjs),
    `Ratio of medians: ${json.ratio.toFixed(1)}`,
    `Longest wait of a 50 ms timer of the page: ${json.longestWaitOfThePage.toFixed(0)} ms`,
    ...json.peaks.map(
      ({ rows, length, bytes }) =>
        `Most bytes alive at ${rows} x ${length} tokens: ${(bytes / 1e6).toFixed(0)} MB`,
    ),
  ].join('\n');
}
