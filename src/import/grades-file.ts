/** Reads a rater's grades from JSON lines or CSV: the good lines, and the number and reason of each bad one. */
import { type GradeLine, NUMBER_COLUMNS, parseGradeLine } from '../core/evaluation/grade-file';
import type { EvaluationRecord } from '../core/evaluation/evaluation';
import type { StopSignal } from '../core/signal';
import { containerOf, dataRecords } from './data-records';
import { RaterLines } from './rater-lines';
import { WORDS } from './words';

/** @throws AppError bad-file when it has no grade, is for other tasks or too large; AbortError when stopped. */
export async function readGradesFile(
  file: File,
  record: EvaluationRecord,
  signal: StopSignal,
): Promise<RaterLines<GradeLine>> {
  const read = new RaterLines<GradeLine>(file.name);
  const container = await containerOf(file);
  if (container !== 'json' && container !== 'csv') throw read.refusal(WORDS.raters.notGrades);
  for await (const records of dataRecords(file, container, signal, () => undefined)) {
    for (const found of records) {
      const parsed =
        'problem' in found
          ? { ok: false as const, reason: found.problem }
          : parseGradeLine(container === 'csv' ? withNumbers(found.value) : found.value);
      if (parsed.ok && parsed.row.set !== record.set.print) {
        throw read.refusal(WORDS.raters.otherSet(record.set.count));
      }
      read.add(found.line, parsed);
    }
  }
  if (read.lines.length === 0) {
    const [first] = read.problems;
    throw read.refusal(first ? WORDS.raters.noGrade(first.line, first.reason) : WORDS.empty);
  }
  return read;
}

/** Cells are text; those of number columns become numbers where they look like one. */
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
