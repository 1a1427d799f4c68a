/**
 * A hand-in: what a pupil or a group made, as one small file for the teacher. It has a name, the run with its seed tasks,
 * tasks, verdicts and ratings, the scores before and after finetuning, and what was predicted; no requests to the model and no weights.
 */
import type { Interval } from '../evaluation/resampling';
import type { LessonProgress } from '../lessons/lesson-progress';
import type { BackupRow, RunSummary } from '../ports';

/** How a hand-in names itself in its first line. */
export const HAND_IN_FORMAT = 'self-instruct-hand-in';
export const HAND_IN_VERSION = 1;
/** Ends the names of its files. */
export const HAND_IN_SUFFIX = '.handin';
/** Begins the code that is pasted in place of a file: gzip's checksum is in what follows. */
export const HAND_IN_CODE = 'handin1-';
/** In characters: a longer code is not offered, for chats and forms cut it. */
export const MAX_CODE = 20_000;
/** In bytes, unpacked: a hundred times what a lesson makes. No larger one is written or read. */
export const MAX_HAND_IN = 16 * 1024 * 1024;
/** Machine tasks in one file: what a class makes is compared with each other, task by task. */
export const MAX_HANDED_TASKS = 2_000;
/** Lessons in one file. */
export const MAX_LESSONS = 20;
/** Scores in one file: evaluations of this run's models. */
export const MAX_SCORES = 100;

/** How well one model answered the held-out tasks. */
export interface ModelScore {
  readonly name: string;
  /** Tasks that it answered. */
  readonly answers: number;
  /** ROUGE-L x 100 with its 95 % interval. */
  readonly rougeL: Interval;
}
/** A model before and after it was finetuned on the tasks of the run, on the same held-out tasks. */
export interface BeforeAfter {
  readonly set: {
    readonly name: string;
    readonly count: number;
    /** Fingerprint of the tasks: scores on other tasks are not compared. */
    readonly print: number;
  };
  readonly before: ModelScore;
  readonly after: ModelScore;
}

/** What stands before the run. */
export interface HandInHeader {
  /** Of the pupil or the group, as they typed it. */
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly savedAt: number;
  readonly scores: readonly BeforeAfter[];
  /** The lessons that were begun, with what was predicted and explained. */
  readonly lessons: readonly LessonProgress[];
}
/** The run of a hand-in: a backup without requests. */
export interface HandInRun extends RunSummary {
  readonly rows: readonly BackupRow[];
}
export interface HandIn extends HandInHeader {
  readonly run: HandInRun;
}
