/** Evaluation as data: tasks, settings, models and stored answers. */
import type { ModelOrigin } from '../models/stored-model';
import type { LayoutChoice } from '../dataset/encode';
import { deriveSeed } from '../random';

/** One evaluation task. It must not be in the training data. */
export interface EvaluationTask {
  /** Unique in its set. */
  readonly id: string;
  readonly instruction: string;
  /** Empty when the task needs none. */
  readonly input: string;
  /** Good answers; at least one. The best of them counts. */
  readonly references: readonly string[];
  /** What the task was written for (`motivation_app`), or its category. */
  readonly app?: string;
  /** Null when unknown. */
  readonly isClassification: boolean | null;
}
/** Held-out tasks that models answer. */
export interface EvaluationSet {
  readonly id: string;
  readonly name: string;
  readonly tasks: readonly EvaluationTask[];
}

/** Zero-shot, greedy: everything that an answer depends on besides the model and the task. */
export interface EvaluationConfig {
  /** One layout for all tasks, or one drawn for each as in training. */
  readonly layout: LayoutChoice | 'drawn';
  readonly seed: number;
  /** Max tokens of an answer; fewer where the model's context is small. */
  readonly maxTokens: number;
}

/** A model of an evaluation. `key` identifies it within the evaluation: `m01`. */
export interface EvaluatedModel {
  readonly key: string;
  readonly name: string;
  /** Of the model host; null for predictions from a file. */
  readonly modelId: string | null;
  readonly origin: ModelOrigin | 'predictions';
  /** SHA-256 of the weights, hex; empty where they are not accessible. */
  readonly hash: string;
  /** An instruct model continues the prompt as a base model does. Absent: it is asked by its template. */
  readonly plain?: true;
  /** Whether every task of the set was answered; for a file, whether all of it was read. */
  readonly finished: boolean;
  /** Wall seconds of generation. */
  readonly seconds: number;
}

/** One evaluation as it is stored: its tasks, its settings, its models. */
export interface EvaluationRecord {
  /** `e0001`. */
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  readonly set: {
    readonly id: string;
    readonly name: string;
    readonly count: number;
    /** Fingerprint of the tasks. */
    readonly print: number;
  };
  readonly config: EvaluationConfig;
  /** In the order in which they answer and are shown. */
  readonly models: readonly EvaluatedModel[];
  /** Keys given so far, those of removed models too: no key comes again. Absent in old records. */
  readonly keysGiven?: number;
}
/** A model as it is added: the record gives it its key. */
export type AddedModel = Omit<EvaluatedModel, 'key'>;
/** An evaluation as it starts: the store gives it its id. */
export interface NewEvaluation extends Omit<EvaluationRecord, 'id' | 'models' | 'keysGiven'> {
  readonly models: readonly AddedModel[];
}

/** What one model answered to one task. */
export interface Answer {
  /** `e0001-m01-000012`: evaluation, model, index of the task in the set. */
  readonly id: string;
  readonly evaluationId: string;
  readonly modelKey: string;
  readonly taskId: string;
  /** `too-long`: prompt and answer do not fit into the model; the text is empty and scores nothing. */
  readonly outcome: 'answered' | 'too-long';
  /** As the model wrote it. */
  readonly text: string;
  /** `length`: cut off at the max tokens. Null when a file does not tell. */
  readonly finishReason: 'stop' | 'length' | null;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly seconds: number;
  readonly createdAt: number;
}

const padded = (value: number, width: number): string => String(value).padStart(width, '0');
/** `m01` for the first model of an evaluation. */
const modelKey = (number: number): string => `m${padded(number, 2)}`;
/** The number in a key: a model's place among all that the evaluation was ever given, from 1. */
export const numberOf = (key: string): number => Number(key.slice(1));
/** Id of an answer: evaluation, model and index of the task; it sorts in that order. */
export const answerId = (evaluationId: string, key: string, index: number): string =>
  `${evaluationId}-${key}-${padded(index, 6)}`;

/**
 * The record with more models, each under a key that no model of it had before.
 * @param usedKey of the newest answer: a record from before keys were counted may lack a model whose answers are here
 */
export function withModels(
  record: EvaluationRecord,
  added: readonly AddedModel[],
  usedKey = modelKey(0),
): EvaluationRecord & { readonly keysGiven: number } {
  const { models } = record;
  const given = record.keysGiven ?? Math.max(...models.map(({ key }) => numberOf(key)), numberOf(usedKey));
  const more = added.map((model, i) => ({ ...model, key: modelKey(given + 1 + i) }));
  return { ...record, models: [...models, ...more], keysGiven: given + more.length };
}

/** The record with one model changed; without that model, as it is. */
export const withModel = (
  record: EvaluationRecord,
  key: string,
  change: Partial<AddedModel>,
): EvaluationRecord => ({
  ...record,
  models: record.models.map((model) => (model.key === key ? { ...model, ...change } : model)),
});

export const withoutModel = (record: EvaluationRecord, key: string): EvaluationRecord => ({
  ...record,
  models: record.models.filter((model) => model.key !== key),
});

/** An answer as shown and scored: without surrounding white space and end-of-text mark. */
export const answerText = (raw: string): string => raw.replace(/(?:<\|endoftext\|>|<\/s>)\s*$/u, '').trim();

/** Fingerprint of a set: the same for the same tasks in the same order. */
export const tasksFingerprint = (tasks: readonly EvaluationTask[]): number =>
  tasks.reduce(
    (print, { id, instruction, input, references }) =>
      deriveSeed(print, id, instruction, input, ...references),
    tasks.length,
  );

/** Id of a set whose tasks came from files, or the beginning of the id. */
export const FILES_SET = 'files';
/** Whether the tasks of a set came from files. */
export const isFromFiles = (setId: string): boolean => setId.startsWith(FILES_SET);
