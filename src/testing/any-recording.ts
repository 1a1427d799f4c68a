/** Recordings whose texts and figures are anything, for properties; and the stores that they would come from. */
import fc from 'fast-check';
import { defaultConfig } from '../core/training/defaults';
import { answerId, type EvaluationRecord, tasksFingerprint } from '../core/evaluation/evaluation';
import type { Recording, RecordedEvaluation } from '../core/recording/recording';
import type { TrainingRecord } from '../core/training/training';
import type { RecordingSource } from '../export/recording';
import { anyRun, anyText, inPages, RUN, source } from './any-run';
import { anyTraining } from './any-training';

const points = fc.array(fc.record({ step: fc.nat(), loss: fc.double({ min: 0, max: 20, noNaN: true }) }), {
  maxLength: 4,
});
/** What a file can tell apart: it has no negative zero. */
const training = fc
  .record({ name: anyText, curve: points, validation: points, sample: anyText, lora: fc.boolean() })
  .map(({ name, curve, validation, sample, lora }): Omit<TrainingRecord, 'id' | 'modelId'> => ({
    ...anyTraining(name),
    status: 'finished',
    data: { source: 'run-and-seeds', runId: RUN, name, heldOutShare: 0, limit: null },
    config: defaultConfig('m', lora ? 'lora' : 'full'),
    curve,
    validation,
    samples: [{ step: 1, prompt: sample, text: name }],
  }));
const evaluation = fc.record({
  name: anyText,
  tasks: fc.array(fc.record({ instruction: anyText, input: anyText, reference: anyText }), { maxLength: 3 }),
  texts: fc.array(anyText, { minLength: 3, maxLength: 3 }),
  plain: fc.boolean(),
});

/** A run with up to two finetunings, each model of which was evaluated. */
export const anyRecording: fc.Arbitrary<Recording> = fc
  .record({ run: anyRun, works: fc.array(fc.record({ training, evaluation }), { maxLength: 2 }) })
  .map(({ run, works }) => {
    const trainings = works.map(({ training: one }, i): TrainingRecord => ({
      ...one,
      id: `t000${i + 1}`,
      modelId: `tuned-${i}`,
    }));
    const evaluations = works.map(({ evaluation: one }, i): RecordedEvaluation => {
      const id = `e000${i + 1}`;
      const tasks = one.tasks.map(({ instruction, input, reference }, n) => ({
        id: `task_${n}`,
        instruction,
        input,
        references: [reference],
        isClassification: null,
      }));
      const model = { name: one.name, hash: '00', finished: true, seconds: 1.5, key: 'm01' } as const;
      const record: EvaluationRecord = {
        id,
        name: one.name,
        createdAt: i,
        set: { id: 's', name: one.name, count: tasks.length, print: tasksFingerprint(tasks) },
        config: { layout: 'drawn', seed: 1, maxTokens: 60 },
        models: [
          { ...model, modelId: `tuned-${i}`, origin: 'finetuned', ...(one.plain ? { plain: true } : {}) },
        ],
        keysGiven: 1,
      };
      const answers = tasks.map((task, n) => ({
        id: answerId(id, 'm01', n),
        evaluationId: id,
        modelKey: 'm01',
        taskId: task.id,
        outcome: 'answered' as const,
        text: one.texts[n] ?? '',
        finishReason: 'stop' as const,
        promptTokens: 3,
        completionTokens: 5,
        seconds: 0.25,
        createdAt: n,
      }));
      return { record, tasks, answers };
    });
    return { ...run, trainings, evaluations };
  });

/** The stores that hold such a recording. */
export const recordingSource = (recording: Recording): RecordingSource => ({
  store: source(recording),
  trainings: { list: () => Promise.resolve(recording.trainings.toReversed()) },
  evaluations: {
    list: () => Promise.resolve(recording.evaluations.map(({ record }) => record).reverse()),
    tasks: (id) => Promise.resolve(recording.evaluations.find(({ record }) => record.id === id)?.tasks ?? []),
    scanAnswers: (id) => inPages(recording.evaluations.find(({ record }) => record.id === id)?.answers ?? []),
  },
});
