/**
 * Reads one record of an imported data set. Its keys decide the format, never the file's name. A record is read whole or
 * refused with a reason, and the names of ignored fields are returned: nothing is left out silently.
 */
import * as v from 'valibot';
import { isLayoutOf } from '../core/dataset/encode';
import { RECORD_WORDS } from '../core/record-words';
import { reasonOf } from '../core/schema';
import type { Instance } from '../core/task';
import { isRounded } from './rounded-number';
import { WORDS } from './words';

/** The format of a data set. */
export type ShapeId = keyof typeof WORDS.shapes;

/** Where a task of the app's own formats came from; ids are without the run's id. */
interface Origins {
  /** Of a record that is a whole task; null where none is given, or where several rows make a task. */
  readonly id: string | null;
  readonly exemplars: readonly string[];
  /** Neighbours with their scores, by id or, as in the paper's file, by their text. */
  readonly mostSimilar: readonly (readonly [string, number])[];
  readonly similarBy: 'id' | 'text';
  readonly meanSimilarity: number;
}
/** The part of a task that a record has. */
export interface TaskPart {
  /** Adjacent records with the same key make one task; null when only the instruction identifies it. */
  readonly key: string | null;
  /** The id of this record, when it is of the form that this app writes: `m000012-003-1`. */
  readonly ownId: string | null;
  readonly instruction: string;
  /** Null when the file does not tell. */
  readonly isClassification: boolean | null;
  /** Null when the file has no instances. */
  readonly instances: readonly Instance[] | null;
  readonly origins: Origins | null;
  /** The record has one text where a task has instruction and input, so that the text became the instruction. */
  readonly wholePrompt?: true;
}
export type ShapedRecord =
  | {
      readonly ok: true;
      readonly shape: ShapeId;
      readonly task: TaskPart;
      /** Names of fields that are not imported. */
      readonly unread: readonly string[];
    }
  | { readonly ok: false; readonly reason: string };

const text = v.string();
const optionalText = v.nullish(text, '');
const score = v.pipe(v.number(), v.finite(), v.minValue(0));
/** Booleans, or the words that files have for them. */
const type = v.nullish(
  v.union([
    v.boolean(),
    v.pipe(
      text,
      v.trim(),
      v.toLowerCase(),
      v.picklist(['true', 'false', 'yes', 'no', '']),
      v.transform((word) => (word === '' ? null : word === 'true' || word === 'yes')),
    ),
  ]),
  null,
);
/** A number with more digits than can be read exactly names nothing: two of them may look alike. */
const id = v.nullish(
  v.union([
    text,
    v.pipe(
      v.number(),
      v.transform((number) => (isRounded(number) ? null : String(number))),
    ),
  ]),
  null,
);
const instances = v.pipe(v.array(v.object({ input: optionalText, output: text })), v.maxLength(1_000));

const label = v.pipe(text, v.regex(/^[sm]\d{5,12}(?:-\d{3,12})?$/u));
const labels = v.pipe(v.array(label), v.maxLength(100));

const rows = v.object({
  id,
  task_id: id,
  instruction: text,
  input: optionalText,
  output: text,
  is_classification: type,
  system: optionalText,
  history: v.nullish(v.pipe(v.array(v.unknown()), v.maxLength(0, 'earlier turns')), []),
  // Other files may use this name for something else.
  parents: v.fallback(labels, []),
});
const seedTask = v.object({ id, instruction: text, instances, is_classification: type });
const neighbour = v.pipe(
  v.object({ id: label, rouge_l: score }),
  v.transform(({ id: of, rouge_l }): readonly [string, number] => [of, rouge_l]),
);
/** As files had it before they were objects. */
const neighbourPair = v.tuple([label, score]);
const dataset = v.object({
  id: v.pipe(text, v.regex(/^m\d{6,12}-\d{3,12}$/u)),
  instruction: text,
  instances,
  is_classification: type,
  most_similar: v.pipe(v.array(v.union([neighbour, neighbourPair])), v.maxLength(100)),
  avg_similarity_score: v.nullable(score),
  exemplars: labels,
});
const machineInstruction = v.object({
  instruction: text,
  most_similar: v.nullish(v.record(text, score), {}),
  avg_similarity_score: v.nullish(score, 0),
  // The paper's file has the raw completion here; ours the id.
  metadata: v.fallback(v.object({ id: text }), { id: '' }),
});
const typed = v.object({ instruction: text, is_classification: type });
/** The row that a prompt of ours was made of; other files may use the name for something else. */
const promptRow = v.object({
  id: text,
  instruction: text,
  input: text,
  output: text,
  is_classification: type,
});
const pair = v.object({ prompt: text, completion: text, row: v.fallback(v.nullable(promptRow), null) });
const chat = v.object({ messages: v.array(v.object({ role: text, content: text })) });
const shareGpt = v.object({ conversations: v.array(v.object({ from: text, value: text })) });

