/** The report of an evaluation: Markdown with its plots as SVG files beside it. Names and texts are escaped. */
import { type EvaluationRecord, type EvaluationTask, answerText } from '../core/evaluation/evaluation';
import {
  type EvaluationFigures,
  type ModelFigures,
  type PairFigures,
  type PartTable,
  gains,
} from '../core/evaluation/figures';
import { layoutPrompt } from '../core/dataset/encode';
import { PUBLISHED_GAIN, PUBLISHED_MODELS } from '../core/evaluation/published';
import { type Interval, RESAMPLING } from '../core/evaluation/resampling';
import type { ScoreOptions } from '../core/evaluation/score';
import { plainText, table } from './passport/card';

export interface ReportFacts {
  readonly record: EvaluationRecord;
  readonly tasks: readonly EvaluationTask[];
  readonly figures: EvaluationFigures;
  readonly scoring: ScoreOptions;
  /** From the first to the second; null with fewer than two models. */
  readonly pair: PairFigures | null;
  readonly parts: readonly { readonly title: string; readonly table: PartTable }[];
  /** Plots by file name. */
  readonly plots: readonly { readonly path: string; readonly title: string }[];
  readonly version: string;
}

/** Tasks shown in full: those with the largest change. */
const SHOWN = 5;
const LONGEST = 600;

const number = (value: number): string => value.toFixed(1);
const signed = (value: number): string => `${value > 0 ? '+' : ''}${number(value)}`;
const interval = (value: Interval | null): string =>
  value ? `${number(value.mean)} (${number(value.low)} to ${number(value.high)})` : 'none';
const probability = (p: number): string => (p < 0.001 ? '< 0.001' : p.toFixed(3));

export function evaluationReport(facts: ReportFacts): string {
  const sections = [
    ...intro(facts),
    ...scores(facts),
    ...pairs(facts),
    ...plots(facts),
    ...parts(facts),
    ...examples(facts),
    ...limits(),
  ];
  return `${sections.join('\n\n')}\n`;
}

function intro({ record, scoring, version }: ReportFacts): string[] {
  const { set, config } = record;
  const layout =
    config.layout === 'drawn'
      ? `drawn for each task from the training layouts, seed ${config.seed}`
      : `${code(layoutPrompt(config.layout, '{instruction}', '{input}'))} with an input, ${code(
          layoutPrompt(config.layout, '{instruction}', ''),
        )} without`;
  return [
    `# ${plainText(record.name)}`,
    [
      `- Tasks: ${plainText(set.name)}, ${set.count}; fingerprint ${set.print}`,
      `- Started: ${new Date(record.createdAt).toISOString()}`,
      `- Decoding: zero-shot, greedy, at most ${config.maxTokens} tokens per answer`,
      `- Layout: ${layout}`,
      `- ROUGE-L: F1 as the rouge_score package computes it, ${
        scoring.stem ? 'with its Porter stemmer (like the paper’s SuperNI scores)' : 'without a stemmer'
      }, ${scoring.tokens === 'ascii' ? 'words of a to z and 0 to 9' : 'words of all scripts'}; the best reference counts`,
      '- Exact match: as in SuperNI’s script, ignoring case, punctuation and extra white space',
      `- Intervals: 95 %, percentile bootstrap, ${RESAMPLING.resamples} resamples of the tasks, seed ${RESAMPLING.seed}`,
      `- Written by Self-Instruct ${version}`,
    ].join('\n'),
  ];
}
const code = (text: string): string => `\`${text.replaceAll('\n', '\\n')}\``;

function scores({ figures }: ReportFacts): string[] {
  const row = ({ model, answers, tooLong, cut, rougeL, exact, words }: ModelFigures): string[] => [
    plainText(model.name),
    interval(rougeL),
    interval(exact),
    String(answers),
    String(tooLong),
    String(cut),
    number(words),
  ];
  return [
    '## Scores',
    'Points out of 100 with their intervals. A prompt that did not fit into a model’s context scores 0.',
    table(
      ['Model', 'ROUGE-L', 'Exact match', 'Answers', 'Did not fit', 'Cut off', 'Mean words'],
      figures.models.map(row),
    ),
    '### Published, on other tasks',
    `The paper’s models on its own tasks, to give the scale. There Self-Instruct improved GPT3 by ${PUBLISHED_GAIN.userTasks} points on the user tasks and by ${PUBLISHED_GAIN.superNI} on SuperNI.`,
    table(
      ['Model', 'ROUGE-L, 252 user tasks', 'ROUGE-L, SuperNI'],
      PUBLISHED_MODELS.map(({ name, userTasks, superNI }) => [
        name,
        number(userTasks),
        superNI === null ? 'none' : number(superNI),
      ]),
    ),
  ];
}

