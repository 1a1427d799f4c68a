/**
 * The dataset card of a passport: README.md with the YAML header that the Hugging Face hub reads. It states only what was
 * measured or stored; a section without figures is left out.
 */
import { funnel } from '../../core/analysis/funnel';
import { type DataStatistics, PAPER_STATISTICS } from '../../core/dataset/statistics';
import type { RunSummary } from '../../core/ports';
import { PAPER_QUALITY, type Quality, type Share } from '../../core/review/quality';
import type { RunRecord } from '../../core/run';
import { type CheckResult } from '../checks';
import { dataFormat } from '../data-formats';
import type { DataPath } from './trainer-settings';

export interface CardFile extends DataPath {
  readonly rows: number;
}
export interface CardFacts {
  readonly summary: RunSummary;
  readonly statistics: DataStatistics;
  /** Tasks that a person changed. */
  readonly edited: number;
  /** Tasks that raters rejected and that were left out. */
  readonly rejected: number;
  readonly withSeeds: boolean;
  readonly split: { readonly share: number; readonly seed: number } | null;
  readonly files: readonly CardFile[];
  readonly checks: readonly { readonly title: string; readonly results: readonly CheckResult[] }[];
  /** Null when nobody has rated. */
  readonly quality: { readonly quality: Quality; readonly ratings: number; readonly raters: number } | null;
}

const whole = new Intl.NumberFormat('en');
const number = (value: number | null): string =>
  value === null ? 'none' : whole.format(Math.round(value * 10) / 10);
const percent = (value: number): string => `${Math.round(100 * value)}%`;

/** Names come from people and files: they are text, never markup. */
export const plainText = (text: string): string =>
  text
    .replace(/\s+/gu, ' ')
    .trim()
    .replace(/[\\`*_{}[\]<>()#+\-!|~&]/gu, (char) => `\\${char}`);

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');

/** The hub's words for the count of rows. */
export function sizeCategory(rows: number): string {
  if (rows < 1_000) return 'n<1K';
  if (rows < 10_000) return '1K<n<10K';
  if (rows < 100_000) return '10K<n<100K';
  return rows < 1_000_000 ? '100K<n<1M' : '1M<n<10M';
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
  const formats = [...new Set(files.map(({ format }) => format))];
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
    configs: formats.map((format, i) => ({
      config_name: format,
      data_files: files
        .filter((file) => file.format === format && file.rows > 0)
        .map(({ side, path }) => ({ split: side, path })),
      ...(i === 0 ? { default: true } : {}),
    })),
  };
}

const titleOf = ({ number: run, imported }: RunRecord): string =>
  imported ? `Data set from ${imported.file}` : `Self-Instruct run ${run}`;
/** The seed sets that ship with the app are in English; of others the language is not known. */
const isOurSeeds = ({ seedSet, imported }: RunRecord): boolean =>
  !imported && (seedSet.id === 'simple' || seedSet.id === 'paper');

function intro({ summary: { run, progress }, edited, rejected, withSeeds }: CardFacts): string[] {
  const title = `# ${plainText(titleOf(run))}`;
  const people = [
    ...(edited > 0 ? [`Tasks edited by a person: ${number(edited)}.`] : []),
    ...(rejected > 0 ? [`Tasks that people rejected and that were left out: ${number(rejected)}.`] : []),
  ];
  if (run.imported) {
    const { file, format } = run.imported;
    return [
      title,
      `Read from the file “${plainText(file)}” (${plainText(format)}). Which model and which settings made it is not known.`,
      ...people,
    ];
  }
  const { config, model, seedSet } = run;
  const { instructions } = config.decoding;
  return [
    title,
    `Instruction data that a language model wrote from seed tasks, by the method of [Self-Instruct](https://arxiv.org/abs/2212.10560) (Wang et al., 2023), in a browser tab.`,
    '## Made by',
    table(
      ['', ''],
      [
        ['Model', plainText(`${model.name} (${model.id})`)],
        [
          'SHA-256 of the model',
          model.hash === '' ? 'not known' : `\`${model.hash.replace(/[^\da-f]/giu, '')}\``,
        ],
        ['Seed tasks', plainText(`${seedSet.name}, ${number(seedSet.count)}`)],
        ['Rules', `preset “${config.preset}”, ROUGE-L threshold ${config.rougeThreshold}`],
        [
          'Exemplars per prompt',
          `${config.exemplars}, of them at most ${config.machineExemplars} machine-written`,
        ],
        ['Sampling of instructions', `temperature ${instructions.temperature}, top-p ${instructions.topP}`],
        ['Random seed', String(config.seed)],
        ...(progress.seconds > 0 ? [['Time', `${number(progress.seconds / 60)} minutes`]] : []),
      ],
    ),
    ...(withSeeds ? ['The seed tasks, written by people, are among the rows.'] : []),
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
    ? `${percent(split.share)} of the instructions are held out, drawn with seed ${split.seed}. All instances of an instruction are on one side.`
    : 'Nothing is held out.';
  return [
    '## Files',
    table(['File', 'Format', 'Split', 'Entries'], rows),
    how,
    'Ids of rows and tasks are the same in every export of the run: `m000012-003-0` is instance 0 of the task that was item 3 of request 12. `exemplars` and `parents` name the tasks that stood in the prompt; `s00007` is a seed task. Ready-made runs are in `axolotl`, `llama-factory` (with `dataset_info.json`), `trl` and `unsloth`.',
  ];
}

function statisticsSection({ statistics: here, summary: { run } }: CardFacts): string[] {
  const typed = run.imported?.typed ?? true;
  const of = (value: DataStatistics, measured = true): string[] => [
    number(value.instructions),
    measured ? number(value.classification) : 'not known',
    number(value.instances),
    number(value.emptyInputs),
    number(value.instructionWords),
    number(value.inputWords),
    number(value.outputWords),
  ];
  const paper = of(PAPER_STATISTICS);
  const names = [
    'Instructions',
    'of them classification',
    'Instances',
    'with empty input',
    'Mean words of an instruction',
    'Mean words of an input that is not empty',
    'Mean words of an output',
  ];
  const rows = of(here, typed).map((value, i) => [names[i] ?? '', value, paper[i] ?? '']);
  return ['## Data statistics', table(['Machine tasks with instances', 'here', 'paper (GPT3)'], rows)];
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
        ['Candidates that the model wrote', number(candidates)],
        ...steps.map(({ reason, rejected }) => [`rejected: ${reason}`, number(rejected)]),
        ['Kept instructions', number(kept)],
        ['with type and instances', number(complete)],
        ['Instances', number(progress.instances)],
        ['Instances dropped', number(progress.droppedInstances)],
      ],
    ),
  ];
}

