/**
 * Writes a hand-in: gzip of JSON lines. The first line has format, version, name and scores; the rest is the backup of the
 * run as it is, without its requests. Few tasks make it short enough to be pasted.
 */
import { beforeAndAfter } from '../core/classroom/before-after';
import {
  type BeforeAfter,
  HAND_IN_CODE,
  HAND_IN_FORMAT,
  HAND_IN_VERSION,
  type HandInHeader,
  MAX_HAND_IN,
  MAX_HANDED_TASKS,
  MAX_SCORES,
} from '../core/classroom/hand-in';
import type { Answer } from '../core/evaluation/evaluation';
import { AppError } from '../core/errors';
import type { RunSummary } from '../core/ports';
import type { StopSignal } from '../core/signal';
import { collect } from '../io/collect';
import { gzip } from '../io/gzip';
import { encodeBytes } from '../io/text-code';
import { type BackupSource, writeBackup } from './backup';
import type { RecordingSource } from './recording';

/** @throws AppError hand-in-too-large, those of the stores; AbortError when stopped */
export async function writeHandIn(
  header: Omit<HandInHeader, 'scores'>,
  summary: RunSummary,
  source: RecordingSource,
  signal: StopSignal,
): Promise<Blob> {
  if (summary.progress.kept > MAX_HANDED_TASKS) throw new AppError({ kind: 'hand-in-too-large' });
  const scores = await scoresOf(summary, source);
  const lines = await collect(
    handInLines({ ...header, scores }, summary, source),
    'text/plain',
    signal,
    refuseLarge,
  );
  refuseLarge(lines.size);
  return new Blob([await gzip(lines)], { type: 'application/gzip' });
}

/** The same file as letters and digits. */
export const handInCode = async (file: Blob): Promise<string> =>
  `${HAND_IN_CODE}${encodeBytes(new Uint8Array(await file.arrayBuffer()))}`;

function refuseLarge(size: number): void {
  if (size > MAX_HAND_IN) throw new AppError({ kind: 'hand-in-too-large' });
}

async function* handInLines(
  header: HandInHeader,
  summary: RunSummary,
  { store }: RecordingSource,
): AsyncGenerator<string> {
  yield `${JSON.stringify({ format: HAND_IN_FORMAT, version: HAND_IN_VERSION, ...header })}\n`;
  yield* writeBackup(summary, withoutCalls(store));
}

const withoutCalls = (store: BackupSource): BackupSource => ({
  scanTasks: (id) => store.scanTasks(id),
  scanCandidates: (id) => store.scanCandidates(id),
  scanRatings: (id) => store.scanRatings(id),
  async *scanCalls() {},
});

/** Of all evaluations that asked a model from before and after a finetuning on this run. */
async function scoresOf(
  { run }: RunSummary,
  { trainings, evaluations }: RecordingSource,
): Promise<readonly BeforeAfter[]> {
  const own = (await trainings.list()).filter(
    ({ data, modelId }) => data.runId === run.id && data.source !== 'seeds' && modelId !== null,
  );
  const scores: BeforeAfter[] = [];
  for (const record of await evaluations.list()) {
    if (!record.models.some(({ modelId }) => own.some((one) => one.modelId === modelId))) continue;
    const answers: Answer[] = [];
    for await (const page of evaluations.scanAnswers(record.id)) answers.push(...page);
    const tasks = await evaluations.tasks(record.id);
    scores.push(...beforeAndAfter({ record, tasks, answers }, own));
  }
  return scores.slice(0, MAX_SCORES);
}
