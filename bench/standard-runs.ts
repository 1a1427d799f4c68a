/**
 * Runs of the standard model without a browser: the pipeline and the engine as the app has them, in Node, where the
 * processor's seconds can be counted. Its engine writes the same text on every machine (decision 034).
 */
import { readFileSync } from 'node:fs';
import { readSeedFile } from '../src/core/dataset/seed-file';
import { AppError } from '../src/core/errors';
import { runId } from '../src/core/ids';
import { LLAMA_CONTEXT, llamaSlots } from '../src/core/models/capacity';
import { STANDARD_MODEL } from '../src/core/models/standard-model';
import { selfInstruct } from '../src/core/pipeline/self-instruct';
import { poolSeed } from '../src/core/pool-seed';
import type { LanguageModel } from '../src/core/ports';
import { modelConfig } from '../src/core/presets';
import type { ModelCall, RunConfig, RunRecord } from '../src/core/run';
import type { Candidate, MachineTask, Task } from '../src/core/task';
import { LlamaEngine } from '../src/engines/llama/llama-engine';
import { LocalSimilarity } from '../src/testing/local-similarity';
import { MemoryJournal, MemoryStore } from '../src/testing/memory-journal';
import { standardModel } from '../src/testing/standard-model';

/** The seed sets of the app. */
export const SEED_FILES = {
  paper: 'seeds/seed_tasks.jsonl',
  simple: 'seeds/simple_seed_tasks.jsonl',
} as const;
export type SeedSetName = keyof typeof SEED_FILES;

/** What a run left behind. */
export interface StandardRun {
  readonly candidates: readonly Candidate[];
  readonly tasks: readonly MachineTask[];
  readonly calls: readonly ModelCall[];
}

/** @throws AppError engine-failed when the file is not for the engine */
export async function loadStandard(parallel = llamaSlots(STANDARD_MODEL.bytes)): Promise<LanguageModel> {
  const engine = await LlamaEngine.load(
    { gguf: await standardModel() },
    { maxContext: LLAMA_CONTEXT, parallel },
    () => undefined,
  );
  if (!engine) throw new AppError({ kind: 'engine-failed', detail: 'the file is not for this engine' });
  return {
    id: STANDARD_MODEL.id,
    name: STANDARD_MODEL.name,
    hash: STANDARD_MODEL.sha256,
    style: 'instruct',
    contextLength: engine.info.contextLength,
    device: 'CPU, 1 thread',
    parallel,
    complete: (request, signal, listener) =>
      engine.complete(request, signal as AbortSignal, (delta) => listener?.text(delta)),
    choose: (request, options, signal) => engine.choose(request, options, signal as AbortSignal),
  };
}

/** The app's values for the standard model. */
export const standardConfig = (seed: number, target: number): RunConfig =>
  modelConfig(
    {
      engine: 'llama.cpp',
      bytes: STANDARD_MODEL.bytes,
      hash: STANDARD_MODEL.sha256,
      contextLength: LLAMA_CONTEXT,
      ask: 'continue',
    },
    seed,
    target,
  );

/**
 * Stage by stage, so that the seconds of each stage can be told apart; the pool is the same as task by task.
 * @param stages `instructions`: ends before the first type is asked for
 */
export async function standardRun(
  model: LanguageModel,
  seeds: SeedSetName,
  config: RunConfig,
  stages: 'instructions' | 'all',
): Promise<StandardRun> {
  const run: RunRecord = {
    id: runId(1),
    number: 1,
    createdAt: 0,
    config: { ...config, switches: { ...config.switches, order: 'stage-by-stage' } },
    model: { id: model.id, name: model.name, hash: model.hash },
    seedSet: { id: seeds, name: seeds, count: 0 },
    source: 'here',
  };
  const tasks = readSeedFile(readFileSync(SEED_FILES[seeds], 'utf8')).seeds;
  const store = new MemoryStore(tasks.map((seed, i) => poolSeed(run.id, i, seed)));
  const ports = {
    model,
    journal: new MemoryJournal(store),
    similarity: new LocalSimilarity(),
    now: () => performance.now(),
    date: () => 0,
  };
  for await (const event of selfInstruct(ports, run, 0, new AbortController().signal)) {
    if (stages === 'instructions' && event.type === 'call-started' && event.call.stage !== stages) break;
  }
  return {
    candidates: store.sorted(store.candidates),
    tasks: store.sorted<Task>(store.tasks).filter((task): task is MachineTask => task.origin === 'machine'),
    calls: store.sorted(store.calls),
  };
}
