/**
 * Reads evaluation tasks from files: lines as in the public user tasks (`instances` with input and output), flat lines
 * with one instance each, and SuperNI's task files (Definition, Instances). Everything is checked: what is too long, not
 * text or without a reference is refused with its line and a reason.
 */
import * as v from 'valibot';
import { type TextRecord, lossIn, parseTextRecord } from '../dataset/json-record';
import { RefusedList, type RefusedLines } from '../dataset/refused-lines';
import { RECORD_WORDS } from '../record-words';
import { reasonOf } from '../schema';
import type { SeedTask } from '../task';
import type { EvaluationTask } from './evaluation';

/** SuperNI's 119 test tasks with 100 instances each are 11,900. */
export const MAX_TASKS = 20_000;
/** Longest instruction or reference, in UTF-16 units: comparing takes time with the product of two lengths. */
export const MAX_TEXT = 20_000;
/** Longest input. It is compared with nothing; a test task of SuperNI has one of 41,390. */
export const MAX_INPUT = 200_000;
const MAX_REFERENCES = 50;
/** As in the paper: the first 100 instances of each SuperNI task. */
export const SUPERNI_INSTANCES = 100;

const text = v.pipe(v.string(), v.maxLength(MAX_TEXT));
const input = v.nullish(v.pipe(v.string(), v.maxLength(MAX_INPUT)), '');
const filled = v.pipe(
  text,
  v.check((value) => value.trim() !== '', RECORD_WORDS.kinds.text),
);
/** One good answer or several; empty ones are removed. */
const references = v.pipe(
  v.union([
    v.pipe(v.array(text), v.maxLength(MAX_REFERENCES)),
    v.pipe(
      text,
      v.transform((one) => [one]),
    ),
  ]),
  v.transform((all) => [...new Set(all.filter((one) => one.trim() !== ''))]),
  v.minLength(1),
);
const id = v.nullish(
  v.union([v.pipe(v.string(), v.maxLength(500)), v.pipe(v.number(), v.transform(String))]),
  null,
);
const app = v.nullish(v.pipe(v.string(), v.maxLength(200), v.trim()), null);
const type = v.nullish(v.boolean(), null);
const about = { id, instruction: filled, motivation_app: app, app, is_classification: type };

const userTask = v.object({
  ...about,
  instances: v.pipe(v.array(v.object({ input, output: references })), v.minLength(1), v.maxLength(1_000)),
});
/** Flat; `target` as in the paper's released predictions, which can be read as tasks. */
const flat = v.object({
  ...about,
  input,
  output: v.optional(references),
  references: v.optional(references),
  target: v.optional(references),
});
const superNI = v.object({
  Definition: v.union([
    v.pipe(v.array(filled), v.minLength(1), v.maxLength(20)),
    v.pipe(
      filled,
      v.transform((one) => [one]),
    ),
  ]),
  Categories: v.optional(v.pipe(v.array(v.pipe(v.string(), v.maxLength(200))), v.maxLength(50)), []),
  'Positive Examples': v.fallback(v.optional(v.array(v.object({ input: text, output: text })), []), []),
  // Only the first ones are checked: files have up to 6,500.
  Instances: v.pipe(v.array(v.unknown()), v.minLength(1)),
});
const superNIInstance = v.object({ id, input, output: references });

/** A positive example below a definition. */
const exampleText = (
  { input: given, output }: { readonly input: string; readonly output: string },
  i: number,
): string => `Example ${i + 1}\nInput: ${given}\nOutput: ${output}`;

/** Held-out tasks read from a file. */
export interface TaskFile extends RefusedLines {
  readonly tasks: readonly EvaluationTask[];
  /** Tasks that repeat an earlier instruction and input. */
  readonly duplicates: number;
}

/** Takes records of one file after another: keeps the good ones, notes the bad ones. Never throws on content. */
export class TaskFileReader {
  readonly #tasks: EvaluationTask[] = [];
  readonly #refused = new RefusedList();
  readonly #ids = new Set<string>();
  readonly #seen = new Set<string>();
  #duplicates = 0;
  #full = false;

  /**
   * @param perTask most instances of a SuperNI task
   * @param examples positive examples of it that its instruction shows, as in SuperNI's prompts; none by default
   */
  constructor(
    private readonly perTask = SUPERNI_INSTANCES,
    private readonly examples = 0,
  ) {}

  /** Whether the rest need not be read. */
  get done(): boolean {
    return this.#full;
  }

