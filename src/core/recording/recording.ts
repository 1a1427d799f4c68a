/** A run as it is recorded: all that was stored of it and of what was done with its data, to be played again. */
import type { Answer, EvaluationRecord, EvaluationTask } from '../evaluation/evaluation';
import type { BackupRow, RunSummary } from '../ports';
import type { TrainingRecord } from '../training/training';

/** How a recording names itself in its first line. */
export const RECORDING_FORMAT = 'self-instruct-recording';
export const RECORDING_VERSION = 1;
/** Ends the names of its files. Not `.gz`: some servers unpack what is named so. */
export const RECORDING_SUFFIX = '.recording';
/** In bytes, unpacked: fifty times what a recorded run of a lesson takes. No larger one is written or read. */
export const MAX_RECORDING = 64 * 1024 * 1024;
/** Finetunings and evaluations in one recording. */
export const MAX_RECORDED_WORK = 1_000;

/** An evaluation with its tasks and all answers. */
export interface RecordedEvaluation {
  readonly record: EvaluationRecord;
  readonly tasks: readonly EvaluationTask[];
  readonly answers: readonly Answer[];
}
/** A line of the file that stands before the backup of the run. */
export type RecordedWork =
  | { readonly kind: 'training'; readonly row: TrainingRecord }
  | { readonly kind: 'evaluation'; readonly row: RecordedEvaluation };

export interface Recording extends RunSummary {
  /** Tasks, candidates, calls and ratings, in the order of a backup. */
  readonly rows: readonly BackupRow[];
  /** Finetunings on the data of the run, oldest first. */
  readonly trainings: readonly TrainingRecord[];
  /** Evaluations of the models that came of them, oldest first. */
  readonly evaluations: readonly RecordedEvaluation[];
}
