/** Outputs by another model: what it answered when it was asked the tasks of a run. */
import { questionKey } from '../../core/dataset/rows';
import { AppError } from '../../core/errors';
import { answerText } from '../../core/evaluation/evaluation';
import type { Services } from '../services';

/**
 * The answers of the first model of an evaluation by `questionKey`. Answers that were cut, or are empty, are left out.
 * @throws AppError record-gone, storage-unavailable
 */
export async function answeredOutputs(
  { evaluations }: Pick<Services, 'evaluations'>,
  id: string,
): Promise<ReadonlyMap<string, string>> {
  const [record, tasks] = await Promise.all([evaluations.get(id), evaluations.tasks(id)]);
  const [model] = record?.models ?? [];
  if (!model) throw new AppError({ kind: 'record-gone', record: 'evaluation', id });
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const outputs = new Map<string, string>();
  for await (const page of evaluations.scanAnswers(id, model.key)) {
    for (const { taskId, text, finishReason } of page) {
      const task = byId.get(taskId);
      const output = answerText(text);
      if (task && output !== '' && finishReason !== 'length') outputs.set(questionKey(task), output);
    }
  }
  return outputs;
}
