/**
 * Reads answers from a file: lines with the task's fields and the model's `response`, as in the paper's released
 * predictions and our own export. They are matched with the tasks of a set by id, or by instruction and input.
 */
import * as v from 'valibot';
import { type TextRecord, lossIn, parseTextRecord } from '../dataset/json-record';
import { RefusedList, type RefusedLines } from '../dataset/refused-lines';
import { RECORD_WORDS } from '../record-words';
import { checked } from '../schema';
import type { EvaluationTask } from './evaluation';
import { MAX_TEXT } from './task-file';

const text = v.pipe(v.string(), v.maxLength(MAX_TEXT));
/** Plain text, or a response of the OpenAI API. */
const response = v.union([
  text,
  v.pipe(
    v.object({
      choices: v.pipe(
        v.array(v.union([v.object({ text }), v.object({ message: v.object({ content: text }) })])),
        v.minLength(1),
      ),
    }),
    v.transform(({ choices: [first] }) =>
      !first ? '' : 'text' in first ? first.text : first.message.content,
    ),
  ),
]);
const row = v.object({
  id: v.nullish(v.union([text, v.pipe(v.number(), v.transform(String))]), null),
  instruction: v.nullish(text, null),
  input: v.nullish(text, null),
  instances: v.optional(v.pipe(v.array(v.object({ input: v.nullish(text, '') })), v.maxLength(1_000))),
  response: v.optional(response),
  prediction: v.optional(response),
});

/** Answers read from a file, matched with the tasks of a set. */
export interface PredictionFile extends RefusedLines {
  /** By index of the task in the set. */
  readonly answers: ReadonlyMap<number, string>;
  /** Lines whose task is not in the set. */
  readonly strangers: number;
  /** Lines for a task that already had an answer; the first one counts. */
  readonly repeated: number;
}

/** Takes a file record by record. Never throws on content. */
export class PredictionReader {
  readonly #byId: ReadonlyMap<string, number>;
  readonly #byQuestion: ReadonlyMap<string, number>;
  readonly #answers = new Map<number, string>();
  readonly #refused = new RefusedList();
  #strangers = 0;
  #repeated = 0;

  constructor(private readonly tasks: readonly EvaluationTask[]) {
    this.#byId = new Map(tasks.map(({ id }, i) => [id, i]));
    this.#byQuestion = new Map(tasks.map(({ instruction, input }, i) => [question(instruction, input), i]));
  }

  add(record: TextRecord): void {
    const { line } = record;
    const parsed = parseTextRecord(record);
    const read = parsed.ok ? checked(row, parsed.value) : parsed;
    if (!read.ok) {
      this.#refused.refuse(line, read.reason);
      return;
    }
    const answer = read.row.response ?? read.row.prediction;
    if (answer === undefined) {
      this.#refused.refuse(line, RECORD_WORDS.noResponse);
      return;
    }
    const odd = lossIn(answer);
    if (odd !== null) {
      this.#refused.refuse(line, odd);
      return;
    }
    const place = this.#placeOf(read.row);
    if (place === null) this.#strangers++;
    else if (this.#answers.has(place)) this.#repeated++;
    else this.#answers.set(place, answer);
  }

  result(): PredictionFile {
    const { problems, badLines } = this.#refused;
    const [answers, strangers, repeated] = [this.#answers, this.#strangers, this.#repeated];
    return { answers, problems, badLines, strangers, repeated };
  }

  /** An id counts only when the instruction, if given, is the task's: another set may have the same ids. */
  #placeOf({ id, instruction, input, instances }: v.InferOutput<typeof row>): number | null {
    const named = id === null ? undefined : this.#byId.get(id);
    if (named !== undefined) {
      const task = this.tasks[named];
      if (instruction === null || (task && same(instruction, task.instruction))) return named;
    }
    if (instruction === null) return null;
    return this.#byQuestion.get(question(instruction, input ?? instances?.[0]?.input ?? '')) ?? null;
  }
}

const same = (a: string, b: string): boolean => a.trim() === b.trim();
/** White space at the ends is ignored: the paper's own files differ in it. */
const question = (instruction: string, input: string): string =>
  JSON.stringify([instruction.trim(), input.trim()]);
