/** The models of an evaluation as they are added: from this device, or as answers from a file. */
import {
  type AddedModel,
  type Answer,
  answerId,
  type EvaluationTask,
} from '../../core/evaluation/evaluation';
import type { PredictionFile } from '../../core/evaluation/predictions';
import type { ModelInfo } from '../../core/models/stored-model';
import { WORDS } from './words';

/** A model of this device, and how it is to be asked. */
export type AskedModel = Pick<ModelInfo, 'id' | 'name' | 'origin' | 'hash'> & Pick<AddedModel, 'plain'>;

/** A chat model that continues the prompt, under a name that says so. */
export const asPlainText = (info: ModelInfo): AskedModel => ({
  ...info,
  name: WORDS.plainText(info.name),
  plain: true,
});

/** Models of this device that are to be asked. */
export const modelsToAsk = (models: readonly AskedModel[]): readonly AddedModel[] =>
  models.map(({ id, name, origin, hash, plain }) => ({
    ...{ name, modelId: id, origin, hash, finished: false, seconds: 0 },
    ...(plain ? { plain } : {}),
  }));

/** Answers from a file count as one model, which is named after the file. */
export const predictingModel = (fileName: string): AddedModel => ({
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
