/** Builds a run's tasks from the records of a data set: adjacent records of one task become its instances. */
import { candidateId, labelOf, runId } from '../core/ids';
import { Tally } from '../core/dataset/tally';
import { initialProgress } from '../core/pipeline/progress';
import { deriveSeed } from '../core/random';
import { RECORD_WORDS } from '../core/record-words';
import type { RunProgress } from '../core/run';
import type { MachineTask, Provenance, TaskId } from '../core/task';
import { ownLabel, type TaskPart } from './shapes';
import { WORDS } from './words';

/** Rows get a real run number when they are stored. */
const RUN = runId(0);
const inRun = (id: string): TaskId => `${RUN}-${id}` as TaskId;

const MAX_TASKS = 500_000;
const MAX_INSTANCES = 10_000;
/** Characters of the instances after which another task begins: a task is stored and shown in one piece. */
const MAX_LENGTH = 16_000_000;

export class TaskBuilder {
  readonly #tally = new Tally(RUN);
  /** Labels from the file, and those of all tasks. */
  readonly #given = new Set<string>();
  readonly #taken = new Set<string>();
  /** Ids of records seen so far with a hash of their instruction, and keys of tasks. */
  readonly #records = new Map<string, number>();
  readonly #keys = new Set<string>();
  /** Tasks by their text, for files that refer to neighbours by it. */
  readonly #byText = new Map<string, TaskId>();
  #open: TaskPart | null = null;
  /** Characters of its instances. */
  #openLength = 0;
  #done: MachineTask[] = [];
  #count = 0;
  #rows = 0;
  #typed = false;
  #again = 0;

  get rows(): number {
    return this.#rows;
  }
  get tasks(): number {
    return this.#count;
  }
  /** Whether any record has a task type. */
  get typed(): boolean {
    return this.#typed;
  }

  /** Tasks with the id of an earlier, separate task: they get another id. */
  get again(): number {
    return this.#again;
  }

  /** What is wrong with the record, or null. */
  add(part: TaskPart): string | null {
    if (this.#count >= MAX_TASKS) return RECORD_WORDS.manyTasks(MAX_TASKS);
    if (part.ownId !== null && this.#isRepeated(part, part.ownId)) return WORDS.row.repeatedId(part.ownId);
    if (part.isClassification !== null) this.#typed = true;
    this.#rows += part.instances?.length ?? 0;
    const open = this.#open;
    const length = lengthOf(part);
    const fits = this.#openLength + length <= MAX_LENGTH;
    if (open?.instances && part.instances && fits && continues(open, part)) {
      this.#openLength += length;
      (open.instances as TaskPart['instances'] & unknown[]).push(...part.instances);
      return null;
    }
    this.#close();
    if (part.key !== null && this.#keys.has(part.key)) this.#again++;
    if (part.key !== null) this.#keys.add(part.key);
    this.#open = { ...part, instances: part.instances && [...part.instances] };
    this.#openLength = length;
    return null;
  }

  /** The task with a label from the file; tasks that were numbered here have none. */
  idOf(label: string): TaskId | undefined {
    return this.#given.has(label) ? inRun(label) : undefined;
  }

  /** The tasks that are complete by now; at the end all. */
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

  /** Whether the record came before. Rows of two joined files may share ids and differ in their texts. */
  #isRepeated(part: TaskPart, ownId: string): boolean {
    const fingerprint = deriveSeed(part.instruction);
    const before = this.#records.get(ownId);
    this.#records.set(ownId, fingerprint);
    return before !== undefined && (isWhole(part) || before === fingerprint);
  }

  #close(): void {
    if (!this.#open) return;
    const id = this.#idFor(this.#open);
    const task = taskOf(this.#open, this.#count, id, this.#neighboursOf(this.#open));
    if (this.#open.origins?.similarBy === 'text') this.#byText.set(task.instruction, id);
    this.#count++;
    this.#tally.add({ kind: 'task', row: task });
    this.#done.push(task);
    this.#open = null;
  }

  /** The task's id in the file, so that it is the same in every copy; otherwise one by its position. */
  #idFor({ key }: TaskPart): TaskId {
    const own = ownLabel(key);
    if (own !== null && !this.#taken.has(own)) {
      this.#given.add(own);
      this.#taken.add(own);
      return inRun(own);
    }
    for (let item = 0; ; item++) {
      const id = candidateId(RUN, this.#count, item);
      if (this.#taken.has(labelOf(id))) continue;
      this.#taken.add(labelOf(id));
      return id;
    }
  }

  /** A neighbour that is given by its text must be an earlier task; others have no id here. */
  #neighboursOf({ origins }: TaskPart): Provenance['mostSimilar'] {
    const named = origins?.mostSimilar ?? [];
    if (origins?.similarBy === 'id') return named.map(([label, rougeL]) => ({ id: inRun(label), rougeL }));
    return named.flatMap(([text, rougeL]) => {
      const id = this.#byText.get(text);
      return id === undefined ? [] : { id, rougeL };
    });
  }
}

const lengthOf = ({ instances }: TaskPart): number =>
  (instances ?? []).reduce((sum, { input, output }) => sum + input.length + output.length, 0);

const isWhole = ({ origins }: TaskPart): boolean => origins !== null && origins.id !== null;

/** Whether a record belongs to the same task as the one before. */
const continues = (open: TaskPart, next: TaskPart): boolean =>
  !isWhole(open) &&
  !isWhole(next) &&
  open.key === next.key &&
  open.instruction === next.instruction &&
  open.isClassification === next.isClassification &&
  (open.instances?.length ?? 0) < MAX_INSTANCES;

function taskOf(
  { instruction, isClassification, instances, origins }: TaskPart,
  seq: number,
  id: TaskId,
  mostSimilar: Provenance['mostSimilar'],
): MachineTask {
  const [, request = String(seq), item = '0'] = /m(\d+)-(\d+)$/u.exec(id) ?? [];
  const provenance: Provenance = {
    requestIndex: Number(request),
    item: Number(item),
    model: 'imported',
    exemplars: origins?.exemplars.map(inRun) ?? [],
    mostSimilar,
    meanSimilarity: origins?.meanSimilarity ?? 0,
    createdAt: 0,
  };
  const base = { origin: 'machine', id, runId: RUN, seq, instruction, provenance } as const;
  // Rows with an output are complete, even when the file has no type.
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
