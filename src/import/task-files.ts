/** Reads evaluation tasks, and answers to them, from files: lines, a list, or one SuperNI object over many lines. */
import { parseRecord } from '../core/dataset/json-record';
import { RECORD_WORDS } from '../core/record-words';
import { AppError } from '../core/errors';
import type { EvaluationTask } from '../core/evaluation/evaluation';
import { type PredictionFile, PredictionReader } from '../core/evaluation/predictions';
import { type TaskFile, TaskFileReader } from '../core/evaluation/task-file';
import type { StopSignal } from '../core/signal';
import { fileBytes } from '../io/file-bytes';
import { readRecords } from '../io/records';
import { WORDS as IO_WORDS } from '../io/words';
import { WORDS } from './words';

/** Bytes; the largest SuperNI file has 13 MB. */
const MAX_OBJECT = 64 * 1024 * 1024;

/**
 * @param perTask most instances of a SuperNI task
 * @param onProgress gets the bytes read of all files
 * @param examples positive examples that the instruction of a SuperNI task shows
 * @throws AppError bad-file when a file is not text, or when they have no tasks; AbortError
 */
export async function readTaskFiles(
  files: readonly File[],
  perTask: number,
  signal: StopSignal,
  onProgress: (bytes: number) => void = () => undefined,
  examples = 0,
): Promise<TaskFile> {
  const reader = new TaskFileReader(perTask, examples);
  let before = 0;
  for (const file of files) {
    if (reader.done) break;
    reader.begin(files.length > 1 ? file.name : null);
    await readTaskFile(file, reader, signal, (bytes) => onProgress(before + bytes));
    before += file.size;
    onProgress(before);
  }
  const found = reader.result();
  if (found.tasks.length === 0) {
    const [first] = found.problems;
    const why = first ? WORDS.firstProblem(first.line, first.reason) : '';
    const names = files.map(({ name }) => name);
    throw new AppError({ kind: 'bad-file', detail: WORDS.tasks.none(names, why) });
  }
  return found;
}

async function readTaskFile(
  file: File,
  reader: TaskFileReader,
  signal: StopSignal,
  onProgress: (bytes: number) => void,
): Promise<void> {
  let first = true;
  for await (const records of readRecords(file, {
    maxRecordBytes: MAX_OBJECT,
    lists: true,
    signal,
    onProgress,
  })) {
    for (const record of records) {
      // When an object spans many lines, its first line is not a record.
      if (first && 'text' in record && record.text.trimStart().startsWith('{') && isBroken(record.text)) {
        reader.add(await wholeFile(file), file.name);
        return;
      }
      first = false;
      reader.add(record, file.name);
    }
    if (reader.done) return;
  }
}

/** A line that is whole JSON, but refused for another reason, is a bad line of its own. */
function isBroken(text: string): boolean {
  const parsed = parseRecord(text);
  return !parsed.ok && parsed.reason === RECORD_WORDS.brokenJson;
}

async function wholeFile(file: File): Promise<Parameters<TaskFileReader['add']>[0]> {
  if (file.size > MAX_OBJECT) return { line: 1, problem: WORDS.tasks.longObject };
  const bytes = await fileBytes(file);
  try {
    return { line: 1, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { line: 1, problem: IO_WORDS.notUtf8 };
  }
}

/** @throws AppError bad-file when it is not text, or when it answers none of the tasks; AbortError */
export async function readPredictions(
  file: File,
  tasks: readonly EvaluationTask[],
  signal: StopSignal,
): Promise<PredictionFile> {
  const reader = new PredictionReader(tasks);
  for await (const records of readRecords(file, { maxRecordBytes: MAX_OBJECT, lists: true, signal })) {
    for (const record of records) reader.add(record);
  }
  const found = reader.result();
  if (found.answers.size === 0) {
    const [first] = found.problems;
    const why = first
      ? WORDS.firstProblem(first.line, first.reason)
      : WORDS.tasks.otherTasks(found.strangers);
    throw new AppError({ kind: 'bad-file', detail: WORDS.tasks.noAnswers(file.name, why) });
  }
  return found;
}
