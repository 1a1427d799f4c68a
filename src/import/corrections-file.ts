/** Reads the corrections of an expert: CSV as a spreadsheet or the page that was sent writes it. */
import { type CorrectionRow, parseCorrectionRow, runFingerprint } from '../core/review/correction-file';
import type { RunRecord } from '../core/run';
import type { StopSignal } from '../core/signal';
import { Pacer } from '../io/pacer';
import { containerOf, dataRecords } from './data-records';
import { RaterLines } from './rater-lines';
import { WORDS } from './words';

/**
 * @param onProgress gets the share of the file that was read
 * @throws AppError bad-file when it is not such a file, belongs to another run or is too large; AbortError when stopped
 */
export async function readCorrections(
  file: File,
  run: RunRecord,
  signal: StopSignal,
  onProgress: (share: number) => void,
): Promise<RaterLines<CorrectionRow>> {
  const found = new RaterLines<CorrectionRow>(file.name);
  if ((await containerOf(file)) !== 'csv') throw found.refusal(WORDS.corrections.notCsv);
  const print = runFingerprint(run);
  const pacer = new Pacer(signal);
  for await (const records of dataRecords(file, 'csv', signal, onProgress)) {
    for (const record of records) {
      const parsed =
        'problem' in record
          ? { ok: false as const, reason: record.problem }
          : parseCorrectionRow(record.value);
      if (parsed.ok && parsed.row.run !== print) throw found.refusal(WORDS.raters.otherRun);
      found.add(record.line, parsed);
      await pacer.breathe();
    }
  }
  const [first] = found.problems;
  if (found.lines.length === 0) {
    throw found.refusal(first ? WORDS.corrections.none(first.line, first.reason) : WORDS.empty);
  }
  return found;
}
