/** A rater's judgement of one task: accepted or rejected, flagged, and the paper's three quality questions (section 3.3). */
import { deriveSeed } from '../random';
import type { Instance, MachineTask, RunId, Task, TaskId, TaskTexts } from '../task';

/** In the paper's order and meaning. */
export const QUESTIONS = ['valid', 'input', 'output'] as const;
export type Question = (typeof QUESTIONS)[number];

/** Null where a question is not answered. */
export type Answers = Readonly<Record<Question, boolean | null>>;
export type Verdict = 'accepted' | 'rejected';

export interface Rating {
  /** Derived from task and rater: rating again replaces. Begins with the run's id, as all rows of a run do. */
  readonly id: string;
  readonly runId: RunId;
  readonly taskId: TaskId;
  readonly rater: string;
  readonly verdict: Verdict | null;
  readonly flagged: boolean;
  readonly answers: Answers;
  /** Fingerprint of the rated text, which may have been edited since; see `taskFingerprint`. */
  readonly print: number;
  /** Milliseconds since 1970. */
  readonly ratedAt: number;
}

export const NO_ANSWERS: Answers = { valid: null, input: null, output: null };

/** No task id contains a tilde. */
export const ratingId = (taskId: TaskId, rater: string): string => `${taskId}~${rater}`;

/**
 * The instance that is judged: one for each instruction, as in the paper. It depends on the task alone, so that every
 * rater judges the same one.
 */
export const judgedInstance = (label: string, instances: number): number =>
  deriveSeed('judged instance', label) % Math.max(1, instances);

/** Whether a task can be judged: the questions ask for an instance. */
export const isJudgeable = (
  task: Task,
): task is MachineTask & { readonly stage: 'complete'; readonly instances: readonly Instance[] } =>
  task.origin === 'machine' && task.stage === 'complete' && task.instances.length > 0;

/** A number for the text that is judged: instruction and judged instance. Another text has another number. */
export function taskFingerprint(label: string, { instruction, instances }: TaskTexts): number {
  const { input, output } = instances[judgedInstance(label, instances.length)] ?? { input: '', output: '' };
  return deriveSeed(JSON.stringify([instruction, input, output]));
}

export const answered = ({ valid, input, output }: Answers): boolean =>
  valid !== null && input !== null && output !== null;

/** How many of the three questions were answered with yes; null until all are answered. */
export const yesCount = (answers: Answers): number | null =>
  answered(answers) ? QUESTIONS.filter((question) => answers[question]).length : null;

/** Whether a rating is empty and need not be stored. */
export const isBlank = ({
  verdict,
  flagged,
  answers,
}: Pick<Rating, 'verdict' | 'flagged' | 'answers'>): boolean =>
  verdict === null && !flagged && QUESTIONS.every((question) => answers[question] === null);

/** Whether an instruction's ratings exclude it from exported data sets. */
export const isRejected = (ratings: readonly Rating[]): boolean =>
  // Where raters disagree, the task stays in the data set.
  ratings.some(({ verdict }) => verdict === 'rejected') &&
  !ratings.some(({ verdict }) => verdict === 'accepted');
