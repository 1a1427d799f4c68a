/** Checks rows of imported files. The result is a new object with known fields; other fields are kept as plain data. */
import * as v from 'valibot';
import { BLOCKED_LIMITS } from './filters/blocked-words';
import { plainCopy } from './dataset/json-record';
import type { BackupRow } from './ports';
import { raterName } from './review/rater';
import { type Rating, ratingId } from './review/rating';
import { RECORD_WORDS } from './record-words';
import type { ModelCall, RunProgress, RunRecord } from './run';
import {
  INSTANCE_REJECT_REASONS,
  REJECT_REASONS,
  type Candidate,
  type RunId,
  type Task,
  type TaskId,
} from './task';

/** A checked value, or why it was refused. */
export type Checked<T> =
  { readonly ok: true; readonly row: T } | { readonly ok: false; readonly reason: string };

// ---- seed files ---------------------------------------------------------------------------------------------------

const shortText = v.pipe(v.string(), v.maxLength(65_536));
const seedRow = v.object({
  id: v.optional(v.union([shortText, v.pipe(v.number(), v.transform(String))])),
  name: v.optional(shortText),
  instruction: v.pipe(shortText, v.trim(), v.minLength(1)),
  instances: v.pipe(
    v.array(v.object({ input: v.optional(shortText, ''), output: shortText })),
    v.maxLength(100),
  ),
  is_classification: v.optional(v.boolean()),
});

/** A line of a seed file. */
export interface SeedRow {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly instruction: string;
  readonly instances: readonly { readonly input: string; readonly output: string }[];
  readonly is_classification?: boolean | undefined;
  readonly extra: Readonly<Record<string, unknown>>;
}

const KNOWN = new Set(['id', 'name', 'instruction', 'instances', 'is_classification']);

/** Checks a line of a seed file. */
export function parseSeedRow(value: unknown): Checked<SeedRow> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { ok: false, reason: RECORD_WORDS.seedTask };
  }
  const result = v.safeParse(seedRow, value);
  if (!result.success) return { ok: false, reason: reasonOf(result.issues) };
  const { id, name, instruction, instances, is_classification } = result.output;
  const unknown = Object.fromEntries(Object.entries(value).filter(([key]) => !KNOWN.has(key)));
  const extra = plainCopy(unknown) as Record<string, unknown>;
  return { ok: true, row: { id, name, instruction, instances, is_classification, extra } };
}

// ---- backups ------------------------------------------------------------------------------------------------------

/** How a backup names itself in its first line. */
export const BACKUP_FORMAT = 'self-instruct-backup';
/** Version 2 added ratings; a file of version 1 has none. */
export const BACKUP_VERSION = 2;
const OLDEST_VERSION = 1;

const text = v.string();
const real = v.pipe(v.number(), v.finite());
const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const score = v.pipe(real, v.minValue(0));
const runId = v.pipe(
  text,
  v.regex(/^r\d{4,12}$/u),
  v.transform((id) => id as RunId),
);
const taskId = v.pipe(
  text,
  v.regex(/^r\d{4,12}-(?:s\d{5,12}|m\d{6,12}-\d{2,12})$/u),
  v.transform((id) => id as TaskId),
);
const instance = v.object({ input: text, output: text });
const neighbour = v.object({ id: taskId, rougeL: score });
const decoding = v.object({
  temperature: real,
  topP: real,
  frequencyPenalty: real,
  presencePenalty: real,
  maxTokens: whole,
});
const byStage = <T extends v.GenericSchema>(schema: T) =>
  v.object({ instructions: schema, classification: schema, instances: schema });

