/** The models of an evaluation as they are added: from this device, or as answers from a file. */
import {
  type Answer,
  answerId,
  type EvaluatedModel,
  type EvaluationRecord,
  type EvaluationTask,
  modelKey,
} from '../../core/evaluation/evaluation';
import type { PredictionFile } from '../../core/evaluation/predictions';
import type { ModelInfo } from '../../core/models/stored-model';

/** Models of this device that are to be asked, with keys from this number on. */
export const modelsToAsk = (infos: readonly ModelInfo[], first = 1): readonly EvaluatedModel[] =>
  infos.map(({ id, name, origin, hash }, i) => ({
    key: modelKey(first + i),
    name,
    modelId: id,
    origin,
    hash,
    finished: false,
    seconds: 0,
  }));

/** Answers from a file count as one model, which is named after the file. */
export const predictingModel = (key: string, fileName: string): EvaluatedModel => ({
  key,
  name: fileName.replace(/(?:[_-]predictions)?\.jsonl?$/iu, '') || fileName,
  modelId: null,
  origin: 'predictions',
  hash: '',
  finished: true,
  seconds: 0,
});

/** The answers of a file as rows of an evaluation. @param createdAt milliseconds since 1970 */
export const predictedAnswers = (
  found: PredictionFile,
  evaluationId: string,
  key: string,
  tasks: readonly EvaluationTask[],
  createdAt: number,
): readonly Answer[] =>
  [...found.answers].map(([index, text]) => ({
    id: answerId(evaluationId, key, index),
    evaluationId,
    modelKey: key,
    taskId: tasks[index]?.id ?? '',
    outcome: 'answered',
    text,
    finishReason: null,
    promptTokens: 0,
    completionTokens: 0,
    seconds: 0,
    createdAt,
  }));

/** One more than the highest: answers of a model that was removed are gone, so its number may come again. */
export const nextNumber = ({ models }: EvaluationRecord): number =>
  Math.max(0, ...models.map(({ key }) => Number(key.slice(1)))) + 1;
