/**
 * Reads a hand-in, from a file or as a code that was pasted. All of it is checked: what it unpacks to, format and version,
 * the name and scores, and the run as any backup is.
 */
import { HAND_IN_CODE, type HandIn, MAX_HAND_IN, MAX_HANDED_TASKS } from '../core/classroom/hand-in';
import { parseHandInHeader } from '../core/classroom/hand-in-schema';
import { parseRecord } from '../core/dataset/json-record';
import { AppError } from '../core/errors';
import type { BackupRow } from '../core/ports';
import { RECORD_WORDS } from '../core/record-words';
import type { StopSignal } from '../core/signal';
import { gunzipText, isGzip } from '../io/gzip';
import { decodeBytes } from '../io/text-code';
import { Lines } from './lines';
import { checkBackup } from './read-backup';
import { WORDS } from './words';

const refuse = (file: Pick<File, 'name'>, reason: string): AppError =>
  new AppError({ kind: 'bad-file', detail: WORDS.handIn.refused(file.name, reason) });

/** @throws AppError bad-file with the reason; AbortError when stopped */
export async function readHandIn(file: File, signal: StopSignal): Promise<HandIn> {
  if (!(await isGzip(file))) throw refuse(file, RECORD_WORDS.notHandIn);
  const found = await gunzipText(file, MAX_HAND_IN, signal);
  if ('fault' in found) throw refuse(file, WORDS.handIn[found.fault]);
  const lines = new Lines(found.text);
  const json = parseRecord(lines.next());
  const header = json.ok
    ? parseHandInHeader(json.value)
    : { ok: false as const, reason: RECORD_WORDS.notHandIn };
  if (!header.ok) throw refuse(file, header.reason);
  const backup = new File([lines.rest()], file.name);
  const rows: BackupRow[] = [];
  const { summary } = await checkBackup(backup, signal, undefined, (row) => rows.push(row));
  if (summary.progress.kept > MAX_HANDED_TASKS) throw refuse(file, WORDS.handIn.manyTasks(MAX_HANDED_TASKS));
  return { ...header.row, run: { ...summary, rows } };
}

/** The file that a pasted code holds; white space in it is passed over. @throws AppError bad-file */
export function fileOfCode(pasted: string): File {
  const code = pasted.replace(/\s+/gu, '');
  const { code: name, notCode } = WORDS.handIn;
  const bytes = code.startsWith(HAND_IN_CODE) ? decodeBytes(code.slice(HAND_IN_CODE.length)) : null;
  if (!bytes) throw refuse({ name }, notCode);
  return new File([bytes], name);
}