const config = v.object({
  seed: real,
  target: whole,
  preset: v.picklist(['ours', 'paper', 'reference']),
  switches: v.object({
    instructionCase: v.picklist(['keep', 'capitalize']),
    unfinished: v.picklist(['drop-last', 'drop-response']),
    listSplit: v.picklist(['any-number', 'strict']),
    exampleSplit: v.picklist(['line-start', 'anywhere']),
    inputWithoutOutput: v.picklist(['drop', 'as-output']),
    emptyInputContradiction: v.picklist(['drop', 'keep']),
    inputLabel: v.picklist(['keep', 'strip-half']),
    stopAtSixteen: v.picklist(['line-start', 'anywhere']),
    similarityTokens: v.picklist(['ascii', 'unicode']),
    similarityEdge: v.picklist(['above', 'from']),
    exemplarPool: v.picklist(['instructions', 'tasks-with-instances']),
    order: v.picklist(['task-by-task', 'stage-by-stage']),
    statements: v.exactOptional(v.picklist(['reject', 'keep'])),
    repetitions: v.exactOptional(v.picklist(['reject', 'keep'])),
    listForm: v.exactOptional(v.picklist(['task', 'number'])),
    exampleMarks: v.exactOptional(v.picklist(['plain', 'numbered'])),
    secondMark: v.exactOptional(v.picklist(['complete', 'text', 'end'])),
    unmarked: v.exactOptional(v.picklist(['output', 'drop'])),
    labelledInput: v.exactOptional(v.picklist(['strip', 'keep'])),
    layoutEnd: v.exactOptional(v.picklist(['line', 'blank-line'])),
    completionStart: v.exactOptional(v.picklist(['space', 'after-output'])),
  }),
  exemplars: whole,
  machineExemplars: whole,
  rougeThreshold: real,
  batchSize: v.pipe(whole, v.minValue(1)),
  classificationEvery: whole,
  classificationShots: whole,
  instanceShots: whole,
  maxInstances: whole,
  blockedWords: v.exactOptional(
    v.pipe(
      v.array(v.pipe(v.string(), v.maxLength(BLOCKED_LIMITS.characters))),
      v.maxLength(BLOCKED_LIMITS.words),
    ),
  ),
  classificationBy: v.exactOptional(v.picklist(['text', 'probability'])),
  classificationOdds: v.exactOptional(v.pipe(real, v.gtValue(0))),
  ask: v.exactOptional(v.picklist(['continue', 'turns'])),
  decoding: byStage(decoding),
});
const runRecord: v.GenericSchema<unknown, RunRecord> = v.object({
  id: runId,
  number: whole,
  createdAt: real,
  config,
  model: v.object({ id: text, name: text, hash: text }),
  seedSet: v.object({ id: text, name: text, count: whole }),
  source: v.picklist(['here', 'imported']),
  imported: v.exactOptional(v.object({ file: text, format: text, typed: v.boolean() })),
});
const progress: v.GenericSchema<unknown, RunProgress> = v.object({
  runId,
  rounds: whole,
  nextSeq: whole,
  kept: whole,
  rejected: v.record(v.picklist(REJECT_REASONS), whole),
  identified: whole,
  classification: whole,
  completed: whole,
  instances: whole,
  droppedInstances: whole,
  stages: byStage(
    v.object({
      calls: whole,
      promptTokens: whole,
      cachedTokens: whole,
      completionTokens: whole,
      callSeconds: real,
    }),
  ),
  modelSeconds: real,
  seconds: real,
  firstAcceptedSeconds: v.nullable(real),
  finished: v.boolean(),
});

