/** An evaluation as files: answers as CSV for spreadsheets, and as predictions in the public format, which import again. */
import type { EvaluatedModel, EvaluationConfig, EvaluationTask } from '../core/evaluation/evaluation';
import { answerText } from '../core/evaluation/evaluation';
import type { AnswerSheet } from '../core/evaluation/figures';
import { promptOf } from '../core/evaluation/prompt';
import { csvRow } from '../io/csv-writer';

export interface AnswerColumns {
  readonly model: EvaluatedModel;
  readonly sheet: AnswerSheet;
}
const rounded = (value: number): number => Number(value.toFixed(6));

/** One row for each task, three columns for each model. */
export function* answersCsv(
  tasks: readonly EvaluationTask[],
  models: readonly AnswerColumns[],
): Generator<string> {
  yield csvRow([
    'id',
    'app',
    'is_classification',
    'instruction',
    'input',
    'references',
    ...models.flatMap(({ model: { name } }) => [name, `${name}: ROUGE-L`, `${name}: exact match`]),
  ]);
  for (const [i, task] of tasks.entries()) {
    yield csvRow([
      task.id,
      task.app ?? '',
      task.isClassification === null ? '' : String(task.isClassification),
      task.instruction,
      task.input,
      task.references.join('\n'),
      ...models.flatMap(({ sheet }) => {
        const entry = sheet[i];
        if (!entry) return ['', '', ''];
        const { score, answer } = entry;
        return [answerText(answer.text), String(rounded(score.rougeL)), score.exact ? '1' : '0'];
      }),
    ]);
  }
}

/**
 * The task's fields and the model's response, one JSON object a line, as the released predictions of the paper. Tasks
 * without an answer are left out.
 */
export function* predictionLines(
  tasks: readonly EvaluationTask[],
  { model, sheet }: AnswerColumns,
  config: EvaluationConfig,
): Generator<string> {
  for (const [i, task] of tasks.entries()) {
    const entry = sheet[i];
    if (!entry) continue;
    const { answer, score } = entry;
    const [only, ...more] = task.references;
    const row = {
      id: task.id,
      ...(task.app === undefined ? {} : { motivation_app: task.app }),
      instruction: task.instruction,
      instances: [{ input: task.input, output: more.length === 0 ? only : task.references }],
      ...(task.isClassification === null ? {} : { is_classification: task.isClassification }),
      // Answers from a file were generated elsewhere, with an unknown prompt.
      ...(model.modelId === null ? {} : { prompt: promptOf(task, config) }),
      target: only,
      model: model.name,
      response: answer.text,
      ...(answer.outcome === 'too-long' ? { outcome: 'prompt-too-long' } : {}),
      finish_reason: answer.finishReason,
      rouge_l: rounded(score.rougeL),
      exact_match: score.exact,
    };
    yield `${JSON.stringify(row)}\n`;
  }
}