/** The task of a plain record with one instance. */
const plain = (instruction: string, output: string): TaskPart => ({
  key: null,
  ownId: null,
  instruction,
  isClassification: null,
  instances: [{ input: '', output }],
  origins: null,
});

/** The task of a record that is a row: one instance. @param id of the row */
const rowPart = (
  row: Instance & { readonly instruction: string; readonly is_classification: boolean | null },
  id: string | null,
  key: string | null,
): TaskPart => ({
  key,
  ownId: isOwnRow(id) ? id : null,
  instruction: row.instruction,
  isClassification: row.is_classification,
  instances: [{ input: row.input, output: row.output }],
  origins: null,
});

const END_OF_TEXT = /<\|endoftext\|>$|<\/s>$/u;
const ROLES: Readonly<Record<string, 'system' | 'user' | 'assistant'>> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  human: 'user',
  assistant: 'assistant',
  gpt: 'assistant',
};

/** A question and its answer; a system text becomes part of the question. */
function fromTurns(turns: readonly (readonly [string, string])[]): TaskPart | string {
  const system = ROLES[turns[0]?.[0] ?? ''] === 'system' ? turns[0]?.[1] : undefined;
  const [question, answer, ...more] = system === undefined ? turns : turns.slice(1);
  if (!question || !answer || ROLES[question[0]] !== 'user' || ROLES[answer[0]] !== 'assistant') {
    return WORDS.row.turnOrder;
  }
  if (more.length > 0) return WORDS.row.manyTurns(turns.length);
  return plain(withSystem(system ?? '', question[1]), answer[1]);
}
const withSystem = (system: string, instruction: string): string =>
  system === '' ? instruction : `${system}\n\n${instruction}`;

/** `m000012-003-1` is row 1 of task `m000012-003`, also with a run's id before it. */
const OWN_ROW = /(?:^|-)(?:m\d{6,12}-\d{3,12}|s\d{5,12})-\d+$/u;
const isOwnRow = (rowId: string | null): rowId is string => rowId !== null && OWN_ROW.test(rowId);
const taskKey = (rowId: string | null): string | null =>
  isOwnRow(rowId) ? rowId.slice(0, rowId.lastIndexOf('-')) : rowId;
/** The label of a task that this app wrote, also with a run's id before it. */
export const ownLabel = (key: string | null): string | null =>
  /(?:^|-)(m\d{6,12}-\d{3,12})$/u.exec(key ?? '')?.[1] ?? null;

const READERS: Readonly<Record<ShapeId, (record: object) => TaskPart | string>> = {
  'openai-chat': (record) => {
    const read = v.safeParse(chat, record);
    if (!read.success) return reasonOf(read.issues);
    return fromTurns(read.output.messages.map(({ role, content }) => [role, content]));
  },
  sharegpt: (record) => {
    const read = v.safeParse(shareGpt, record);
    if (!read.success) return reasonOf(read.issues);
    return fromTurns(read.output.conversations.map(({ from, value }) => [from, value]));
  },
  'prompt-completion': (record) => {
    const read = v.safeParse(pair, record);
    if (!read.success) return reasonOf(read.issues);
    const { prompt, completion, row } = read.output;
    const written = completion.replace(END_OF_TEXT, '').trim();
    // Who edits the file edits prompts and completions: they count, where the row says something else.
    if (row && isLayoutOf(prompt, row.instruction, row.input) && row.output.trim() === written) {
      return rowPart(row, row.id, taskKey(row.id));
    }
    return { ...plain(prompt.trim(), written), wholePrompt: true };
  },
  dataset: (record) => {
    const read = v.safeParse(dataset, record);
    if (!read.success) return reasonOf(read.issues);
    const { id: own, most_similar, avg_similarity_score, exemplars, ...rest } = read.output;
    // Its instances had not been generated yet, or none was left.
    const stored = rest.instances.length === 0 ? null : rest.instances;
    return {
      key: own,
      ownId: own,
      instruction: rest.instruction,
      isClassification: rest.is_classification,
      instances: stored,
      origins: {
        id: own,
        exemplars,
        mostSimilar: most_similar,
        similarBy: 'id',
        meanSimilarity: avg_similarity_score ?? 0,
      },
    };
  },
  'seed-tasks': (record) => {
    const read = v.safeParse(seedTask, record);
    if (!read.success) return reasonOf(read.issues);
    const { id: own, instruction, instances: stored, is_classification } = read.output;
    return {
      key: own,
      ownId: ownLabel(own),
      instruction,
      isClassification: is_classification,
      instances: stored,
      origins: null,
    };
  },
  rows: (record) => {
    const read = v.safeParse(rows, record);
    if (!read.success) return reasonOf(read.issues);
    const { id: row, task_id, instruction, system, parents, ...rest } = read.output;
    return {
      ...rowPart({ ...rest, instruction: withSystem(system, instruction) }, row, task_id ?? taskKey(row)),
      origins:
        parents.length > 0
          ? { id: null, exemplars: parents, mostSimilar: [], similarBy: 'id', meanSimilarity: 0 }
          : null,
    };
  },
  'machine-instructions': (record) => {
    const read = v.safeParse(machineInstruction, record);
    if (!read.success) return reasonOf(read.issues);
    const { instruction, most_similar, avg_similarity_score, metadata } = read.output;
    const own = ownLabel(metadata.id);
    return {
      key: own,
      ownId: own,
      instruction,
      isClassification: null,
      instances: null,
      origins: {
        id: own,
        exemplars: [],
        mostSimilar: Object.entries(most_similar),
        similarBy: 'text',
        meanSimilarity: avg_similarity_score,
      },
    };
  },
  types: (record) => {
    const read = v.safeParse(typed, record);
    if (!read.success) return reasonOf(read.issues);
    const { instruction, is_classification } = read.output;
    return {
      key: null,
      ownId: null,
      instruction,
      isClassification: is_classification,
      instances: null,
      origins: null,
    };
  },
};

