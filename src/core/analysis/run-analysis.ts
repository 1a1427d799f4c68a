/**
 * Everything the Analyse screen shows of one run's tasks, updated task by task. It runs in a worker: tagging and comparing
 * are queued, `work` processes the queues in slices, and `figures` tells how much still waits.
 */
import { type DataStatistics, StatisticsSum, type TaskCounts, taskCounts } from '../dataset/statistics';
import type { PoolIndex } from '../similarity/pool-index';
import type { Instance, Task, TaskId } from '../task';
import { type Histogram, lengthHistogram, scoreHistogram } from './histogram';
import { type KeptPoint, KeptPerRequest, type JudgedCandidate } from './kept-per-request';
import { type VerbNounFigures, pairFigures } from './pairs';
import { type Tag, type VerbNoun, verbNoun } from './verb-noun';

/** The analysed part of a task: small enough to send 50,000 of them to a worker. */
export interface AnalysedTask {
  readonly id: TaskId;
  readonly origin: Task['origin'];
  readonly instruction: string;
  /** Null until the task is complete. */
  readonly data: { readonly isClassification: boolean; readonly instances: readonly Instance[] } | null;
}
/** Everything the Analyse screen shows of one run. */
export interface Figures {
  readonly seeds: number;
  readonly machines: number;
  readonly statistics: DataStatistics;
  /** In words, of complete tasks. */
  readonly lengths: Readonly<Record<'instruction' | 'input' | 'output', Histogram>>;
  /** Highest ROUGE-L of each machine instruction to any seed; of none where there are no seeds. */
  readonly toSeeds: Histogram;
  readonly pairs: VerbNounFigures;
  readonly kept: readonly KeptPoint[];
  /** Machine instructions not compared yet, and tasks not tagged yet. */
  readonly waiting: { readonly compare: number; readonly tag: number };
}
/** One part of the sunburst: a verb with one noun, with nouns other than `except`, or with any. */
export interface PairQuery {
  readonly verb: string;
  readonly noun: string | null;
  readonly except: readonly string[];
}
/** A task with the verb that was asked for. */
export interface PairTask {
  readonly id: TaskId;
  readonly origin: Task['origin'];
  readonly instruction: string;
  readonly noun: string;
}
/** Tasks with one verb, or with one verb and noun. */
export interface PairTasks {
  readonly total: number;
  /** Machine instructions in order, then seeds. */
  readonly tasks: readonly PairTask[];
}

interface Entry {
  readonly origin: Task['origin'];
  readonly instruction: string;
  readonly counts: TaskCounts | null;
  /** Undefined while they wait. */
  pair: VerbNoun | null | undefined;
  toSeeds: number | undefined;
}

/** Histograms of lengths reach at least so many words: the paper's means are below. */
const REACH = 20;

/** What the analysis needs of a task. */
export const analysedTask = (task: Task): AnalysedTask => {
  const { id, origin, instruction } = task;
  const complete = task.origin === 'machine' && task.stage === 'complete' ? task : null;
  const data = complete && { isClassification: complete.isClassification, instances: complete.instances };
  return { id, origin, instruction, data };
};

/** Keeps the figures of one run up to date, task by task. */
export class RunAnalysis {
  readonly #entries = new Map<TaskId, Entry>();
  readonly #untagged = new Set<TaskId>();
  readonly #uncompared = new Set<TaskId>();
  readonly #kept = new KeptPerRequest();

  constructor(
    private readonly tag: Tag,
    private readonly seeds: PoolIndex,
  ) {}

  /** Adds tasks or updates changed ones. */
  put(tasks: readonly AnalysedTask[]): void {
    for (const task of tasks) this.#putOne(task);
  }
  remove(ids: readonly TaskId[]): void {
    for (const id of ids) {
      if (this.#entries.get(id)?.origin === 'seed') this.#seedsChanged(() => this.seeds.remove(id));
      this.#entries.delete(id);
      this.#untagged.delete(id);
      this.#uncompared.delete(id);
    }
  }
  verdicts(verdicts: readonly JudgedCandidate[]): void {
    for (const verdict of verdicts) this.#kept.add(verdict);
  }

  /** Compares and tags until nothing waits or `goesOn` is false. Returns whether something is left. */
  work(goesOn: () => boolean): boolean {
    for (const id of this.#uncompared) {
      if (!goesOn()) return true;
      this.#uncompared.delete(id);
      const entry = this.#entries.get(id);
      if (entry) entry.toSeeds = this.seeds.compare(entry.instruction, 1).max;
    }
    for (const id of this.#untagged) {
      if (!goesOn()) return true;
      this.#untagged.delete(id);
      const entry = this.#entries.get(id);
      if (entry) entry.pair = verbNoun(entry.instruction, this.tag);
    }
    return false;
  }

  figures(): Figures {
    const statistics = new StatisticsSum();
    const lengths = { instruction: [] as number[], input: [] as number[], output: [] as number[] };
    const scores: number[] = [];
    const pairs = { seed: [] as (VerbNoun | null)[], machine: [] as (VerbNoun | null)[] };
    let seeds = 0;
    for (const { origin, counts, pair, toSeeds } of this.#entries.values()) {
      if (origin === 'seed') seeds++;
      if (pair !== undefined) pairs[origin].push(pair);
      if (toSeeds !== undefined) scores.push(toSeeds);
      if (!counts) continue;
      statistics.add(counts);
      lengths.instruction.push(counts.instruction);
      lengths.input.push(...counts.inputs);
      lengths.output.push(...counts.outputs);
    }
    return {
      seeds,
      machines: this.#entries.size - seeds,
      statistics: statistics.value,
      lengths: {
        instruction: lengthHistogram(lengths.instruction, REACH),
        input: lengthHistogram(lengths.input, REACH),
        output: lengthHistogram(lengths.output, REACH),
      },
      toSeeds: scoreHistogram(seeds > 0 ? scores : []),
      pairs: pairFigures(pairs.machine, pairs.seed),
      kept: this.#kept.points(),
      waiting: { compare: this.#uncompared.size, tag: this.#untagged.size },
    };
  }

  tasksOf({ verb, noun, except }: PairQuery, limit: number): PairTasks {
    const found: Record<Task['origin'], PairTask[]> = { machine: [], seed: [] };
    for (const [id, { origin, instruction, pair }] of this.#entries) {
      const object = pair?.noun ?? null;
      if (object === null || pair?.verb !== verb) continue;
      if (noun === null ? except.includes(object) : object !== noun) continue;
      found[origin].push({ id, origin, instruction, noun: object });
    }
    const all = [...found.machine, ...found.seed];
    return { total: all.length, tasks: all.slice(0, limit) };
  }

  #putOne({ id, origin, instruction, data }: AnalysedTask): void {
    const known = this.#entries.get(id);
    const same = known?.instruction === instruction;
    this.#entries.set(id, {
      origin,
      instruction,
      counts: data && taskCounts(instruction, data.isClassification, data.instances),
      pair: same ? known.pair : undefined,
      toSeeds: same ? known.toSeeds : undefined,
    });
    if (same) return;
    this.#untagged.add(id);
    if (origin === 'machine') this.#uncompared.add(id);
    else if (known) this.#seedsChanged(() => this.seeds.replace(id, instruction));
    else this.#seedsChanged(() => this.seeds.add(id, instruction));
  }
  /** Discards every comparison with the old seeds. */
  #seedsChanged(change: () => void): void {
    change();
    for (const [id, entry] of this.#entries) {
      if (entry.toSeeds === undefined) continue;
      entry.toSeeds = undefined;
      this.#uncompared.add(id);
    }
  }
}
