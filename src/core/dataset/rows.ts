/** From tasks to exported rows: one row per instance, with a stable id. JSON fields are named as in the public files. */
import { labelOf } from '../ids';
import type { Instance, MachineTask, Task } from '../task';

/** One instance of a task as it is exported. */
export interface Row extends Instance {
  /** `<task id>-<instance>`. Files have it without the run's id, so that it is the same in every copy. */
  readonly id: string;
  readonly instruction: string;
  readonly isClassification: boolean;
}

/** Equal for rows that ask the same. */
export const questionKey = ({ instruction, input }: Pick<Row, 'instruction' | 'input'>): string =>
  JSON.stringify([instruction, input]);

/** Rows of a task: none while its instances are missing. */
export function rowsOf(task: Task): Row[] {
  if (task.origin === 'machine' && task.stage !== 'complete') return [];
  const { id, instruction, isClassification } = task;
  return task.instances.map(({ input, output }, i) => ({
    id: `${id}-${i}`,
    instruction,
    isClassification,
    input,
    output,
  }));
}

/**
 * The row that a finetuning example was made of. It stands beside prompt and completion: a layout hides where the
 * instruction ends, and trims the texts. In one object, since trainers know `input` and `output` as columns of their own.
 * @param typed whether the types of the tasks are known
 */
export const rowRecord = (
  { id, instruction, input, output, isClassification }: Row,
  typed: boolean,
): Record<string, unknown> => ({
  id: labelOf(id),
  instruction,
  input,
  output,
  is_classification: typed ? isClassification : null,
});

const rounded = (score: number): number => Number(score.toFixed(6));
/**
 * The app's own data set format: everything that does not depend on time or device, with ids without the run's id. So the
 * same seed gives the same file whatever the run's number.
 * @param typed whether the types of the tasks are known
 */
export function datasetRecord(task: MachineTask, typed = true): Record<string, unknown> {
  const { provenance } = task;
  const id = labelOf(task.id);
  // Tasks of imported data sets were never compared.
  const compared = provenance.mostSimilar.length > 0;
  return {
    id,
    instruction: task.instruction,
    is_classification: task.stage === 'instruction' || !typed ? null : task.isClassification,
    instances:
      task.stage === 'complete'
        ? task.instances.map(({ input, output }, i) => ({ id: `${id}-${i}`, input, output }))
        : [],
    // Objects, not pairs: a column of the readers of JSON has one type.
    most_similar: provenance.mostSimilar.map(({ id, rougeL }) => ({
      id: labelOf(id),
      rouge_l: rounded(rougeL),
    })),
    avg_similarity_score: compared ? rounded(provenance.meanSimilarity) : null,
    request_idx: provenance.requestIndex,
    exemplars: provenance.exemplars.map(labelOf),
  };
}
