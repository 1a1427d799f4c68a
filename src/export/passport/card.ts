/**
 * The dataset card of a passport: README.md with the YAML header that the Hugging Face hub reads. It states only what was
 * measured or stored; a section without figures is left out.
 */
import { funnel } from '../../core/analysis/funnel';
import { type DataStatistics, PAPER_STATISTICS } from '../../core/dataset/statistics';
import type { RunSummary } from '../../core/ports';
import { PAPER_QUALITY, type Quality, type Share } from '../../core/review/quality';
import { OWN_FILTERS, type RunConfig, type RunRecord } from '../../core/run';
import type { NamedFilter } from '../../core/pool-filter';
import { type CheckResult } from '../checks';
import { type DataFormatId, dataFormat } from '../data-formats';
import { type DataPath, formatsOf } from './trainer-settings';

export interface CardFacts {
  readonly summary: RunSummary;
  readonly statistics: DataStatistics;
  /** Tasks that a user edited. */
  readonly edited: number;
  /** Tasks that raters rejected and that were left out. */
  readonly rejected: number;
  /** Tasks with words for a classroom, in the data or left out; null where these were not asked for. */
  readonly named: { readonly tasks: number; readonly included: boolean } | null;
  /** Only tasks that it lets through are in the data; null for all. */
  readonly filter: NamedFilter | null;
  readonly withSeeds: boolean;
  readonly split: { readonly share: number; readonly seed: number } | null;
  readonly files: readonly DataPath[];
  readonly checks: readonly { readonly title: string; readonly results: readonly CheckResult[] }[];
  /** Null when there are no ratings. */
  readonly quality: { readonly quality: Quality; readonly ratings: number; readonly raters: number } | null;
}

const whole = new Intl.NumberFormat('en');
const number = (value: number | null): string =>
  value === null ? 'none' : whole.format(Math.round(value * 10) / 10);
const percent = (value: number): string => `${Math.round(100 * value)}%`;

