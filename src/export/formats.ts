/** The formats of exported files: each turns pages of tasks into pieces of text, so that 50,000 tasks never are in one string. */
import { type Encoding, encodeRow, encodingOf } from '../core/dataset/encode';
import { type Row, datasetRecord, rowRecord, rowsOf } from '../core/dataset/rows';
import { labelOf } from '../core/ids';
import type { RunRecord } from '../core/run';
import type { Task, TaskId } from '../core/task';
import { csvRow } from '../io/csv-writer';
import { WORDS } from './words';

export type FormatId =
  | 'alpaca'
  | 'openai-chat'
  | 'sharegpt'
  | 'prompt-completion'
  | 'instances'
  | 'machine-instructions'
  | 'seed-tasks'
  | 'csv'
  | 'dataset';

export interface ExportOptions {
  readonly withSeeds: boolean;
  /** Draws the layouts of prompt/completion files, and how these are written; ours by default. */
  readonly seed: number;
  readonly encoding?: Encoding;
  /** Whether the types of the tasks are known; true by default. */
  readonly typed?: boolean;
  /** Whether CSV begins with a byte order mark: Excel takes other files for those of an old alphabet. */
  readonly byteOrderMark?: boolean;
  /** Whether a task is part of the file; without it all are. */
  readonly keeps?: (task: Task) => boolean;
}
/** What the files of a run are written with. */
export const runOptions = ({
  config,
  imported,
}: Pick<RunRecord, 'config' | 'imported'>): Pick<ExportOptions, 'seed' | 'encoding' | 'typed'> => ({
  seed: config.seed,
  encoding: encodingOf(config.switches),
  typed: imported?.typed ?? true,
});
/** Texts of earlier pool members, for formats that refer to neighbours by their text. */
type Texts = ReadonlyMap<TaskId, string>;

export interface Format {
  readonly id: FormatId;
  readonly title: string;
  readonly note: string;
  readonly file: string;
  readonly type: string;
  /** Text before the first, between two, and after the last entry. */
  readonly frame: { readonly open: string; readonly between: string; readonly close: string };
  /** What its rows are, as shown. */
  readonly unit: 'rows' | 'tasks' | 'machine instructions';
  readonly needsTexts?: true;
  /** The entries of one task, in order. */
  entries(task: Task, options: ExportOptions, texts: Texts): string[];
}

/** What is needed of a format to write its entries. */
export type EntryFormat = Pick<Format, 'frame' | 'unit' | 'needsTexts' | 'entries'> &
  Partial<Pick<Format, 'type'>>;

const CSV = 'text/csv';
const LINES = { open: '', between: '', close: '' };
const JSONL = { type: 'application/jsonl', frame: LINES };
const JSON_LIST = { type: 'application/json', frame: { open: '[\n', between: ',\n', close: '\n]\n' } };
const line = (value: unknown): string => `${JSON.stringify(value)}\n`;
const perRow =
  (write: (row: Row, options: ExportOptions) => string) =>
  (task: Task, options: ExportOptions): string[] =>
    rowsOf(task).map((row) => write(row, options));
const question = ({ instruction, input }: Row): string =>
  input ? `${instruction}\n\n${input}` : instruction;

