/** A rater's grades from a file, JSON lines or CSV: bad lines are told by number and reason, the good ones are offered. */
import { AppError } from '../core/errors';
import { type GradeLine, NUMBER_COLUMNS, parseGradeLine } from '../core/evaluation/grade-file';
import type { EvaluationRecord } from '../core/evaluation/evaluation';
import type { StopSignal } from '../core/signal';
import { containerOf, dataRecords } from './data-records';

/** More than the largest set with many models and raters has. */
const MAX_GRADES = 500_000;
/** Problems that are told one by one; the rest is counted. */
const MAX_TOLD = 20;

export interface GradesFile {
  readonly lines: readonly GradeLine[];
  readonly problems: readonly { readonly line: number; readonly reason: string }[];
  /** Lines that could not be read, told or not. */
  readonly bad: number;
}

/** @throws AppError bad-file when it holds no grade, is of other tasks or too large; AbortError when stopped. */
export async function readGradesFile(
  file: File,
  record: EvaluationRecord,
  signal: StopSignal,
): Promise<GradesFile> {
  const refuse = (detail: string): AppError =>
    new AppError({ kind: 'bad-file', detail: `“${file.name}” cannot be merged: ${detail}.` });
  const container = await containerOf(file);
  if (container !== 'json' && container !== 'csv') throw refuse('it is no JSONL or CSV file');
  const lines: GradeLine[] = [];
  const problems: { line: number; reason: string }[] = [];
  let bad = 0;
  for await (const records of dataRecords(file, container, signal, () => undefined)) {
    for (const found of records) {
      const parsed =
        'problem' in found
          ? { ok: false as const, reason: found.problem }
          : parseGradeLine(container === 'csv' ? withNumbers(found.value) : found.value);
      if (!parsed.ok) {
        bad++;
        if (problems.length < MAX_TOLD) problems.push({ line: found.line, reason: parsed.reason });
        continue;
      }
      if (parsed.row.set !== record.set.print) {
        throw refuse(
          `its grades are of another set of tasks than the ${record.set.count} of this evaluation, so they cannot be compared`,
        );
      }
      lines.push(parsed.row);
      if (lines.length > MAX_GRADES) throw refuse(`it holds more than ${MAX_GRADES} grades`);
    }
  }
  if (lines.length === 0) {
    const [first] = problems;
    throw refuse(first ? `no line of it is a grade. Line ${first.line}: ${first.reason}` : 'it is empty');
  }
  return { lines, problems, bad };
}

/** Cells are text; those that should be numbers become some where they look like one. */
function withNumbers(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, cell]: [string, unknown]) => [
      key,
      NUMBER_COLUMNS.includes(key) && typeof cell === 'string' && /^\d{1,16}$/u.test(cell)
        ? Number(cell)
        : cell,
    ]),
  );
}
