/**
 * Tasks that go out to an expert as rows, and come back with corrections: how a row finds its text again, and what of it was
 * changed. A row is one instance with its instruction; its mark tells the run, and the texts as they were sent.
 */
import * as v from 'valibot';
import { labelOf } from '../ids';
import { deriveSeed } from '../random';
import { checked, type Checked } from '../schema';
import type { RunRecord } from '../run';
import type { MachineTask, Task, TaskTexts } from '../task';
import { instancesOf } from './task-edits';
import { type Change, type Piece, REPLACE_FIELDS, type ReplaceField, shortened } from './replace';

export const CORRECTION_COLUMNS = ['id', 'instance', ...REPLACE_FIELDS, 'mark'] as const;
/** The cells of a row, in the order of the columns. */
export type CorrectionCells = readonly string[];

type Texts = Readonly<Record<ReplaceField, string>>;
/** A row that came back. */
export interface CorrectionRow extends Texts {
  /** Of the task, without its run. */
  readonly id: string;
  /** Place among the task's instances, from 0. */
  readonly instance: number;
  /** Fingerprints of the run, and of the texts that were sent. */
  readonly run: number;
  readonly sent: Readonly<Record<ReplaceField, number>>;
}
export interface Correction extends Change {
  /** Whether a text of its row was changed here, too, since it was sent. */
  readonly changedSince: boolean;
  /** Whether a spreadsheet may have made it by itself. */
  readonly rewritten: boolean;
}

/** Spreadsheets and editors write line breaks in their own way, and cut spaces at the ends. */
const plain = (text: string): string => text.replace(/\r\n?/gu, '\n').trim();
const fingerprint = (text: string): number => deriveSeed(plain(text));
/** Tells runs apart, also as copies on another device. */
export const runFingerprint = ({ createdAt, config, model }: RunRecord): number =>
  deriveSeed('sent run', createdAt, config.seed, model.hash);

/** Begins with a letter: a spreadsheet must not take it for a number or a date. */
const markOf = (run: number, texts: Texts): string =>
  `k${[run, ...REPLACE_FIELDS.map((field) => fingerprint(texts[field]))].map((part) => part.toString(36)).join('-')}`;

/** The rows of a task: none for seeds, and while it has no instance. */
export const correctionCells = (run: number, task: Task): CorrectionCells[] =>
  (task.origin === 'machine' ? (instancesOf(task) ?? []) : []).map(({ input, output }, instance) => {
    const texts = { instruction: task.instruction, input, output };
    return [
      labelOf(task.id),
      String(instance + 1),
      ...REPLACE_FIELDS.map((field) => texts[field]),
      markOf(run, texts),
    ];
  });

const part = v.pipe(
  v.string(),
  v.regex(/^[0-9a-z]{1,7}$/u),
  v.transform((digits) => parseInt(digits, 36)),
  v.maxValue(0xffff_ffff),
);
const row: v.GenericSchema<unknown, CorrectionRow> = v.pipe(
  v.object({
    id: v.pipe(v.string(), v.trim(), v.regex(/^m\d{6,12}-\d{2,12}$/u)),
    instance: v.pipe(v.string(), v.trim(), v.regex(/^[1-9]\d{0,5}$/u), v.transform(Number)),
    instruction: v.string(),
    input: v.string(),
    output: v.string(),
    mark: v.pipe(
      v.string(),
      v.trim(),
      v.regex(/^k[0-9a-z-]+$/u),
      v.transform((mark) => mark.slice(1).split('-')),
      v.tuple([part, part, part, part]),
    ),
  }),
  v.transform(({ instance, mark: [run, instruction, input, output], ...texts }) => ({
    ...texts,
    instance: instance - 1,
    run,
    sent: { instruction, input, output },
  })),
);
export const parseCorrectionRow = (value: unknown): Checked<CorrectionRow> => checked(row, value);

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/iu;
const BOOLEAN = /^(?:true|false)$/iu;
/** Spreadsheets write numbers and booleans in their own way: 1.50 as 1.5, 007 as 7, True as TRUE. */
const sameValue = (a: string, b: string): boolean =>
  (NUMBER.test(a) && NUMBER.test(b) && Number(a) === Number(b)) ||
  (BOOLEAN.test(a) && a.toLowerCase() === b.toLowerCase());
