/**
 * The tasks of a class in one pool. A task is new where no seed task, no task of another pupil and no earlier task of its own
 * pupil reaches the paper's threshold of ROUGE-L (section 2.2).
 */
import { CLOSE_SCORE, type Overlap, OverlapSum } from '../analysis/overlap';
import { labelOf } from '../ids';
import type { Neighbour, TaskId } from '../task';
import type { HandIn } from './hand-in';
import { runKey } from './run-key';

/** A hand-in with its id in the class. */
export interface PupilWork {
  readonly id: string;
  readonly handIn: HandIn;
}
/** An instruction of the class. */
export interface ClassTask {
  /** In the pool of the class. */
  readonly id: TaskId;
  readonly origin: 'seed' | 'machine';
  readonly instruction: string;
  /** Ids of pupils: several where they handed in the same run. */
  readonly pupils: readonly string[];
}
/** What is new in a class, and what is close. */
export interface ClassFindings {
  /** New tasks by pupil. */
  readonly fresh: ReadonlyMap<string, number>;
  /** Pairs of tasks of different pupils. */
  readonly close: Overlap;
  /** Machine tasks; what several pupils have of one run counts once. */
  readonly tasks: number;
}

/** Machine tasks in the order of the pupils and of their runs, each once; then the distinct seed tasks. */
export function classTasks(works: readonly PupilWork[]): readonly ClassTask[] {
  const machine = new Map<string, { instruction: string; pupils: string[] }>();
  const seeds = new Map<string, { instruction: string; pupils: string[] }>();
  for (const { id, handIn } of works) {
    const run = runKey(handIn.run.run);
    for (const { kind, row } of handIn.run.rows) {
      if (kind !== 'task') continue;
      const [found, key] =
        row.origin === 'seed'
          ? [seeds, row.instruction]
          : [machine, JSON.stringify([run, labelOf(row.id), row.instruction])];
      const known = found.get(key);
      if (!known) found.set(key, { instruction: row.instruction, pupils: [id] });
      else if (!known.pupils.includes(id)) known.pupils.push(id);
    }
  }
  const listed = [
    ...[...machine.values()].map((task) => ({ ...task, origin: 'machine' as const })),
    ...[...seeds.values()].map((task) => ({ ...task, origin: 'seed' as const })),
  ];
  return listed.map((task, i) => ({ ...task, id: String(i) as TaskId }));
}

/** Takes the machine tasks one by one with what is close to them; the findings can be read at the end. */
export class ClassFindingsSum {
  readonly #places: ReadonlyMap<TaskId, number>;
  readonly #fresh = new Map<string, number>();
  readonly #pairs = new OverlapSum(CLOSE_SCORE);
  #taken = 0;

  constructor(private readonly tasks: readonly ClassTask[]) {
    this.#places = new Map(tasks.map(({ id }, place) => [id, place]));
  }

  /** @param close to the next machine task: all of the pool with at least `CLOSE_SCORE`, the task itself among them */
  add(close: readonly Neighbour[]): void {
    const place = this.#taken++;
    const task = this.tasks[place];
    if (!task) return;
    const [pupil] = task.pupils;
    let known = task.pupils.length > 1;
    for (const { id, rougeL } of close) {
      const at = this.#places.get(id) ?? place;
      const other = this.tasks[at];
      if (at === place || !other) continue;
      const shared = other.pupils.some((one) => task.pupils.includes(one));
      known ||= other.origin === 'seed' || !shared || at < place;
      if (other.origin === 'seed' || shared || at < place) continue;
      this.#pairs.add({
        id: task.id,
        text: task.instruction,
        other: id,
        otherText: other.instruction,
        rougeL,
      });
    }
    if (!known && pupil !== undefined) this.#fresh.set(pupil, (this.#fresh.get(pupil) ?? 0) + 1);
  }
  get value(): ClassFindings {
    return { fresh: this.#fresh, close: this.#pairs.value, tasks: this.#taken };
  }
}
