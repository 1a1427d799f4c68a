/**
 * What trainers demand of a file, asked of the entries as they will be written. Each check has a name; a failing one
 * says how many entries fail and which are the first.
 */
import { deriveSeed } from '../core/random';
import type { StopSignal } from '../core/signal';
import type { Task } from '../core/task';
import type { DataFormatId } from './data-formats';
import { type ExportOptions, FORMATS, isIn } from './formats';
import { Pacer } from '../io/pacer';
import { parquetRowsOf } from './parquet';

export interface CheckResult {
  readonly title: string;
  /** Who demands it. */
  readonly by: string;
  /** Whether a file that fails is refused or spoils a training; else it is worth knowing. */
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

const rule = (title: string, by: string, holds: Rule['holds'], needed = true): Rule => ({
  title,
  by,
  needed,
  holds,
});
const texts = (keys: readonly string[], by: string): Rule =>
  rule(`Each row has ${keys.join(', ')} as text`, by, (entry) =>
    keys.every((key) => isText(field(entry, key))),
  );
const notEmpty = (key: string, by: string): Rule =>
  rule(`No ${key} is empty`, by, (entry) => filled(field(entry, key)));

/** A conversation of one question and one answer. */
const turns = (list: string, role: string, content: string, roles: readonly string[], by: string): Rule[] => {
  const of = (entry: unknown): readonly unknown[] => {
    const value = field(entry, list);
    return Array.isArray(value) ? value : [];
  };
  return [
    rule(`Each row has a list "${list}" with "${role}" and "${content}"`, by, (entry) => {
      const all = of(entry);
      return all.length > 0 && all.every((turn) => isText(field(turn, role)) && isText(field(turn, content)));
    }),
    rule(`Roles alternate: ${roles.join(', then ')}`, by, (entry) => {
      const all = of(entry);
      return all.length === roles.length && all.every((turn, i) => field(turn, role) === roles[i]);
    }),
    rule('No message is empty', by, (entry) => of(entry).every((turn) => filled(field(turn, content)))),
  ];
};

const ALPACA_BY = 'LLaMA-Factory and axolotl, alpaca';
/** What Excel and LibreOffice hold in a cell. */
const CELL = 32_767;
const ROW_RULES: readonly Rule[] = [
  texts(['instruction', 'input', 'output'], ALPACA_BY),
  notEmpty('instruction', ALPACA_BY),
  notEmpty('output', ALPACA_BY),
];

const RULES: Readonly<Record<DataFormatId, readonly Rule[]>> = {
  alpaca: ROW_RULES,
  instances: ROW_RULES,
  'openai-chat': turns('messages', 'role', 'content', ['user', 'assistant'], 'OpenAI, axolotl chat_template'),
  sharegpt: turns('conversations', 'from', 'value', ['human', 'gpt'], 'LLaMA-Factory, sharegpt'),
  'prompt-completion': [
    texts(['prompt', 'completion'], 'the paper'),
    notEmpty('prompt', 'the paper'),
    rule('Each completion begins with a space', 'the paper', (entry) =>
      /^ /u.test(String(field(entry, 'completion'))),
    ),
    rule('No completion is empty before its end token', 'the paper', (entry) =>
      filled(String(field(entry, 'completion')).replace(/<\|endoftext\|>$/u, '')),
    ),
    rule('Each completion ends with the end token', 'the paper', (entry) =>
      String(field(entry, 'completion')).endsWith('<|endoftext|>'),
    ),
  ],
  csv: [
    notEmpty('output', 'trainers that read tables'),
    rule(
      `No cell is longer than ${CELL} characters`,
      'Excel and LibreOffice',
      (entry) => ['instruction', 'input', 'output'].every((key) => String(field(entry, key)).length <= CELL),
      false,
    ),
  ],
  parquet: [
    texts(['id', 'task_id', 'instruction', 'input', 'output'], 'readers of typed columns'),
    notEmpty('output', 'trainers that read tables'),
  ],
  'seed-tasks': [
    notEmpty('instruction', 'the seed file'),
    rule('Each task has an instance with an output', 'the seed file', (entry) => {
      const instances = field(entry, 'instances');
      return (
        Array.isArray(instances) &&
        instances.length > 0 &&
        instances.every((one) => filled(field(one, 'output')))
      );
    }),
  ],
  'machine-instructions': [notEmpty('instruction', "the paper's file")],
  dataset: [notEmpty('instruction', 'this app')],
};

/** Fewer rows than these are refused by its service; trainers on one's own computer take them. */
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
    const title = id === 'dataset' ? 'No task stands there twice' : 'No row stands there twice';
    const twice = rule(title, 'a model would learn it twice', () => true, false);
    this.#twice = { rule: twice, failing: 0, first: [] };
  }

  get entries(): number {
    return this.#entries;
  }

  /** Entries that the task gives. */
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
    const some = rule('The file has rows', 'every trainer', () => true);
    const rows: Tally = { rule: some, failing: this.#entries === 0 ? 1 : 0, first: [] };
    const enough: Tally[] = [];
    if (this.id === 'openai-chat') {
      const least = rule(`The file has ${OPENAI_ROWS} rows or more`, 'OpenAI', () => true, false);
      enough.push({ rule: least, failing: this.#entries < OPENAI_ROWS ? 1 : 0, first: [] });
    }
    return [rows, ...enough, ...this.#tallies, this.#twice].map(
      ({ rule: { title, by, needed }, failing, first }) => ({
        title,
        by,
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

/** 53 bits of a text: few enough to keep for each row, too many for two rows to share by chance. */
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
