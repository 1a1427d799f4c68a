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
import { checkBackup } from './read-backup';
import { WORDS } from './words';

const GZIP = [0x1f, 0x8b];

/** Whether a file begins as one that gzip packed. */
async function isPacked(file: Blob): Promise<boolean> {
  const start = new Uint8Array(await file.slice(0, GZIP.length).arrayBuffer());
  return GZIP.every((byte, i) => start[i] === byte);
}

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

/** The lines of a text one by one, and what is left of it. */
class Lines {
  #at = 0;
  constructor(private readonly text: string) {}

  next(): string {
    const end = this.text.indexOf('\n', this.#at);
    const line = this.text.slice(this.#at, end < 0 ? undefined : end);
    this.#at = end < 0 ? this.text.length : end + 1;
    return line;
  }
  rest(): string {
    return this.text.slice(this.#at);
  }
}

async function unpacked(file: File, signal: StopSignal): Promise<Lines> {
  if (!(await isPacked(file))) throw refuse(file, WORDS.recording.notPacked);
  const decoder = new TextDecoder();
  const reader = file.stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  let text = '';
  let bytes = 0;
  try {
    for (;;) {
      signal.throwIfAborted();
      const { done, value } = await reader.read();
      if (done) return new Lines(text + decoder.decode());
      bytes += value.length;
      if (bytes > MAX_RECORDING) throw refuse(file, WORDS.recording.large);
      text += decoder.decode(value, { stream: true });
    }
  } catch (error) {
    await reader.cancel().catch(() => undefined);
    signal.throwIfAborted();
    throw error instanceof AppError ? error : refuse(file, WORDS.recording.damaged);
  }
}
