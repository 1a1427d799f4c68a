/**
 * What trainers require of a file, checked on the entries as they will be written. A failing check tells how many entries
 * fail and which are the first.
 */
import { deriveSeed } from '../core/random';
import type { StopSignal } from '../core/signal';
import type { Task } from '../core/task';
import type { DataFormatId } from './data-formats';
import { type ExportOptions, FORMATS, isIn } from './formats';
import { Pacer } from '../io/pacer';
import { parquetRowsOf } from './parquet';
import { WORDS } from './words';

export interface CheckResult {
  readonly title: string;
  /** Who requires it. */
  readonly by: string;
  /** Whether a file that fails is refused or spoils a training; otherwise it is a hint. */
  readonly needed: boolean;
  readonly failing: number;
  /** Ids of the first tasks that fail. */
  readonly first: readonly string[];
}
interface Rule {
  readonly title: string;
  readonly by: string;
  readonly needed: boolean;
  /** @param entry as a reader of the file gets it */
  holds(entry: unknown): boolean;
}

const field = (entry: unknown, key: string): unknown =>
  typeof entry === 'object' && entry !== null ? (entry as Record<string, unknown>)[key] : undefined;
const isText = (value: unknown): value is string => typeof value === 'string';
const filled = (value: unknown): boolean => isText(value) && value.trim() !== '';

const rule = (title: string, requiredBy: string, holds: Rule['holds'], needed = true): Rule => ({
  title,
  by: requiredBy,
  needed,
  holds,
});
const texts = (keys: readonly string[], requiredBy: string): Rule =>
  rule(WORDS.checks.textFields(keys), requiredBy, (entry) => keys.every((key) => isText(field(entry, key))));
const notEmpty = (key: string, requiredBy: string): Rule =>
  rule(WORDS.checks.notEmpty(key), requiredBy, (entry) => filled(field(entry, key)));

/** A conversation with one question and one answer. */
const turns = (
  list: string,
  role: string,
  content: string,
  roles: readonly string[],
  requiredBy: string,
): Rule[] => {
  const of = (entry: unknown): readonly unknown[] => {
    const value = field(entry, list);
    return Array.isArray(value) ? value : [];
  };
  return [
    rule(WORDS.checks.turns(list, role, content), requiredBy, (entry) => {
      const all = of(entry);
      return all.length > 0 && all.every((turn) => isText(field(turn, role)) && isText(field(turn, content)));
    }),
    rule(WORDS.checks.roles(roles), requiredBy, (entry) => {
      const all = of(entry);
      return all.length === roles.length && all.every((turn, i) => field(turn, role) === roles[i]);
    }),
    rule(WORDS.checks.noEmptyMessage, requiredBy, (entry) =>
      of(entry).every((turn) => filled(field(turn, content))),
    ),
  ];
};

const { by } = WORDS;
/** Most characters of a cell in Excel and LibreOffice. */
const CELL = 32_767;
/** Files of UTF-8 text and bytes; JSON files write it as an escape. */
const wholeCharacters = rule(
  WORDS.checks.wholeCharacters,
  by.utf8,
  (entry) => ['instruction', 'input', 'output'].every((key) => String(field(entry, key)).isWellFormed()),
  false,
);
/** All texts of an entry, whatever it looks like. */
const all = (entry: unknown, holds: (text: string) => boolean): boolean =>
  typeof entry === 'string'
    ? holds(entry)
    : typeof entry !== 'object' || entry === null || Object.values(entry).every((one) => all(one, holds));
const isPlain = (text: string): boolean => text.isWellFormed() && !text.includes('\0');
/** JSON has escapes for what text files cannot hold; its stricter readers refuse them. */
const escapes = rule(WORDS.checks.noEscapes, by.strictJson, (entry) => all(entry, isPlain), false);
const noNul = rule(
  WORDS.checks.noNul,
  by.tables,
  (entry) => all(entry, (text) => !text.includes('\0')),
  false,
);
const ROW_RULES: readonly Rule[] = [
  texts(['instruction', 'input', 'output'], by.alpaca),
  notEmpty('instruction', by.alpaca),
  notEmpty('output', by.alpaca),
  escapes,
];