const seed = v.object({
  origin: v.literal('seed'),
  id: taskId,
  runId,
  sourceId: text,
  name: text,
  instruction: text,
  isClassification: v.boolean(),
  instances: v.array(instance),
});
const machine = {
  origin: v.literal('machine'),
  id: taskId,
  runId,
  seq: whole,
  instruction: text,
  provenance: v.object({
    requestIndex: whole,
    item: whole,
    model: text,
    exemplars: v.array(taskId),
    mostSimilar: v.array(neighbour),
    meanSimilarity: score,
    createdAt: real,
    original: v.exactOptional(
      v.object({
        instruction: text,
        isClassification: v.exactOptional(v.nullable(v.boolean())),
        instances: v.array(instance),
      }),
    ),
  }),
};
const dropped = v.object({ input: text, output: text, reason: v.picklist(INSTANCE_REJECT_REASONS) });
const task: v.GenericSchema<unknown, Task> = v.variant('origin', [
  seed,
  v.variant('stage', [
    v.object({ ...machine, stage: v.literal('instruction') }),
    v.object({ ...machine, stage: v.literal('identified'), isClassification: v.boolean() }),
    v.object({
      ...machine,
      stage: v.literal('complete'),
      isClassification: v.boolean(),
      instances: v.array(instance),
      dropped: v.array(dropped),
    }),
  ]),
]);
const candidate: v.GenericSchema<unknown, Candidate> = v.object({
  id: taskId,
  runId,
  requestIndex: whole,
  item: whole,
  text,
  verdict: v.picklist(['kept', ...REJECT_REASONS]),
  detail: text,
  nearest: v.nullable(neighbour),
});
const call: v.GenericSchema<unknown, ModelCall> = v.object({
  id: text,
  runId,
  stage: v.picklist(['instructions', 'classification', 'instances']),
  index: whole,
  taskId: v.nullable(taskId),
  exemplars: v.array(taskId),
  classificationOnly: v.boolean(),
  prompt: text,
  text,
  finishReason: v.picklist(['stop', 'length']),
  odds: v.exactOptional(v.object({ yes: score, no: score })),
  seed: real,
  promptTokens: whole,
  cachedTokens: whole,
  completionTokens: whole,
  seconds: real,
  createdAt: real,
});
const answer = v.nullable(v.boolean());
const rating: v.GenericSchema<unknown, Rating> = v.pipe(
  v.object({
    id: text,
    runId,
    taskId,
    rater: v.pipe(
      text,
      v.check((name) => raterName(name) === name, RECORD_WORDS.kinds.name),
    ),
    verdict: v.nullable(v.picklist(['accepted', 'rejected'])),
    flagged: v.boolean(),
    answers: v.object({ valid: answer, input: answer, output: answer }),
    print: v.pipe(whole, v.maxValue(0xffff_ffff)),
    ratedAt: real,
  }),
  v.check(({ id, taskId: task, rater }) => id === ratingId(task, rater), RECORD_WORDS.kinds.ratingId),
);
const row: v.GenericSchema<unknown, BackupRow> = v.variant('kind', [
  v.object({ kind: v.literal('task'), row: task }),
  v.object({ kind: v.literal('candidate'), row: candidate }),
  v.object({ kind: v.literal('call'), row: call }),
  v.object({ kind: v.literal('rating'), row: rating }),
]);
const header = v.object({ format: v.literal(BACKUP_FORMAT), version: v.number(), run: v.unknown() });
const end = v.object({
  kind: v.literal('end'),
  tasks: whole,
  candidates: whole,
  calls: whole,
  ratings: v.optional(whole, 0),
  progress,
});

/** The last line of a backup. */
export type BackupEnd = v.InferOutput<typeof end>;

/** Checks the first line of a backup. An unknown version has another reason than a file of another kind. */
export function parseBackupHeader(value: unknown): Checked<RunRecord> {
  const outer = v.safeParse(header, value);
  if (!outer.success) return { ok: false, reason: RECORD_WORDS.notBackup };
  const { version } = outer.output;
  if (version > BACKUP_VERSION) {
    return { ok: false, reason: RECORD_WORDS.newer };
  }
  if (!Number.isInteger(version) || version < OLDEST_VERSION) {
    return { ok: false, reason: RECORD_WORDS.unknownVersion(version) };
  }
  return checked(runRecord, outer.output.run);
}
/** Checks a rating of a backup. */
export const parseRating = (value: unknown): Checked<Rating> => checked(rating, value);
/** Checks a row of a backup. */
export const parseBackupRow = (value: unknown): Checked<BackupRow> => checked(row, value);
/** Checks the last line of a backup. */
export const parseBackupEnd = (value: unknown): Checked<BackupEnd> => checked(end, value);

/** Checks a value by a schema. */
export function checked<T>(schema: v.GenericSchema<unknown, T>, value: unknown): Checked<T> {
  const result = v.safeParse(schema, value);
  return result.success ? { ok: true, row: result.output } : { ok: false, reason: reasonOf(result.issues) };
}

/** The first issue of a schema as a reason, with the field. */
export function reasonOf(issues: readonly v.BaseIssue<unknown>[]): string {
  const issue = issues[0];
  const path = issue ? v.getDotPath(issue) : null;
  // An unknown key or value may be as long as the line.
  const words = RECORD_WORDS.field;
  const where = words.where(path && path.slice(0, 60));
  const received = (issue?.received ?? 'not').slice(0, 60);
  if (received === 'undefined') return words.missing(where);
  if (issue?.type === 'min_length') return words.empty(where);
  if (issue?.type === 'max_length') return words.long(where);
  if (issue?.type === 'regex') return words.badId(where);
  if (issue?.type === 'check') return words.not(where, issue.message);
  return words.other(where, issue?.expected ?? words.unknown, received);
}
