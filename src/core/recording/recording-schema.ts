/** Checks the lines of a recording that stand before its backup. */
import * as v from 'valibot';
import { type Answer, answerId, type EvaluationRecord, type EvaluationTask } from '../evaluation/evaluation';
import { LAYOUTS } from '../dataset/encode';
import { RECORD_WORDS } from '../record-words';
import { checked, type Checked } from '../schema';
import { LORA_TARGETS, type TrainingRecord } from '../training/training';
import { RECORDING_FORMAT, RECORDING_VERSION, type RecordedEvaluation, type RecordedWork } from './recording';

const text = v.string();
const real = v.pipe(v.number(), v.finite());
const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const points = v.array(v.object({ step: whole, loss: real }));
const training: v.GenericSchema<unknown, TrainingRecord> = v.object({
  id: v.pipe(text, v.regex(/^t\d{4,12}$/u)),
  name: text,
  createdAt: real,
  status: v.picklist(['running', 'paused', 'finished', 'failed']),
  baseModel: v.object({ id: text, name: text, hash: text }),
  data: v.object({
    source: v.picklist(['run', 'seeds', 'run-and-seeds']),
    runId: text,
    name: text,
    heldOutShare: real,
    limit: v.nullable(whole),
    machineShare: v.exactOptional(real),
    answers: v.exactOptional(text),
  }),
  counts: v.object({ training: whole, validation: whole }),
  print: real,
  config: v.object({
    method: v.variant('kind', [
      v.object({ kind: v.literal('full') }),
      v.object({
        kind: v.literal('lora'),
        rank: whole,
        alpha: real,
        targets: v.array(v.picklist(LORA_TARGETS)),
        topLayers: v.exactOptional(whole),
      }),
    ]),
    epochs: real,
    steps: v.exactOptional(whole),
    batchSize: whole,
    learningRate: real,
    warmupShare: real,
    weightDecay: real,
    clipNorm: real,
    maxTokens: whole,
    validateEvery: whole,
    sampleEvery: whole,
    checkpointEvery: whole,
    seed: real,
  }),
  promised: v.nullable(v.object({ seconds: real, peakBytes: real })),
  step: whole,
  steps: whole,
  seconds: real,
  tokens: whole,
  curve: points,
  validation: points,
  samples: v.array(v.object({ step: whole, prompt: text, text })),
  reason: v.nullable(text),
  modelId: v.nullable(text),
});

const below = (count: number) => v.pipe(whole, v.maxValue(count - 1));
const layout = v.object({ withInput: below(LAYOUTS.withInput), withoutInput: below(LAYOUTS.withoutInput) });
const modelKey = v.pipe(text, v.regex(/^m\d{2,6}$/u));
const record: v.GenericSchema<unknown, EvaluationRecord> = v.object({
  id: v.pipe(text, v.regex(/^e\d{4,12}$/u)),
  name: text,
  createdAt: real,
  set: v.object({ id: text, name: text, count: whole, print: real }),
  config: v.object({ layout: v.union([v.literal('drawn'), layout]), seed: real, maxTokens: whole }),
  models: v.array(
    v.object({
      key: modelKey,
      name: text,
      modelId: v.nullable(text),
      origin: v.picklist(['built-in', 'download', 'file', 'finetuned', 'server', 'predictions']),
      hash: text,
      plain: v.exactOptional(v.literal(true)),
      finished: v.boolean(),
      seconds: real,
    }),
  ),
  keysGiven: v.exactOptional(whole),
});
const task: v.GenericSchema<unknown, EvaluationTask> = v.object({
  id: text,
  instruction: text,
  input: text,
  references: v.pipe(v.array(text), v.minLength(1)),
  app: v.exactOptional(text),
  isClassification: v.nullable(v.boolean()),
});
const answer: v.GenericSchema<unknown, Answer> = v.object({
  id: text,
  evaluationId: text,
  modelKey,
  taskId: text,
  outcome: v.picklist(['answered', 'too-long']),
  text,
  finishReason: v.nullable(v.picklist(['stop', 'length'])),
  promptTokens: whole,
  completionTokens: whole,
  seconds: real,
  createdAt: real,
});
const parts: v.GenericSchema<unknown, RecordedEvaluation> = v.object({
  record,
  tasks: v.array(task),
  answers: v.array(answer),
});
const evaluation = v.pipe(
  parts,
  v.check(({ record: { set }, tasks }) => set.count === tasks.length, RECORD_WORDS.kinds.taskCount),
  v.check(isWhole, RECORD_WORDS.kinds.answers),
);

/** Whether each answer is one of a model and a task of the evaluation, and none is there twice. */
function isWhole({ record: { id, models }, tasks, answers }: RecordedEvaluation): boolean {
  const expected = new Map(
    models.flatMap(({ key }) => tasks.map((one, i) => [answerId(id, key, i), `${key} ${one.id}`] as const)),
  );
  return (
    new Set(answers.map((one) => one.id)).size === answers.length &&
    answers.every(
      (one) => one.evaluationId === id && expected.get(one.id) === `${one.modelKey} ${one.taskId}`,
    )
  );
}

const work: v.GenericSchema<unknown, RecordedWork> = v.variant('kind', [
  v.object({ kind: v.literal('training'), row: training }),
  v.object({ kind: v.literal('evaluation'), row: evaluation }),
]);
const header = v.object({ format: v.literal(RECORDING_FORMAT), version: whole, work: whole });

/** Checks the first line of a recording. @returns how many lines of work follow it, before the backup */
export function parseRecordingHeader(value: unknown): Checked<number> {
  const found = v.safeParse(header, value);
  if (!found.success) return { ok: false, reason: RECORD_WORDS.notRecording };
  const { version, work: lines } = found.output;
  if (version > RECORDING_VERSION) return { ok: false, reason: RECORD_WORDS.newer };
  return version === RECORDING_VERSION
    ? { ok: true, row: lines }
    : { ok: false, reason: RECORD_WORDS.unknownVersion(version) };
}
/** Checks a line of finished work. */
export const parseRecordedWork = (value: unknown): Checked<RecordedWork> => checked(work, value);
