/** A finetuning that has just begun, where a test does not care which. */
import { defaultConfig } from '../core/training/defaults';
import type { TrainingRecord } from '../core/training/training';

export const anyTraining = (name: string): Omit<TrainingRecord, 'id'> => ({
  name,
  createdAt: 1,
  status: 'running',
  baseModel: { id: 'built-in', name: 'Built-in model', hash: '00' },
  data: { source: 'run', runId: 'r0001', name: 'run 1', heldOutShare: 0.1, limit: null },
  counts: { training: 9, validation: 1 },
  print: 7,
  config: defaultConfig('built-in', 'full'),
  promised: null,
  step: 0,
  steps: 10,
  seconds: 0,
  tokens: 0,
  curve: [],
  validation: [],
  samples: [],
  reason: null,
  modelId: null,
});
