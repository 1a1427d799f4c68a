/**
 * Writes a recording: gzip of JSON lines. The first line names the format and how many lines of finished work follow
 * (finetunings, evaluations, each with a checksum); the rest is the backup of the run as it is.
 */
import type { Answer } from '../core/evaluation/evaluation';
import type { EvaluationStore } from '../core/evaluation/evaluation-store';
import { AppError } from '../core/errors';
import type { RunSummary } from '../core/ports';
import {
  MAX_RECORDED_WORK,
  MAX_RECORDING,
  RECORDING_FORMAT,
  RECORDING_VERSION,
  type RecordedEvaluation,
  type RecordedWork,
} from '../core/recording/recording';
import type { StopSignal } from '../core/signal';
import type { TrainingStore } from '../core/training/training-store';
import { collect } from '../io/collect';
import { gzip } from '../io/gzip';
import { type BackupSource, checkedLine, line, writeBackup } from './backup';

/** What a recording reads of the stores. */
export interface RecordingSource {
  readonly store: BackupSource;
  readonly trainings: Pick<TrainingStore, 'list'>;
  readonly evaluations: Pick<EvaluationStore, 'list' | 'tasks' | 'scanAnswers'>;
}

const TYPE = 'application/gzip';

/** @param summary a finished run. @throws AppError recording-too-large, those of the stores; AbortError when stopped */
export async function writeRecording(
  summary: RunSummary,
  source: RecordingSource,
  signal: StopSignal,
): Promise<Blob> {
  // Characters are no more than bytes: what is too large is not collected to its end.
  const lines = await collect(recordingLines(summary, source), 'application/jsonl', signal, refuseLarge);
  refuseLarge(lines.size);
  const bytes = await gzip(lines);
  signal.throwIfAborted();
  return new Blob([bytes], { type: TYPE });
}

/** @throws AppError recording-too-large: no reader takes it */
function refuseLarge(size: number): void {
  if (size > MAX_RECORDING) throw new AppError({ kind: 'recording-too-large' });
}

async function* recordingLines(
  summary: RunSummary,
  { store, trainings, evaluations }: RecordingSource,
): AsyncGenerator<string> {
  const own = (await trainings.list())
    .filter(({ data, status }) => data.runId === summary.run.id && status === 'finished')
    .reverse();
  const models = new Set(own.map(({ modelId }) => modelId).filter((id) => id !== null));
  const work: RecordedWork[] = own.map((row) => ({ kind: 'training', row }));
  for (const record of (await evaluations.list()).toReversed()) {
    if (!record.models.some(({ modelId }) => modelId !== null && models.has(modelId))) continue;
    const answers: Answer[] = [];
    for await (const page of evaluations.scanAnswers(record.id)) answers.push(...page);
    // Answers of a model that was removed meanwhile have no record any more.
    const keys = new Set(record.models.map(({ key }) => key));
    const row: RecordedEvaluation = {
      record,
      tasks: await evaluations.tasks(record.id),
      answers: answers.filter(({ modelKey }) => keys.has(modelKey)),
    };
    work.push({ kind: 'evaluation', row });
  }
  if (work.length > MAX_RECORDED_WORK) throw new AppError({ kind: 'recording-too-large' });
  yield line({ format: RECORDING_FORMAT, version: RECORDING_VERSION, work: work.length });
  for (const one of work) yield checkedLine(one);
  yield* writeBackup(summary, store);
}