  /** @param file whose records follow, where there are several */
  begin(file: string | null): void {
    this.#refused.begin(file);
  }
  /** @param name of the file, for ids where it has none */
  add(record: TextRecord, name: string): void {
    if (this.#full) return;
    const { line } = record;
    const parsed = parseTextRecord(record);
    const reason = parsed.ok ? (lossIn(parsed.value) ?? this.#take(parsed.value, line, name)) : parsed.reason;
    if (reason !== null) this.#refused.refuse(line, reason);
  }

  result(): TaskFile {
    const { problems, badLines } = this.#refused;
    return { tasks: this.#tasks, problems, badLines, duplicates: this.#duplicates };
  }

  /** The reason when it is not a task. */
  #take(value: unknown, line: number, name: string): string | null {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return RECORD_WORDS.notObject;
    if ('Definition' in value || 'Instances' in value) return this.#takeSuperNI(value, line, name);
    return 'instances' in value ? this.#takeUserTask(value, line, name) : this.#takeFlat(value, line, name);
  }

  #takeUserTask(value: object, line: number, name: string): string | null {
    const read = v.safeParse(userTask, value);
    if (!read.success) return reasonOf(read.issues);
    const { instances, ...task } = read.output;
    const own = task.id ?? `${name}:${line}`;
    for (const [i, { input, output }] of instances.entries()) {
      this.#put({
        ...aboutOf(task),
        id: instances.length === 1 ? own : `${own}-${i}`,
        input,
        references: output,
      });
    }
    return null;
  }

  #takeFlat(value: object, line: number, name: string): string | null {
    const read = v.safeParse(flat, value);
    if (!read.success) return reasonOf(read.issues);
    const { input, output, references: several, target, ...task } = read.output;
    const good = several ?? output ?? target;
    if (!good) return RECORD_WORDS.noReference;
    this.#put({ ...aboutOf(task), id: task.id ?? `${name}:${line}`, input, references: good });
    return null;
  }

  #takeSuperNI(value: object, line: number, name: string): string | null {
    const read = v.safeParse(superNI, value);
    if (!read.success) return reasonOf(read.issues);
    const { Definition, Categories, Instances } = read.output;
    const shown = read.output['Positive Examples'].slice(0, this.examples);
    const instruction = [Definition.join('\n'), ...shown.map(exampleText)].join('\n\n');
    const task = name.replace(/\.jsonl?$/iu, '');
    let bad = 0;
    let first = '';
    for (const [i, entry] of Instances.slice(0, this.perTask).entries()) {
      const instance = v.safeParse(superNIInstance, entry);
      if (!instance.success) {
        bad++;
        first ||= reasonOf(instance.issues);
        continue;
      }
      const { id: own, input, output } = instance.output;
      this.#put({
        id: own ?? `${task}-${i}`,
        instruction,
        input,
        references: output,
        app: Categories[0] ?? task,
        isClassification: null,
      });
    }
    if (bad > 0) this.#refused.refuse(line, RECORD_WORDS.badInstances(bad, first));
    return null;
  }

  #put(task: EvaluationTask): void {
    if (this.#full) return;
    const key = JSON.stringify([task.instruction, task.input]);
    if (this.#seen.has(key)) {
      this.#duplicates++;
      return;
    }
    if (this.#tasks.length === MAX_TASKS) {
      this.#full = true;
      this.#refused.refuse(0, RECORD_WORDS.manyTasks(MAX_TASKS));
      return;
    }
    this.#seen.add(key);
    let own = task.id;
    // A file of equal ids would make counting up from 2 quadratic.
    for (let n = this.#ids.size + 1; this.#ids.has(own); n++) own = `${task.id}_${n}`;
    this.#ids.add(own);
    this.#tasks.push({ ...task, id: own });
  }
}

const aboutOf = (task: {
  readonly instruction: string;
  readonly motivation_app: string | null;
  readonly app: string | null;
  readonly is_classification: boolean | null;
}): Pick<EvaluationTask, 'instruction' | 'app' | 'isClassification'> => {
  const group = task.motivation_app ?? task.app;
  return {
    instruction: task.instruction,
    isClassification: task.is_classification,
    ...(group ? { app: group } : {}),
  };
};

/** The held-out sets that ship with the app: seed tasks with a `motivation_app`, one task for each instance. */
export function tasksOfSeeds(seeds: readonly SeedTask[]): EvaluationTask[] {
  return seeds.flatMap(({ id, instruction, isClassification, instances, extra }) => {
    const group = extra?.['motivation_app'];
    return instances.map(({ input, output }, i) => ({
      id: instances.length === 1 ? id : `${id}-${i}`,
      instruction,
      input,
      references: [output],
      isClassification,
      ...(typeof group === 'string' ? { app: group } : {}),
    }));
  });
}
