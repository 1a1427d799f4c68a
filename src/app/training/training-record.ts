/** The stored record of a finetuning: as it starts, and at an earlier step. */
import { choiceId } from '../../core/models/stored-model';
import type { TrainingRecord } from '../../core/training/training';
import { TrainingCurve } from './training-curve';
import type { PreparedJob, TrainingPlan } from './training-job';

/** The record as it was at a step: what came after it is trained again. */
export const curveAt = (record: TrainingRecord, step: number): TrainingRecord =>
  new TrainingCurve(record).record(record, step);

export const planOf = ({ baseModel, data, config }: TrainingRecord): Omit<TrainingPlan, 'name'> => ({
  baseId: baseModel.id,
  data,
  config,
});

export function newRecord(
  { name, data, config }: TrainingPlan,
  { base, examples }: PreparedJob,
  promised: TrainingRecord['promised'],
  createdAt: number,
): Omit<TrainingRecord, 'id'> {
  const { id, name: baseName, hash, origin } = base.model;
  return {
    name,
    createdAt,
    status: 'running',
    baseModel: { id: choiceId({ id, origin }), name: baseName, hash },
    data,
    counts: { training: examples.training.length, validation: examples.validation.length },
    print: examples.print,
    config,
    promised,
    step: 0,
    steps: 0,
    seconds: 0,
    tokens: 0,
    curve: [],
    validation: [],
    samples: [],
    reason: null,
    modelId: null,
  };
}
