/** A run over a store in memory, and tabs that work on it one after the other. */
import { expect } from 'vitest';
import { datasetRecord } from '../core/dataset/rows';
import { AppError } from '../core/errors';
import type { PipelineEvent, StartedCall } from '../core/pipeline/events';
import { selfInstruct } from '../core/pipeline/self-instruct';
import type { PresetName, RunConfig, RunProgress } from '../core/run';
import type { MachineTask, Task } from '../core/task';
import { LocalSimilarity } from './local-similarity';
import { type Death, MemoryJournal, MemoryStore } from './memory-journal';
import { type Script, ScriptedModel } from './scripted-model';
import { poolSeeds, tinyRun } from './tiny-pool';

export const PRESETS: readonly PresetName[] = ['ours', 'paper', 'reference'];

export class World {
  readonly store: MemoryStore;
  readonly run: ReturnType<typeof tinyRun>;
  constructor(config: RunConfig) {
    this.run = tinyRun(config);
    this.store = new MemoryStore(poolSeeds(this.run.id));
  }
  /** Opens a tab that works on the run until it ends, fails or dies. */
  async work(
    model: ScriptedModel,
    journal = new MemoryJournal(this.store),
    signal = new AbortController().signal,
  ) {
    const events: PipelineEvent[] = [];
    let error: unknown = null;
    const ports = { model, journal, similarity: new LocalSimilarity(), now: () => 0, date: () => 0 };
    try {
      for await (const event of selfInstruct(ports, this.run, 0, signal)) events.push(event);
    } catch (thrown) {
      error = thrown;
    }
    return { events, error, journal, model };
  }
  get progress(): RunProgress {
    const progress = this.store.progress.get(this.run.id);
    if (!progress) throw new Error('nothing was stored');
    return progress;
  }
  get machines(): MachineTask[] {
    return this.store
      .sorted<Task>(this.store.tasks)
      .filter((task): task is MachineTask => task.origin === 'machine');
  }
  /** All that a run leaves behind. */
  get everything(): unknown {
    return {
      dataset: this.machines.map((task) => datasetRecord(task)),
      tasks: this.machines,
      candidates: this.store.sorted(this.store.candidates),
      calls: this.store.sorted(this.store.calls),
      progress: this.progress,
    };
  }
}

export async function undisturbed(config: RunConfig, script: Script = {}): Promise<World> {
  const world = new World(config);
  const { error } = await world.work(new ScriptedModel(script));
  expect(error).toBeNull();
  return world;
}

/** Works on the run, one tab after the other, until one comes to the end. */
export async function finish(world: World, deaths: readonly Death[], script: Script = {}): Promise<void> {
  for (const death of deaths) {
    const { error, journal } = await world.work(
      new ScriptedModel(script),
      new MemoryJournal(world.store, death),
    );
    if (journal.dead) expect(error).toBeInstanceOf(AppError);
    else expect(error).toBeNull();
  }
  const { error } = await world.work(new ScriptedModel(script));
  expect(error).toBeNull();
}

export const started = (events: readonly PipelineEvent[], stage: StartedCall['stage']): StartedCall[] =>
  events.flatMap((event) =>
    event.type === 'call-started' && event.call.stage === stage ? [event.call] : [],
  );