function qualitySection({ quality }: CardFacts): string[] {
  if (!quality) return [];
  const row = (title: string, { yes, of, low, high }: Share, paper: number): string[] => [
    title,
    of === 0 ? 'not asked' : `${percent(yes / of)} (${percent(low)} to ${percent(high)}), ${yes} of ${of}`,
    `${paper}%`,
  ];
  const { valid, input, output, all } = quality.quality;
  return [
    '## Quality, as people judged it',
    table(
      ['Share of yes, with its 95 % interval', 'here', 'paper'],
      [
        row('Valid task', valid, PAPER_QUALITY.valid),
        row('Input fits', input, PAPER_QUALITY.input),
        row('Output correct', output, PAPER_QUALITY.output),
        row('All three', all, PAPER_QUALITY.all),
      ],
    ),
    `${number(quality.ratings)} ratings by ${number(quality.raters)} ${quality.raters === 1 ? 'person' : 'people'}; see \`ratings.jsonl\`.`,
  ];
}

function checksSection({ checks }: CardFacts): string[] {
  const rows = checks.flatMap(({ title, results }) =>
    results.map((result) => [
      title,
      result.title,
      result.by,
      result.failing === 0 ? 'holds' : `fails for ${number(result.failing)}`,
    ]),
  );
  return ['## Checked before it was written', table(['Format', 'Check', 'Demanded by', 'Result'], rows)];
}

function limits({ quality, summary: { run } }: CardFacts): string[] {
  const lines = [
    ...(run.imported
      ? []
      : ['The texts were written by a language model and may be wrong, unfair or senseless.']),
    quality ? '' : 'Nobody has rated this data set yet.',
    'It has no licence so far: choose one that the licence of the model and of the seed tasks allows, and add it to the header of this file.',
  ];
  return ['## Limits', lines.filter((line) => line !== '').join(' ')];
}
