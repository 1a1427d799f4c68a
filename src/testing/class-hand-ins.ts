/** Hand-ins of a class, always the same: each pupil's run with ratings, and a finetuning that was evaluated. */
import { answerId, type EvaluationRecord, type EvaluationTask } from '../core/evaluation/evaluation';
import { HOMEWORK } from '../core/lessons/homework';
import { beginLesson, type LessonProgress, withAnswer } from '../core/lessons/lesson-progress';
import type { BackupRow } from '../core/ports';
import { type Rating, ratingId, taskFingerprint } from '../core/review/rating';
import { labelOf } from '../core/ids';
import { instancesOf } from '../core/review/task-edits';
import type { RecordedEvaluation, Recording } from '../core/recording/recording';
import { writeHandIn } from '../export/hand-in';
import { recordingSource } from './any-recording';
import { anyTraining } from './any-training';
import { Random } from '../core/random';
import { manyTasks, type ManyTasks } from './many-tasks';

const never = new AbortController().signal;
const QUESTIONS = 10;
const WORDS =
  'paint count move find sing read build guess plant weigh trade cook a the two some every quiet green heavy early paper river market winter letter garden teacher engine number shadow island mirror to from with before under without'.split(
    ' ',
  );
const textOf = (random: Random): string =>
  `${Array.from({ length: 6 + random.below(9) }, () => WORDS[random.below(WORDS.length)]).join(' ')}.`;

/** @param pupil from 0 @param tasks machine tasks of the run */
export async function handInOf(pupil: number, tasks = 100, name = `Pupil ${pupil}`): Promise<File> {
  const recording = recordingOf(pupil, tasks);
  const header = { name, savedAt: 1_700_000_000_000 + pupil, lessons: [lessonOf(pupil)] };
  const file = await writeHandIn(header, recording, recordingSource(recording), never);
  return new File([file], `${name}.handin`);
}

/** Every second pupil predicts what happens first. */
function lessonOf(pupil: number): LessonProgress {
  const [step] = HOMEWORK.steps.filter(({ prediction }) => prediction);
  const right = step?.prediction?.answer ?? 0;
  const predicted = pupil % 2 === 0 ? right : right + 1;
  return withAnswer(beginLesson(HOMEWORK, 1 + pupil), step?.id ?? '', { predicted }, 2 + pupil);
}

function recordingOf(pupil: number, tasks: number): Recording {
  const drawn = manyTasks(1, { seeds: 8, machines: tasks, rejected: 20 + pupil });
  const random = new Random(pupil + 1);
  const machines = drawn.machines.map((task, i) =>
    // A fifth is what everybody asks for.
    i % 5 === 0 ? task : { ...task, instruction: textOf(random) },
  );
  const many = { ...drawn, machines };
  const run = { ...many.run, createdAt: many.run.createdAt + pupil };
  const training = {
    ...anyTraining('Tuned'),
    id: 't0001',
    status: 'finished' as const,
    data: { source: 'run' as const, runId: run.id, name: 'Run 1', heldOutShare: 0, limit: null },
    modelId: 'tuned',
  };
  return {
    run,
    progress: many.progress,
    rows: rowsOf(many, pupil),
    trainings: [training],
    evaluations: [evaluationOf(training.baseModel.id, pupil)],
  };
}

function rowsOf({ seeds, machines, candidates }: ManyTasks, pupil: number): readonly BackupRow[] {
  const ratings = machines.slice(0, QUESTIONS).flatMap((task): Rating[] => {
    const [id, rater] = [task.id, `Rater ${pupil}`];
    return [
      {
        id: ratingId(id, rater),
        runId: task.runId,
        taskId: id,
        rater,
        verdict: 'accepted',
        flagged: false,
        answers: { valid: true, input: task.seq % 4 !== pupil % 4, output: task.seq % 2 === pupil % 2 },
        print: taskFingerprint(labelOf(id), {
          instruction: task.instruction,
          instances: instancesOf(task) ?? [],
        }),
        ratedAt: task.seq,
      },
    ];
  });
  return [
    ...[...seeds, ...machines].map((row): BackupRow => ({ kind: 'task', row })),
    ...candidates.map((row): BackupRow => ({ kind: 'candidate', row })),
    ...ratings.map((row): BackupRow => ({ kind: 'rating', row })),
  ];
}

/** The base model answers two of ten right, the finetuned one between two and seven. */
function evaluationOf(baseId: string, pupil: number): RecordedEvaluation {
  const id = 'e0001';
  const tasks = Array.from({ length: QUESTIONS }, (_, i): EvaluationTask => ({
    id: `task_${i}`,
    instruction: `Question ${i}`,
    input: '',
    references: [`answer number ${i}`],
    isClassification: null,
  }));
  const models = [
    { key: 'm01', name: 'Base', modelId: baseId, origin: 'built-in', right: 2 },
    { key: 'm02', name: 'Tuned', modelId: 'tuned', origin: 'finetuned', right: 2 + (pupil % 6) },
  ] as const;
  const record: EvaluationRecord = {
    id,
    name: 'Class',
    createdAt: 1,
    set: { id: 'held-out', name: 'Held-out tasks', count: tasks.length, print: 77 },
    config: { layout: 'drawn', seed: 1, maxTokens: 60 },
    models: models.map(({ key, name, modelId, origin }) => ({
      key,
      name,
      modelId,
      origin,
      hash: '',
      finished: true,
      seconds: 1,
    })),
  };
  const answers = models.flatMap(({ key, right }) =>
    tasks.map((task, i) => ({
      id: answerId(id, key, i),
      evaluationId: id,
      modelKey: key,
      taskId: task.id,
      outcome: 'answered' as const,
      text: i < right ? (task.references[0] ?? '') : 'nothing',
      finishReason: 'stop' as const,
      promptTokens: 3,
      completionTokens: 5,
      seconds: 0.2,
      createdAt: i,
    })),
  );
  return { record, tasks, answers };
}
