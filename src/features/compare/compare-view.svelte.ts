/** What the Compare screen shows: two stored runs, their overlap, and the held-out tasks in them. */
import { CLOSE_SCORE, type Overlap, OverlapSum } from '../../core/analysis/overlap';
import { type DataStatistics, StatisticsSum, taskCounts } from '../../core/dataset/statistics';
import { AppError } from '../../core/errors';
import type { RunRecord } from '../../core/run';
import type { TokenMode } from '../../core/similarity/tokenize';
import type { RunId, TaskId } from '../../core/task';
import { Pacer } from '../../io/pacer';
import { isFromFiles } from '../../core/evaluation/evaluation';
import type { AppState } from '../../app/app-state.svelte';
import type { HeldOutSet, Services } from '../../app/services';
import { Job, type JobWork } from '../../app/job.svelte';
import { WORDS } from './words';

/** Instructions that are compared in one message: short enough that stopping is quick. */
const BATCH = 100;
/** Instructions that the other side is indexed by in one message. */
const ADDED = 1_000;

interface Text {
  readonly id: TaskId;
  readonly instruction: string;
}
interface ComparedRun {
  readonly run: RunRecord;
  readonly statistics: DataStatistics;
  readonly instructions: number;
}
interface HeldOutOverlap extends Pick<HeldOutSet, 'id' | 'name' | 'count'> {
  readonly overlap: Overlap;
}
export interface ComparedSide extends ComparedRun {
  /** Of this run's instructions to those of the other; null when there is no other. */
  readonly overlap: Overlap | null;
  readonly heldOut: readonly HeldOutOverlap[];
}
export interface RunComparison {
  readonly mode: TokenMode;
  readonly sides: readonly ComparedSide[];
}
interface HeldOutTasks extends Pick<HeldOutSet, 'id' | 'name' | 'count'> {
  readonly tasks: readonly Text[];
}
/** Tasks from a file of the user, which are held out elsewhere. */
interface TaskFileSet extends HeldOutTasks {
  /** Lines that were not read. */
  readonly badLines: number;
}
interface Loaded extends ComparedRun {
  readonly texts: readonly Text[];
}

const textsOf = (tasks: readonly { readonly id: string; readonly instruction: string }[]): Text[] =>
  tasks.map(({ id, instruction }) => ({ id: id as TaskId, instruction }));

export class CompareView {
  first = $state<RunId | null>(null);
  second = $state<RunId | null>(null);
  result = $state.raw<RunComparison | null>(null);
  /** Task files that the runs are checked against too. */
  files = $state.raw<readonly TaskFileSet[]>([]);
  readonly job = new Job();

  readonly #services: Services;

  constructor({ services }: Pick<AppState, 'services'>) {
    this.#services = services;
  }

  /** Chooses the newest runs where nothing is chosen or what was chosen is gone. */
  offer(ids: readonly RunId[]): void {
    const known = (id: RunId | null): boolean => id !== null && ids.includes(id);
    if (!known(this.first)) this.first = ids[0] ?? null;
    if (!known(this.second)) this.second = ids.find((id) => id !== this.first) ?? null;
  }

  async compare(): Promise<void> {
    const { first, second } = this;
    if (!first) return;
    const result = await this.job.run((signal, report) =>
      this.#compare(first, second === first ? null : second, signal, report),
    );
    if (result) this.result = result;
  }
  /** Reads task files of any format that can be evaluated on; each is a set of its own. */
  async addFiles(files: readonly File[]): Promise<void> {
    await this.job.run(async (signal, report) => {
      const { readTaskFiles } = await import('../../import/task-files');
      for (const file of files) {
        const read = (bytes: number): void =>
          report({ label: WORDS.files.reading(file.name), unit: 'bytes', done: bytes, total: file.size });
        const { tasks, badLines } = await readTaskFiles([file], Infinity, signal, read);
        const set = { id: `${file.name} ${file.size}`, name: file.name, badLines };
        // Instances of one instruction say the same of the runs.
        // eslint-disable-next-line svelte/prefer-svelte-reactivity -- asked, never shown
        const unique = new Map(tasks.map(({ id, instruction }) => [instruction, { id, instruction }]));
        const one = { ...set, count: tasks.length, tasks: textsOf([...unique.values()]) };
        this.files = [...this.files.filter(({ id }) => id !== one.id), one];
      }
    });
  }
  removeFile(id: string): void {
    this.files = this.files.filter((one) => one.id !== id);
  }
  saveFile(name: string, content: Blob): void {
    this.#services.saveFile(name, content);
  }

