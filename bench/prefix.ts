/**
 * How many prompt tokens does web-llm evaluate for one kept instruction, with and without kept beginnings? The real
 * pipeline asks the real engine code with its real bookkeeping; only the library's engine is scripted, and counts what it
 * evaluates. No time is measured: the counts are the same everywhere.
 *
 *   npm run bench -- prefix --json prefix.json [--target 100] [--seed 1]
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readSeedFile } from '../src/core/dataset/seed-file';
import { selfInstruct } from '../src/core/pipeline/self-instruct';
import type { LanguageModel } from '../src/core/ports';
import { modelConfig } from '../src/core/presets';
import { Random } from '../src/core/random';
import type { RunConfig } from '../src/core/run';
import { loadWebLlm } from '../src/engines/web-llm/load-web-llm';
import { ROOT } from '../scripts/lib/project.mjs';
import { LocalSimilarity } from '../src/testing/local-similarity';
import { MemoryJournal, MemoryStore } from '../src/testing/memory-journal';
import { ScriptedMlc } from '../src/testing/scripted-mlc';
import { scriptedText } from '../src/testing/scripted-model';
import { poolSeeds, tinyRun } from '../src/testing/tiny-pool';
import { InstructionTexts } from './instruction-texts';
import { table } from './table';

export const about =
  'prompt tokens that web-llm evaluates for one kept instruction, by how many beginnings are kept';

const CONTEXT = 4_096;
/** Share of answers that repeat an earlier instruction with some words changed. */
const DUPLICATES = 0.2;
/** Caches kept side by side; without any, every prompt is evaluated from its first token. */
const CACHES = [0, 1, 2, 3, 4];
const ORDERS = ['task-by-task', 'stage-by-stage'] as const;

interface Entry {
  readonly order: (typeof ORDERS)[number];
  readonly caches: number;
  readonly kept: number;
  readonly promptTokens: number;
  readonly evaluated: number;
  readonly evaluatedPerKept: number;
  /** Times fewer than without. */
  readonly fewer: number;
}

export async function run({ args }: { args: string[] }): Promise<{ json: unknown; text: string }> {
  const { values } = parseArgs({
    args,
    options: { target: { type: 'string', default: '100' }, seed: { type: 'string', default: '1' } },
  });
  const model = { engine: 'web-llm', bytes: 300_000_000, contextLength: CONTEXT } as const;
  const base = modelConfig(model, Number(values.seed), Number(values.target));
  const answers = new Answers(base.seed);
  const entries: Entry[] = [];
  for (const order of ORDERS) {
    const config = { ...base, switches: { ...base.switches, order } };
    let without: Counts | null = null;
    for (const caches of CACHES) {
      const counts = await count(config, caches, answers);
      without ??= counts;
      if (counts.dataset !== without.dataset) throw new Error('Kept beginnings changed the data set.');
      const { kept, promptTokens, evaluated } = counts;
      const fewer = without.evaluated / evaluated;
      entries.push({
        order,
        caches,
        kept,
        promptTokens,
        evaluated,
        evaluatedPerKept: evaluated / kept,
        fewer,
      });
    }
  }
  const rows = entries.map(({ order, caches, evaluatedPerKept, fewer }) => [
    order,
    String(caches),
    String(Math.round(evaluatedPerKept)),
    fewer.toFixed(1),
  ]);
  return {
    json: { target: base.target, seed: base.seed, entries },
    text: table(['order', 'kept beginnings', 'tokens per kept instruction', 'times fewer'], rows),
  };
}

interface Counts {
  readonly kept: number;
  readonly promptTokens: number;
  readonly evaluated: number;
  readonly dataset: string;
}

async function count(config: RunConfig, prefixes: number, answers: Answers): Promise<Counts> {
  const mlcs: ScriptedMlc[] = [];
  const { engine, info } = await loadWebLlm(
    (appConfig, onProgress) => {
      const mlc = new ScriptedMlc(appConfig, onProgress, {
        text: (prompt, seed) => answers.text(prompt, seed),
      });
      mlcs.push(mlc);
      return mlc.engine;
    },
    { lost: new Promise<never>(() => undefined), name: () => 'scripted' },
    { name: 'scripted', model: 'm', library: 'l', contextLength: CONTEXT, style: 'base', prefixes },
    () => undefined,
  );
  const [mlc] = mlcs;
  if (!mlc || info.notes.length > 0) throw new Error(`Beginnings are not kept: ${info.notes.join(' ')}`);
  const beforeRun = mlc.pipeline.evaluated;
  const model: LanguageModel = {
    id: 'scripted',
    name: 'Scripted',
    hash: '00',
    contextLength: CONTEXT,
    device: info.device,
    parallel: 1,
    complete: (request, signal, listener) =>
      engine.complete(request, signal as AbortSignal, (delta) => listener?.text(delta)),
  };
  const record = tinyRun(config);
  const { seeds } = readSeedFile(readFileSync(join(ROOT, 'seeds', 'seed_tasks.jsonl'), 'utf8'));
  const store = new MemoryStore(poolSeeds(record.id, seeds));
  const ports = {
    model,
    journal: new MemoryJournal(store),
    similarity: new LocalSimilarity(),
    now: () => 0,
    date: () => 0,
  };
  const never = new AbortController().signal;
  for await (const event of selfInstruct(ports, record, 0, never)) {
    if (event.type === 'finished') break;
  }
  const calls = store.sorted(store.calls);
  const promptTokens = calls.reduce((sum, call) => sum + call.promptTokens, 0);
  const cached = calls.reduce((sum, call) => sum + call.cachedTokens, 0);
  const evaluated = mlc.pipeline.evaluated - beforeRun;
  if (evaluated !== promptTokens - cached) throw new Error('The stored figures are not what was evaluated.');
  const kept = store.progress.get(record.id)?.kept ?? 0;
  const tasks = store.sorted(store.tasks).filter(({ origin }) => origin === 'machine');
  return { kept, promptTokens, evaluated, dataset: JSON.stringify(tasks) };
}

/** Instructions that differ as a model's do; the answers to other questions are the scripted model's. */
class Answers {
  readonly #instructions: readonly string[];
  constructor(seed: number) {
    const texts = new InstructionTexts(seed, DUPLICATES);
    this.#instructions = Array.from({ length: 4_000 }, (_, i) => texts.next(i));
  }

  /** By prompt and seed alone; undefined for the checks at the load, which the engine answers by repetition. */
  text(prompt: string, seed: number): string | undefined {
    if (prompt.startsWith('For each')) return scriptedText({ ...NO_SAMPLING, prompt, seed });
    if (!prompt.startsWith('Here is')) return undefined;
    const random = new Random(seed);
    const first = Number(/(\d+):$/u.exec(prompt)?.[1] ?? 1);
    const items = random.sample(this.#instructions, 8);
    return items.map((item, i) => (i === 0 ? ` ${item}` : `\nTask ${first + i}: ${item}`)).join('');
  }
}
const NO_SAMPLING = {
  maxTokens: 0,
  temperature: 0,
  topP: 1,
  frequencyPenalty: 0,
  presencePenalty: 0,
  stop: [],
};