/** What they take for a number or a date: it may come back as another date, or without its last digits. */
const isNumberOrDate = (text: string): boolean => /^[\d\s.,:/+\-%]+$/u.test(text) && /\d/u.test(text);
/** A text in an old alphabet: letters that it does not have came back as question marks. */
function lostLetters(before: string, after: string): boolean {
  const marks = (text: string): number => text.split('?').length;
  const kept = (text: string): string => text.replace(/[\P{ASCII}?]+/gu, '?');
  return marks(after) > marks(before) && kept(before) === kept(after);
}

/** A spreadsheet cuts longer cells, without a word. The apostrophe that guards against formulas is one of the characters. */
const LONGEST_CELL = 32_767 - 1;

export interface FoundCorrections {
  readonly corrections: readonly Correction[];
  /** Texts that a spreadsheet cut. */
  readonly cut: number;
  /** Rows whose instance is not there any more. */
  readonly gone: number;
  /** Corrections of a text that an earlier row corrects in another way. */
  readonly twice: number;
}

/** What the rows of a task change in it as it is now; an instruction that several rows change is taken from the first. */
export function correctionsOf(task: MachineTask, rows: readonly CorrectionRow[]): FoundCorrections {
  const texts: TaskTexts = { instruction: task.instruction, instances: instancesOf(task) ?? [] };
  const found = new Map<string, Correction>();
  let cut = 0;
  let gone = 0;
  let twice = 0;
  for (const one of rows) {
    const { instance } = one;
    const now = texts.instances[instance];
    if (!now) {
      gone++;
      continue;
    }
    const here: Texts = { instruction: texts.instruction, input: now.input, output: now.output };
    // Any of them: where an instance was deleted, another has its place, and may say the same in part.
    const changedSince = REPLACE_FIELDS.some((field) => fingerprint(here[field]) !== one.sent[field]);
    for (const field of REPLACE_FIELDS) {
      const place = field === 'instruction' ? null : instance;
      const before = here[field];
      const after = plain(one[field]);
      const id = `${task.id}/${field}${place === null ? '' : `-${place}`}`;
      const unchanged =
        fingerprint(after) === one.sent[field] || after === plain(before) || sameValue(plain(before), after);
      if (unchanged) continue;
      const other = found.get(id);
      if (other) {
        if (other.after !== after) twice++;
      } else if (
        after.length < before.length &&
        one[field].length >= LONGEST_CELL &&
        plain(before).startsWith(after)
      )
        cut++;
      else {
        found.set(id, {
          id,
          taskId: task.id,
          field,
          instance: place,
          before,
          after,
          places: 1,
          changedSince,
          rewritten: isNumberOrDate(plain(before)) || lostLetters(plain(before), after),
        });
      }
    }
  }
  return { corrections: [...found.values()], cut, gone, twice };
}

/** Both sides of a correction for display: what lies between their common beginning and end is marked, in whole words. */
export function correctedPieces({ before, after }: Pick<Change, 'before' | 'after'>): {
  readonly before: readonly Piece[];
  readonly after: readonly Piece[];
} {
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && before[head] === after[head]) head++;
  while (head > 0 && !/\s/u.test(before[head - 1] ?? '')) head--;
  let tail = 0;
  while (tail < most - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  while (tail > 0 && !/\s/u.test(before.at(-tail) ?? '')) tail--;
  const begin = { text: shortened(before.slice(0, head), false, true), marked: false };
  const end = { text: shortened(before.slice(before.length - tail), true, false), marked: false };
  const side = (text: string): Piece[] =>
    [begin, { text: text.slice(head, text.length - tail), marked: true }, end].filter(
      (piece) => piece.text !== '',
    );
  return { before: side(before), after: side(after) };
}