  async #compare(
    first: RunId,
    second: RunId | null,
    ...[signal, report]: Parameters<JobWork<RunComparison>>
  ): Promise<RunComparison> {
    const { comparer } = this.#services;
    const a = await this.#load(first, signal, report);
    const b = second && (await this.#load(second, signal, report));
    const loaded = b ? [a, b] : [a];
    const unicode = loaded.some(({ run }) => run.config.switches.similarityTokens === 'unicode');
    const mode: TokenMode = unicode ? 'unicode' : 'ascii';
    const sides: ComparedSide[] = [];
    try {
      const sets = await this.#heldOutSets();
      for (const [i, { texts, ...facts }] of loaded.entries()) {
        const { number } = facts.run;
        const compare = (others: readonly Text[], label: string): Promise<Overlap> =>
          this.#overlap(texts, others, mode, label, signal, report);
        const other = loaded[1 - i];
        const overlap = other ? await compare(other.texts, WORDS.progress.comparing(number)) : null;
        const heldOut: HeldOutOverlap[] = [];
        for (const { tasks, ...set } of sets) {
          heldOut.push({ ...set, overlap: await compare(tasks, WORDS.progress.heldOut(number)) });
        }
        sides.push({ ...facts, overlap, heldOut });
      }
      return { mode, sides };
    } finally {
      // The index of a large run is not kept in memory for nothing.
      await comparer.clear(mode).catch(() => undefined);
    }
  }

  /** What models are evaluated on: the sets of the app, those from files that an evaluation uses, and chosen files. */
  async #heldOutSets(): Promise<readonly HeldOutTasks[]> {
    const { heldOutSets, evaluations } = this.#services;
    const sets: HeldOutTasks[] = [];
    for (const set of heldOutSets) {
      const { id, name, count } = set;
      sets.push({ id, name, count, tasks: textsOf(await set.load()) });
    }
    for (const { id, set } of await evaluations.list()) {
      const key = `${set.print}-${set.count}`;
      // Tasks that a run holds out of its own data are part of it.
      if (!isFromFiles(set.id) || sets.some((known) => known.id === key)) continue;
      const { name, count } = set;
      sets.push({ id: key, name, count, tasks: textsOf(await evaluations.tasks(id)) });
    }
    return [...sets, ...this.files];
  }

  async #load(id: RunId, ...[signal, report]: Parameters<JobWork<Loaded>>): Promise<Loaded> {
    const { store } = this.#services;
    const summary = await store.run(id);
    if (!summary) throw new AppError({ kind: 'storage-unavailable', detail: WORDS.progress.runGone(id) });
    const { run, progress } = summary;
    const total = run.seedSet.count + progress.kept;
    const sum = new StatisticsSum();
    const texts: Text[] = [];
    const pacer = new Pacer();
    let done = 0;
    for await (const page of store.scanTasks(id)) {
      for (const task of page) {
        if (task.origin === 'seed') continue;
        texts.push({ id: task.id, instruction: task.instruction });
        if (task.stage !== 'complete') continue;
        sum.add(taskCounts(task.instruction, task.isClassification, task.instances));
        await pacer.breathe();
      }
      signal.throwIfAborted();
      done += page.length;
      report({ label: WORDS.progress.reading(run.number), unit: 'rows', done, total });
    }
    return { run, statistics: sum.value, instructions: texts.length, texts };
  }

  async #overlap(
    texts: readonly Text[],
    others: readonly Text[],
    mode: TokenMode,
    label: string,
    ...[signal, report]: Parameters<JobWork<Overlap>>
  ): Promise<Overlap> {
    const { comparer } = this.#services;
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- asked, never shown
    const known = new Map<TaskId, string>();
    await comparer.clear(mode);
    for (let at = 0; at < others.length; at += ADDED) {
      signal.throwIfAborted();
      const some = others.slice(at, at + ADDED);
      for (const { id, instruction } of some) known.set(id, instruction);
      await comparer.add(some);
    }
    const sum = new OverlapSum(CLOSE_SCORE);
    for (let at = 0; at < texts.length; at += BATCH) {
      signal.throwIfAborted();
      const batch = texts.slice(at, at + BATCH);
      const found = await comparer.nearest(batch.map(({ instruction }) => instruction));
      for (const [i, { id, instruction: text }] of batch.entries()) {
        const near = found[i];
        const otherText = near ? known.get(near.id) : undefined;
        const rougeL = near?.rougeL ?? 0;
        sum.add(near && otherText !== undefined ? { id, text, other: near.id, otherText, rougeL } : null);
      }
      report({ label, unit: 'rows', done: at + batch.length, total: texts.length });
    }
    return sum.value;
  }
}