/** Names come from users and files: they are text, never markup. */
export const plainText = (text: string): string =>
  text
    .replace(/\s+/gu, ' ')
    .trim()
    .replace(/[\\`*_{}[\]<>()#+\-!|~&]/gu, (char) => `\\${char}`);

/** A table in Markdown; columns after the first are aligned to the right. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');

/** The hub's size categories. */
export function sizeCategory(rows: number): string {
  if (rows < 1_000) return 'n<1K';
  if (rows < 10_000) return '1K<n<10K';
  if (rows < 100_000) return '10K<n<100K';
  return rows < 1_000_000 ? '100K<n<1M' : '1M<n<10M';
}

/** The preset, and the filters of this project's own that are on. */
function filtersOf({ preset, switches, rougeThreshold, blockedWords }: RunConfig): string {
  const own = OWN_FILTERS.filter((name) => switches[name] === 'reject');
  const blocked = blockedWords ? `, blocked words of the user's own (${blockedWords.length})` : '';
  const published = `preset “${preset}”, ROUGE-L threshold ${rougeThreshold}${blocked}`;
  return own.length > 0 ? `${published}; of the app's own: ${own.join(', ')}` : published;
}

export async function datasetCard(facts: CardFacts): Promise<string> {
  const { stringify } = await import('yaml');
  const sections = [
    ...intro(facts),
    ...filesSection(facts),
    ...statisticsSection(facts),
    ...funnelSection(facts),
    ...qualitySection(facts),
    ...checksSection(facts),
    ...limits(facts),
  ];
  return `---\n${stringify(header(facts), { lineWidth: 0 })}---\n\n${sections.join('\n\n')}\n`;
}

function header({ summary: { run }, files }: CardFacts): object {
  const formats = formatsOf(files);
  const rows = Math.max(
    0,
    ...formats.map((format) =>
      files.filter((file) => file.format === format).reduce((sum, file) => sum + file.rows, 0),
    ),
  );
  return {
    pretty_name: titleOf(run),
    ...(isOurSeeds(run) ? { language: ['en'] } : {}),
    ...(run.imported ? {} : { annotations_creators: ['machine-generated'] }),
    task_categories: ['text-generation'],
    size_categories: [sizeCategory(rows)],
    tags: ['instruction-tuning', ...(run.imported ? [] : ['self-instruct', 'synthetic'])],
    configs: configured(formats).map((format, i) => ({
      config_name: format,
      data_files: files
        .filter((file) => file.format === format && file.rows > 0)
        .map(({ side, path }) => ({ split: side, path })),
      ...(i === 0 ? { default: true } : {}),
    })),
  };
}

/**
 * `load_dataset(FOLDER, NAME)` reads every config of a card by one reader, chosen by the first file (tried with datasets
 * 3.6, 4.8 and 5.2): the configs are the formats of that reader, JSON where there is one.
 */
function configured(formats: readonly DataFormatId[]): readonly DataFormatId[] {
  const readable = formats.filter((format) => readerOf(format) !== 'none');
  const readers = readable.map(readerOf);
  const reader = readers.includes('json') ? 'json' : readers[0];
  return readable.filter((_, i) => readers[i] === reader);
}
/** The paper's file has texts as names of fields: as a table it would have a column for each text. */
const readerOf = (format: DataFormatId): 'json' | 'csv' | 'parquet' | 'none' => {
  if (format === 'machine-instructions') return 'none';
  return format === 'csv' || format === 'parquet' ? format : 'json';
};

/** How the files of the other readers are opened. */
function loadingLines(files: readonly DataPath[]): string[] {
  const formats = formatsOf(files.filter(({ rows }) => rows > 0));
  const named = configured(formats);
  const [first] = named;
  const others = formats.filter((format) => !named.includes(format));
  return [
    ...(first ? [`With datasets: \`load_dataset("THIS FOLDER", "${first}")\`.`] : []),
    ...others.map((format) => {
      if (readerOf(format) === 'none')
        return `Read \`${format}\` line by line: its fields are named by texts, as in the paper's file.`;
      const parts = files
        .filter((file) => file.format === format && file.rows > 0)
        .map(({ side, path }) => `"${side}": "${path}"`);
      return `Of another reader: \`load_dataset("${readerOf(format)}", data_files={${parts.join(', ')}})\`.`;
    }),
  ];
}

const titleOf = ({ number: run, imported }: RunRecord): string =>
  imported ? `Data set from ${imported.file}` : `Self-Instruct run ${run}`;
/** The built-in seed sets are in English; the language of others is unknown. */
const isOurSeeds = ({ seedSet, imported }: RunRecord): boolean =>
  !imported && (seedSet.id === 'simple' || seedSet.id === 'paper');

function filterLine({ name, filter: { text, origin, stages, types, edited } }: NamedFilter): string {
  const parts = [
    ...(text.trim() ? [`with \u201c${plainText(text)}\u201d in the instruction`] : []),
    ...(origin === 'seed' ? ['seed tasks'] : origin === 'machine' ? ['machine tasks'] : []),
    ...(types.length > 0 ? [`type: ${types.join(', ')}`] : []),
    ...(stages.length > 0 ? [`stage: ${stages.join(', ')}`] : []),
    ...(edited ? ['edited by hand'] : []),
  ];
  return `Only the tasks of the filter \u201c${plainText(name)}\u201d are in the data (${parts.join('; ') || 'all tasks'}).`;
}

function intro({
  summary: { run, progress },
  edited,
  rejected,
  named,
  filter,
  withSeeds,
}: CardFacts): string[] {
  const title = `# ${plainText(titleOf(run))}`;
  const people = [
    ...(edited > 0 ? [`Tasks edited by hand: ${number(edited)}.`] : []),
    ...(filter ? [filterLine(filter)] : []),
    ...(rejected > 0 ? [`Tasks rejected by raters and left out: ${number(rejected)}.`] : []),
    ...(named && named.tasks > 0
      ? [
          `Tasks with words that a list for classrooms names, ${named.included ? 'in the data' : 'left out'}: ${number(named.tasks)}.`,
        ]
      : []),
  ];
  if (run.imported) {
    const { file, format } = run.imported;
    return [
      title,
      `Imported from the file “${plainText(file)}” (${plainText(format)}). The model and settings that generated it are unknown.`,
      ...people,
    ];
  }
  const { config, model, seedSet } = run;
  const { instructions } = config.decoding;
  return [
    title,
    `Instruction data that a language model generated from seed tasks by the method of [Self-Instruct](https://arxiv.org/abs/2212.10560) (Wang et al., 2023), in a browser tab.`,
    '## How it was made',
    table(
      ['', ''],
      [
        ['Model', plainText(`${model.name} (${model.id})`)],
        [
          'SHA-256 of the model',
          model.hash === '' ? 'unknown' : `\`${model.hash.replace(/[^\da-f]/giu, '')}\``,
        ],
        ['Seed tasks', plainText(`${seedSet.name}, ${number(seedSet.count)}`)],
        ['Filters', filtersOf(config)],
        [
          'Exemplars per prompt',
          `${config.exemplars}, at most ${config.machineExemplars} of them machine-written`,
        ],
        ['Sampling of instructions', `temperature ${instructions.temperature}, top-p ${instructions.topP}`],
        ['Random seed', String(config.seed)],
        ...(progress.seconds > 0 ? [['Time', `${number(progress.seconds / 60)} minutes`]] : []),
      ],
    ),
    ...(withSeeds ? ['The rows include the human-written seed tasks.'] : []),
    ...people,
  ];
}

function filesSection({ files, split }: CardFacts): string[] {
  const rows = files.map(({ path, format, side, rows: count }) => [
    `\`${path}\``,
    dataFormat(format).title,
    side,
    number(count),
  ]);
  const how = split
    ? `${percent(split.share)} of the instructions are held out, drawn with seed ${split.seed}. All instances of an instruction are on the same side.`
    : 'Nothing is held out.';
  return [
    '## Files',
    table(['File', 'Format', 'Split', 'Entries'], rows),
    how,
    ...loadingLines(files),
    'Ids of rows and tasks are the same in every export of the run: `m000012-003-0` is instance 0 of the task that was item 3 of request 12. `exemplars` and `parents` list the tasks in the prompt; `s00007` is a seed task. Ready-made training runs are in `axolotl`, `llama-factory` (with `dataset_info.json`), `trl` and `unsloth`.',
  ];
}

function statisticsSection({ statistics: here, summary: { run } }: CardFacts): string[] {
  const typed = run.imported?.typed ?? true;
  const of = (value: DataStatistics, measured = true): string[] => [
    number(value.instructions),
    measured ? number(value.classification) : 'unknown',
    number(value.instances),
    number(value.emptyInputs),
    number(value.instructionWords),
    number(value.inputWords),
    number(value.outputWords),
  ];
  const paper = of(PAPER_STATISTICS);
  const names = [
    'Instructions',
    'classification instructions',
    'Instances',
    'instances with an empty input',
    'Mean words per instruction',
    'Mean words per non-empty input',
    'Mean words per output',
  ];
  const rows = of(here, typed).map((value, i) => [names[i] ?? '', value, paper[i] ?? '']);
  return [
    '## Data statistics',
    table(['Machine tasks with instances', 'this data set', 'paper (GPT3)'], rows),
  ];
}

function funnelSection({ summary: { run, progress } }: CardFacts): string[] {
  if (run.imported) return [];
  const { candidates, steps, kept, complete } = funnel(progress);
  if (candidates === 0) return [];
  return [
    '## From candidate to row',
    table(
      ['', 'Count'],
      [
        ['Candidates', number(candidates)],
        ...steps.map(({ reason, rejected }) => [`rejected: ${reason}`, number(rejected)]),
        ['Accepted instructions', number(kept)],
        ['complete with type and instances', number(complete)],
        ['Instances', number(progress.instances)],
        ['Rejected instances', number(progress.droppedInstances)],
      ],
    ),
  ];
}

function qualitySection({ quality }: CardFacts): string[] {
  if (!quality) return [];
  const row = (title: string, { yes, of, low, high }: Share, paper: number): string[] => [
    title,
    of === 0 ? 'not rated' : `${percent(yes / of)} (${percent(low)} to ${percent(high)}), ${yes} of ${of}`,
    `${paper}%`,
  ];
  const { valid, input, output, all } = quality.quality;
  return [
    '## Quality by human ratings',
    table(
      ['Share of yes, with 95 % interval', 'this data set', 'paper'],
      [
        row('Valid task', valid, PAPER_QUALITY.valid),
        row('Input appropriate', input, PAPER_QUALITY.input),
        row('Output correct', output, PAPER_QUALITY.output),
        row('All three', all, PAPER_QUALITY.all),
      ],
    ),
    `${number(quality.ratings)} ratings by ${number(quality.raters)} ${quality.raters === 1 ? 'rater' : 'raters'}; see \`ratings.jsonl\`.`,
  ];
}

function checksSection({ checks }: CardFacts): string[] {
  const rows = checks.flatMap(({ title, results }) =>
    results.map((result) => [
      title,
      result.title,
      result.by,
      result.failing === 0 ? 'passed' : `fails for ${number(result.failing)} entries`,
    ]),
  );
  return ['## Checks before writing', table(['Format', 'Check', 'Required by', 'Result'], rows)];
}

function limits({ quality, summary: { run } }: CardFacts): string[] {
  const lines = [
    ...(run.imported
      ? []
      : ['The texts were written by a language model and may be wrong, biased or meaningless.']),
    quality ? '' : 'This data set has not been rated yet.',
    'It has no licence yet: choose one that the licences of the model and of the seed tasks allow, and add it to the header of this file.',
  ];
  return ['## Limits', lines.filter((line) => line !== '').join(' ')];
}