/** The fields that a reader imports. */
const FIELDS: Readonly<Record<ShapeId, ReadonlySet<string>>> = {
  'openai-chat': new Set(Object.keys(chat.entries)),
  sharegpt: new Set(Object.keys(shareGpt.entries)),
  'prompt-completion': new Set(Object.keys(pair.entries)),
  // The number of the request is already part of the id.
  dataset: new Set([...Object.keys(dataset.entries), 'request_idx']),
  'seed-tasks': new Set(Object.keys(seedTask.entries)),
  rows: new Set(Object.keys(rows.entries)),
  'machine-instructions': new Set([...Object.keys(machineInstruction.entries), 'request_idx']),
  types: new Set(Object.keys(typed.entries)),
};

/** Other names for the fields of rows. */
export const ALIASES: Readonly<Record<string, string>> = {
  question: 'instruction',
  context: 'input',
  response: 'output',
  answer: 'output',
};
const hasTurns = (record: object): boolean =>
  Object.hasOwn(record, 'messages') || Object.hasOwn(record, 'conversations');

/** The record with other names replaced by ours, unless it has a field of that name already. */
function canonical(record: object): object {
  const names = Object.keys(record);
  if (hasTurns(record) || !names.some((name) => Object.hasOwn(ALIASES, name))) return record;
  const taken = new Set(names);
  return Object.fromEntries(
    Object.entries(record).map(([name, value]: [string, unknown]) => {
      const known = Object.hasOwn(ALIASES, name) ? ALIASES[name] : undefined;
      if (known === undefined || taken.has(known)) return [name, value];
      taken.add(known);
      return [known, value];
    }),
  );
}

/** The format whose keys a record has; null when it is unknown. */
function shapeOf(record: object): ShapeId | null {
  const has = (key: string): boolean => Object.hasOwn(record, key);
  if (has('messages')) return 'openai-chat';
  if (has('conversations')) return 'sharegpt';
  if (has('prompt') && has('completion')) return 'prompt-completion';
  if (!has('instruction')) return null;
  if (has('instances')) return has('request_idx') ? 'dataset' : 'seed-tasks';
  if (has('output')) return 'rows';
  if (has('most_similar') || has('avg_similarity_score') || has('request_idx')) return 'machine-instructions';
  return has('is_classification') ? 'types' : null;
}

/** @param expected the format of the records before; null for the first */
export function readShape(value: unknown, expected: ShapeId | null): ShapedRecord {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { ok: false, reason: RECORD_WORDS.notObject };
  }
  const record = canonical(value);
  const shape = shapeOf(record);
  if (shape === null) {
    const superNI = Object.hasOwn(record, 'Definition') && Object.hasOwn(record, 'Instances');
    return { ok: false, reason: superNI ? WORDS.row.superNI : WORDS.row.unknownKeys };
  }
  if (expected !== null && shape !== expected) {
    return { ok: false, reason: WORDS.row.otherShape(expected) };
  }
  const task = READERS[shape](record);
  if (typeof task === 'string') return { ok: false, reason: task };
  if (task.instruction.trim() === '') return { ok: false, reason: WORDS.row.noInstruction };
  const unread = Object.keys(record).filter((name) => !FIELDS[shape].has(name));
  return { ok: true, shape, task, unread };
}