function pairs({ figures, record }: ReportFacts): string[] {
  if (figures.pairs.length === 0) return [];
  const name = (key: string): string =>
    plainText(record.models.find((model) => model.key === key)?.name ?? key);
  return [
    '## Pairs of models on the same tasks',
    `The second minus the first, ${figures.measure === 'exact' ? 'exact match' : 'ROUGE-L'}. Both probabilities are two-sided and not corrected for the number of pairs.`,
    table(
      [
        'First',
        'Second',
        'Difference',
        '95 % interval',
        'p, bootstrap',
        'p, sign flips',
        'Better',
        'Same',
        'Worse',
      ],
      figures.pairs.map(({ first, second, test, wins, ties, losses }) => [
        name(first),
        name(second),
        signed(test.difference),
        `${signed(test.low)} to ${signed(test.high)}`,
        probability(test.bootstrapP),
        probability(test.signFlipP),
        String(wins),
        String(ties),
        String(losses),
      ]),
    ),
  ];
}

const plots = ({ plots: files }: ReportFacts): string[] =>
  files.length === 0
    ? []
    : ['## Plots', ...files.map(({ path, title }) => `![${plainText(title)}](${path})`)];

function parts({ parts: tables, figures }: ReportFacts): string[] {
  return tables.flatMap(({ title, table: { parts: rows, models } }) => [
    `## ${title}`,
    table(
      ['Part', 'Tasks', ...models.map(({ name }) => plainText(name))],
      rows.map(({ part, models: intervals }) => [
        plainText(part.label),
        String(part.places.length),
        ...intervals.map(interval),
      ]),
    ),
    figures.measure === 'exact' ? 'Exact match.' : 'ROUGE-L.',
  ]);
}

function examples({ pair, figures, tasks, record }: ReportFacts): string[] {
  if (!pair) return [];
  const [first, second] = [figures.sheets.get(pair.first) ?? [], figures.sheets.get(pair.second) ?? []];
  const changes = gains(first, second, figures.measure)
    .map((gain, place) => ({ gain, place }))
    .filter((entry): entry is { gain: number; place: number } => entry.gain !== null && entry.gain !== 0)
    .sort((a, b) => b.gain - a.gain || a.place - b.place);
  const shown = [...changes.slice(0, SHOWN), ...changes.slice(Math.max(SHOWN, changes.length - SHOWN))];
  if (shown.length === 0) return [];
  const name = (key: string): string => record.models.find((model) => model.key === key)?.name ?? key;
  return [
    '## Largest changes',
    ...shown.flatMap(({ gain, place }) => {
      const task = tasks[place];
      const [before, after] = [first[place], second[place]];
      if (!task || !before || !after) return [];
      return [
        `### ${plainText(task.id)}: ${signed(gain)}`,
        block('Instruction', task.instruction),
        ...(task.input.trim() === '' ? [] : [block('Input', task.input)]),
        block('Reference', task.references[after.score.best] ?? ''),
        block(name(pair.first), answerText(before.answer.text)),
        block(name(pair.second), answerText(after.answer.text)),
      ];
    }),
  ];
}
/** Indented code: no text can end it. */
function block(title: string, text: string): string {
  const cut = text.length > LONGEST ? `${text.slice(0, LONGEST).toWellFormed()} …` : text;
  const lines = (cut === '' ? '(nothing)' : cut).split(/\r\n|[\n\r\u2028\u2029]/u);
  return `${plainText(title)}:\n\n${lines.map((line) => `    ${line}`).join('\n')}`;
}

const limits = (): string[] => [
  '## What these figures cannot tell',
  'ROUGE-L counts words that an answer shares with a reference in the same order. It ranks the paper’s models as human raters did, but it cannot tell right from wrong: a wrong answer in the right words scores high. Intervals tell how much the scores would vary over other tasks of the same kind, and nothing about other kinds of tasks.',
];