export const FORMATS: readonly Format[] = [
  {
    id: 'alpaca',
    unit: 'rows',
    ...WORDS.formats.alpaca,
    file: 'alpaca.json',
    ...JSON_LIST,
    entries: perRow(({ instruction, input, output }) => JSON.stringify({ instruction, input, output })),
  },
  {
    id: 'openai-chat',
    unit: 'rows',
    ...WORDS.formats['openai-chat'],
    file: 'chat.jsonl',
    ...JSONL,
    entries: perRow((row) =>
      line({
        messages: [
          { role: 'user', content: question(row) },
          { role: 'assistant', content: row.output },
        ],
      }),
    ),
  },
  {
    id: 'sharegpt',
    unit: 'rows',
    ...WORDS.formats.sharegpt,
    file: 'sharegpt.json',
    ...JSON_LIST,
    entries: perRow((row) =>
      JSON.stringify({
        conversations: [
          { from: 'human', value: question(row) },
          { from: 'gpt', value: row.output },
        ],
      }),
    ),
  },
  {
    id: 'prompt-completion',
    unit: 'rows',
    ...WORDS.formats['prompt-completion'],
    file: 'finetuning.jsonl',
    ...JSONL,
    entries: perRow((row, { seed, encoding, typed = true }) =>
      line({ ...encodeRow(row, seed, encoding), row: rowRecord(row, typed) }),
    ),
  },
  {
    id: 'instances',
    unit: 'rows',
    ...WORDS.formats.instances,
    file: 'instances.jsonl',
    ...JSONL,
    entries: perRow(({ instruction, input, output }) => line({ instruction, input, output })),
  },
  {
    id: 'machine-instructions',
    unit: 'machine instructions',
    ...WORDS.formats['machine-instructions'],
    file: 'machine_generated_instructions.jsonl',
    ...JSONL,
    needsTexts: true,
    entries: (task, _, texts) => {
      if (task.origin === 'seed') return [];
      const { mostSimilar, meanSimilarity, requestIndex, model } = task.provenance;
      return [
        line({
          instruction: task.instruction,
          most_similar: Object.fromEntries(
            mostSimilar.map(({ id, rougeL }) => [texts.get(id) ?? labelOf(id), rougeL]),
          ),
          avg_similarity_score: meanSimilarity,
          metadata: { id: labelOf(task.id), model },
          request_idx: requestIndex,
        }),
      ];
    },
  },
  {
    id: 'seed-tasks',
    unit: 'tasks',
    ...WORDS.formats['seed-tasks'],
    file: 'tasks.jsonl',
    ...JSONL,
    entries: (task, { typed = true }) => {
      const rows = rowsOf(task);
      const instances = rows.map(({ input, output }) => ({ input, output }));
      const [first] = rows;
      if (!first) return [];
      const label = labelOf(task.id);
      const id = task.origin === 'seed' ? task.sourceId : label;
      const name = task.origin === 'seed' ? task.name : label;
      return [
        line({
          id,
          name,
          instruction: task.instruction,
          instances,
          ...(typed ? { is_classification: first.isClassification } : {}),
        }),
      ];
    },
  },
  {
    id: 'csv',
    unit: 'rows',
    ...WORDS.formats.csv,
    file: 'tasks.csv',
    type: CSV,
    frame: { ...LINES, open: csvRow(['id', 'instruction', 'input', 'output', 'is_classification']) },
    entries: perRow(({ id, instruction, input, output, isClassification }, { typed = true }) =>
      csvRow([labelOf(id), instruction, input, output, typed ? String(isClassification) : '']),
    ),
  },
  {
    id: 'dataset',
    unit: 'machine instructions',
    ...WORDS.formats.dataset,
    file: 'dataset.jsonl',
    ...JSONL,
    entries: (task, { typed = true }) =>
      task.origin === 'machine' ? [line(datasetRecord(task, typed))] : [],
  },
];

/** Whether a task belongs in a file. */
export const isIn = (task: Task, { withSeeds, keeps }: ExportOptions): boolean =>
  (task.origin === 'machine' || withSeeds) && (keeps?.(task) ?? true);

/** How many entries the tasks give. */
export const countEntries = (format: EntryFormat, tasks: readonly Task[], options: ExportOptions): number =>
  tasks.reduce((sum, task) => sum + format.entries(task, options, new Map()).length, 0);

/** What a file begins with. */
export const beginning = ({ frame, type }: EntryFormat, { byteOrderMark }: ExportOptions): string =>
  (type === CSV && byteOrderMark ? '\ufeff' : '') + frame.open;

/** The entries of a format, one page of tasks at a time, in the order of the file. */
export async function* entriesOf(
  format: EntryFormat,
  pages: AsyncIterable<readonly Task[]>,
  options: ExportOptions,
): AsyncGenerator<readonly string[]> {
  const texts = new Map<TaskId, string>();
  for await (const page of pages) {
    const entries: string[] = [];
    for (const task of page) {
      // A neighbour joined the pool before the task, so its text is already known.
      if (format.needsTexts) texts.set(task.id, task.instruction);
      if (isIn(task, options)) entries.push(...format.entries(task, options, texts));
    }
    yield entries;
  }
}

/** The file of a format as pieces of text, a page of tasks each. */
export async function* writeFormat(
  format: Format,
  pages: AsyncIterable<readonly Task[]>,
  options: ExportOptions,
): AsyncGenerator<string> {
  const { between, close } = format.frame;
  yield beginning(format, options);
  let first = true;
  for await (const entries of entriesOf(format, pages, options)) {
    if (entries.length === 0) continue;
    yield (first ? '' : between) + entries.join(between);
    first = false;
  }
  yield close;
}
