/** Makes a run's tasks of the records of a data set: records of one task that stand together become its instances. */
import { candidateId, runId } from '../core/ids';
import { Tally } from '../core/dataset/tally';
import { initialProgress } from '../core/pipeline/progress';
import type { RunProgress } from '../core/run';
import type { MachineTask, Provenance, TaskId } from '../core/task';
import type { TaskPart } from './shapes';

/** Rows are given a real run number when they are stored. */
const RUN = runId(0);
const inRun = (id: string): TaskId => `${RUN}-${id}` as TaskId;

const MAX_TASKS = 500_000;
const MAX_INSTANCES = 10_000;

export class TaskBuilder {
  readonly #tally = new Tally(RUN);
  readonly #ids = new Set<string>();
  #open: TaskPart | null = null;
  #done: MachineTask[] = [];
  #count = 0;
  #rows = 0;
  #typed = false;

  get rows(): number {
    return this.#rows;
  }
  get tasks(): number {
    return this.#count;
  }
  /** Whether any record said which type its task has. */
  get typed(): boolean {
    return this.#typed;
  }

  /** What is wrong with the record, or null. */
  add(part: TaskPart): string | null {
    if (this.#count >= MAX_TASKS) return `only the first ${MAX_TASKS} tasks are read`;
    if (part.origins && this.#ids.has(part.origins.id)) return `the id ${part.origins.id} stands there twice`;
    if (part.origins) this.#ids.add(part.origins.id);
    if (part.isClassification !== null) this.#typed = true;
    this.#rows += part.instances?.length ?? 0;
    const open = this.#open;
    if (open?.instances && part.instances && continues(open, part)) {
      (open.instances as TaskPart['instances'] & unknown[]).push(...part.instances);
      return null;
    }
    this.#close();
    this.#open = { ...part, instances: part.instances && [...part.instances] };
    return null;
  }

  /** The tasks that are whole by now; at the end all. */
  take(end: boolean): MachineTask[] {
    if (end) this.#close();
    const done = this.#done;
    this.#done = [];
    return done;
  }

  /** The counters of a run with these tasks. */
  progress(): RunProgress {
    return this.#tally.progress({
      ...initialProgress(RUN),
      rounds: this.#count,
      nextSeq: this.#count,
      finished: true,
    });
  }

  #close(): void {
    if (!this.#open) return;
    const task = taskOf(this.#open, this.#count);
    this.#count++;
    this.#tally.add({ kind: 'task', row: task });
    this.#done.push(task);
    this.#open = null;
  }
}

/** Whether a record goes on with the task before it. */
const continues = (open: TaskPart, next: TaskPart): boolean =>
  open.origins === null &&
  next.origins === null &&
  open.key === next.key &&
  open.instruction === next.instruction &&
  open.isClassification === next.isClassification &&
  (open.instances?.length ?? 0) < MAX_INSTANCES;

function taskOf({ instruction, isClassification, instances, origins }: TaskPart, seq: number): MachineTask {
  const id = origins ? inRun(origins.id) : candidateId(RUN, seq, 0);
  const [, request = String(seq), item = '0'] = /m(\d+)-(\d+)$/u.exec(id) ?? [];
  const provenance: Provenance = {
    requestIndex: Number(request),
    item: Number(item),
    model: 'imported',
    exemplars: origins?.exemplars.map(inRun) ?? [],
    mostSimilar: origins?.mostSimilar.map(([other, rougeL]) => ({ id: inRun(other), rougeL })) ?? [],
    meanSimilarity: origins?.meanSimilarity ?? 0,
    createdAt: 0,
  };
  const base = { origin: 'machine', id, runId: RUN, seq, instruction, provenance } as const;
  // Rows with an answer are complete, also when nobody said their type.
  if (instances) {
    return {
      ...base,
      stage: 'complete',
      isClassification: isClassification ?? false,
      instances,
      dropped: [],
    };
  }
  if (isClassification !== null) return { ...base, stage: 'identified', isClassification };
  return { ...base, stage: 'instruction' };
}
