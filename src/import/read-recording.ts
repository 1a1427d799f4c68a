/**
 * Reads a recording. Nothing of it is played before all of it was checked: what it unpacks to, format and version, shape and
 * checksum of every line, that finetunings are of its run, and the backup of the run as any backup is.
 */
import { parseRecord } from '../core/dataset/json-record';
import { rowCheck } from '../core/dataset/row-check';
import { AppError } from '../core/errors';
import type { BackupRow } from '../core/ports';
import {
  MAX_RECORDED_WORK,
  MAX_RECORDING,
  type Recording,
  type RecordedEvaluation,
} from '../core/recording/recording';
import { parseRecordedWork, parseRecordingHeader } from '../core/recording/recording-schema';
import type { StopSignal } from '../core/signal';
import type { TrainingRecord } from '../core/training/training';
import { gunzipText, isGzip } from '../io/gzip';
import { Lines } from './lines';
import { checkBackup } from './read-backup';
import { WORDS } from './words';

/** @throws AppError bad-file with the reason; AbortError when stopped */
export async function readRecording(file: File, signal: StopSignal): Promise<Recording> {
  const lines = await unpacked(file, signal);
  const words = WORDS.recording;
  const header = parseRecord(lines.next());
  const work = header.ok ? parseRecordingHeader(header.value) : header;
  if (!work.ok) throw refuse(file, work.reason);
  if (work.row > MAX_RECORDED_WORK) throw refuse(file, words.muchWork(MAX_RECORDED_WORK));
  const trainings: TrainingRecord[] = [];
  const evaluations: RecordedEvaluation[] = [];
  const ids = new Set<string>();
  for (let number = 2; number < work.row + 2; number++) {
    const at = (reason: string): AppError => refuse(file, WORDS.lineReason(number, reason));
    const json = parseRecord(lines.next());
    if (!json.ok) throw at(json.reason);
    const found = parseRecordedWork(json.value);
    if (!found.ok) throw at(found.reason);
    // What the line says, before anything was made of it.
    const { check, row: written } = json.value as { readonly check?: unknown; readonly row?: unknown };
    if (check !== rowCheck(written)) throw at(WORDS.backup.changed);
    const { kind, row } = found.row;
    const { id } = kind === 'training' ? row : row.record;
    if (ids.has(id)) throw at(WORDS.row.repeatedId(id));
    ids.add(id);
    if (kind === 'training') trainings.push(row);
    else evaluations.push(row);
  }
  const backup = new File([lines.rest()], file.name);
  const rows: BackupRow[] = [];
  const { summary } = await checkBackup(backup, signal, undefined, (row) => rows.push(row));
  if (trainings.some(({ data }) => data.runId !== summary.run.id)) throw refuse(file, words.otherRun);
  return { ...summary, rows, trainings, evaluations };
}

const refuse = (file: File, reason: string): AppError =>
  new AppError({ kind: 'bad-file', detail: WORDS.recording.refused(file.name, reason) });

async function unpacked(file: File, signal: StopSignal): Promise<Lines> {
  if (!(await isGzip(file))) throw refuse(file, WORDS.recording.notPacked);
  const found = await gunzipText(file, MAX_RECORDING, signal);
  if ('fault' in found) throw refuse(file, WORDS.recording[found.fault]);
  return new Lines(found.text);
}
