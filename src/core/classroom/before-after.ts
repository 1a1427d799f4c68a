/** What finetuning on a run changed, from the stored answers of an evaluation (paper, section 4). */
import type { EvaluatedModel } from '../evaluation/evaluation';
import { type AnswerSheet, modelFigures, type ScoredAnswer, scored } from '../evaluation/figures';
import { RESAMPLING, runToEnd } from '../evaluation/resampling';
import { Scorer } from '../evaluation/score';
import type { RecordedEvaluation } from '../recording/recording';
import type { TrainingRecord } from '../training/training';
import type { BeforeAfter, ModelScore } from './hand-in';

/** One entry for each finetuned model whose base model answered the same tasks. */
export function beforeAndAfter(
  evaluation: RecordedEvaluation,
  trainings: readonly Pick<TrainingRecord, 'modelId' | 'baseModel'>[],
): readonly BeforeAfter[] {
  const { models, set } = evaluation.record;
  const scorer = new Scorer({ stem: false, tokens: 'ascii' });
  const scoreOf = (model: EvaluatedModel): ModelScore | null => {
    const figures = runToEnd(modelFigures(model, sheetOf(model, evaluation, scorer), RESAMPLING));
    return figures.rougeL && { name: model.name, answers: figures.answers, rougeL: figures.rougeL };
  };
  return trainings.flatMap(({ modelId, baseModel }) => {
    const made = models.find((model) => model.modelId !== null && model.modelId === modelId);
    const others = models.filter((model) => model !== made);
    const base =
      others.find((model) => model.modelId === baseModel.id) ??
      others.find(({ hash }) => hash !== '' && hash === baseModel.hash);
    const before = base && scoreOf(base);
    const after = made && scoreOf(made);
    return before && after
      ? [{ set: { name: set.name, count: set.count, print: set.print }, before, after }]
      : [];
  });
}

function sheetOf(model: EvaluatedModel, { tasks, answers }: RecordedEvaluation, scorer: Scorer): AnswerSheet {
  const own = new Map(
    answers.filter(({ modelKey }) => modelKey === model.key).map((one) => [one.taskId, one]),
  );
  return tasks.map((task): ScoredAnswer | undefined => {
    const answer = own.get(task.id);
    return answer && scored(scorer, task, answer);
  });
}