const RULES: Readonly<Record<DataFormatId, readonly Rule[]>> = {
  alpaca: ROW_RULES,
  instances: ROW_RULES,
  'openai-chat': [...turns('messages', 'role', 'content', ['user', 'assistant'], by.chat), escapes],
  sharegpt: [...turns('conversations', 'from', 'value', ['human', 'gpt'], by.sharegpt), escapes],
  'prompt-completion': [
    texts(['prompt', 'completion'], by.paper),
    notEmpty('prompt', by.paper),
    rule(
      WORDS.checks.leadingSpace,
      by.paper,
      (entry) =>
        /^ /u.test(String(field(entry, 'completion'))) || String(field(entry, 'prompt')).endsWith('\n'),
    ),
    rule(WORDS.checks.noEmptyCompletion, by.paper, (entry) =>
      filled(String(field(entry, 'completion')).replace(/<\|endoftext\|>$/u, '')),
    ),
    rule(WORDS.checks.endToken, by.paper, (entry) =>
      String(field(entry, 'completion')).endsWith('<|endoftext|>'),
    ),
    escapes,
  ],
  csv: [
    notEmpty('output', by.tableTrainers),
    rule(
      WORDS.checks.shortCells(CELL),
      by.spreadsheets,
      (entry) => ['instruction', 'input', 'output'].every((key) => String(field(entry, key)).length <= CELL),
      false,
    ),
    wholeCharacters,
    noNul,
  ],
  parquet: [
    texts(['id', 'task_id', 'instruction', 'input', 'output'], by.typedColumns),
    notEmpty('output', by.tableTrainers),
    wholeCharacters,
  ],
  'seed-tasks': [
    notEmpty('instruction', by.seedFile),
    rule(WORDS.checks.instances, by.seedFile, (entry) => {
      const instances = field(entry, 'instances');
      return (
        Array.isArray(instances) &&
        instances.length > 0 &&
        instances.every((one) => filled(field(one, 'output')))
      );
    }),
    escapes,
  ],
  'machine-instructions': [notEmpty('instruction', by.paperFile), escapes],
  dataset: [notEmpty('instruction', by.app), escapes],
};

/** OpenAI's service refuses fewer rows; local trainers take them. */
const OPENAI_ROWS = 10;
const FIRST = 3;

interface Tally {
  readonly rule: Rule;
  failing: number;
  readonly first: string[];
}

/** Takes the tasks of a data set one by one and checks what a format makes of them. */
export class FormatChecks {
  readonly #tallies: Tally[];
  readonly #twice: Tally;
  readonly #seen = new Set<number>();
  #entries = 0;

  constructor(
    private readonly id: DataFormatId,
    private readonly options: ExportOptions,
  ) {
    this.#tallies = RULES[id].map((one) => ({ rule: one, failing: 0, first: [] }));
    const title = id === 'dataset' ? WORDS.checks.uniqueTasks : WORDS.checks.uniqueRows;
    const twice = rule(title, by.repeated, () => true, false);
    this.#twice = { rule: twice, failing: 0, first: [] };
  }

  get entries(): number {
    return this.#entries;
  }

  /** Returns how many entries the task gives. */
  add(task: Task): number {
    if (!isIn(task, this.options)) return 0;
    const entries = this.#entriesOf(task);
    for (const { value, print } of entries) {
      this.#entries++;
      for (const tally of this.#tallies) if (!tally.rule.holds(value)) note(tally, task);
      if (this.#seen.has(print)) note(this.#twice, task);
      this.#seen.add(print);
    }
    return entries.length;
  }

  results(): CheckResult[] {
    const some = rule(WORDS.checks.rows, by.everyTrainer, () => true);
    const rows: Tally = { rule: some, failing: this.#entries === 0 ? 1 : 0, first: [] };
    const enough: Tally[] = [];
    if (this.id === 'openai-chat') {
      const least = rule(WORDS.checks.manyRows(OPENAI_ROWS), by.openai, () => true, false);
      enough.push({ rule: least, failing: this.#entries < OPENAI_ROWS ? 1 : 0, first: [] });
    }
    return [rows, ...enough, ...this.#tallies, this.#twice].map(
      ({ rule: { title, by: requiredBy, needed }, failing, first }) => ({
        title,
        by: requiredBy,
        needed,
        failing,
        first,
      }),
    );
  }

  #entriesOf(task: Task): { value: unknown; print: number }[] {
    if (this.id === 'parquet' || this.id === 'csv') {
      return parquetRowsOf(task, true).map((row) => ({
        value: row,
        print: fingerprintOf(JSON.stringify([row.instruction, row.input, row.output])),
      }));
    }
    const format = FORMATS.find(({ id }) => id === this.id);
    return (format?.entries(task, this.options, new Map()) ?? []).map((entry) => {
      const value: unknown = JSON.parse(entry);
      return { value, print: fingerprintOf(this.id === 'dataset' ? task.id : entry) };
    });
  }
}

function note(tally: Tally, { id }: Task): void {
  tally.failing++;
  if (tally.first.length < FIRST && tally.first.at(-1) !== id) tally.first.push(id);
}

/** A 53-bit hash of a text: small enough to keep for each row, too large for chance collisions. */
const fingerprintOf = (text: string): number =>
  deriveSeed(text) * 2 ** 21 + (deriveSeed(text.length, text.slice(0, 2_000), 'second') >>> 11);

export interface CheckedFormat {
  readonly results: readonly CheckResult[];
  /** Entries that the file will have, counted. */
  readonly entries: number;
}
/** The checks of one format over all tasks. */
export async function checkFormat(
  id: DataFormatId,
  pages: AsyncIterable<readonly Task[]>,
  options: ExportOptions,
  signal: StopSignal,
): Promise<CheckedFormat> {
  const checks = new FormatChecks(id, options);
  const pacer = new Pacer();
  for await (const page of pages) {
    for (const task of page) {
      checks.add(task);
      await pacer.breathe();
    }
    signal.throwIfAborted();
  }
  return { results: checks.results(), entries: checks.entries };
}
