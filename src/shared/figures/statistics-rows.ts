/** The rows of the paper's table of data statistics, for one data set or several beside each other. */
import type { DataStatistics } from '../../core/dataset/statistics';
import { count, decimal, percent } from '../../ui/format';
import { WORDS } from './words';

/** One row of the table of data statistics. */
export interface StatisticsRow {
  readonly label: string;
  /** Part of the row above. */
  readonly inner?: boolean;
  /** @param typed whether it is known which tasks are classification tasks */
  readonly of: (data: DataStatistics, typed: boolean) => readonly [number: string, share?: string];
}

const words = WORDS.statistics;
const mean = (value: number | null, digits = 1): readonly [string] => [
  value === null ? '–' : decimal(value, digits),
];
const part = (value: number, all: number): readonly [string, string] => [count(value), percent(value, all)];
const typedPart = (label: string, of: (data: DataStatistics) => number): StatisticsRow => ({
  label,
  inner: true,
  of: (data, typed) => (typed ? part(of(data), data.instructions) : [words.unknown]),
});

/** Table 1 of the paper, row by row. */
export const STATISTICS_ROWS: readonly StatisticsRow[] = [
  { label: words.instructions, of: (data) => [count(data.instructions)] },
  typedPart(words.classification, (data) => data.classification),
  typedPart(words.notClassification, (data) => data.instructions - data.classification),
  { label: words.instances, of: (data) => [count(data.instances)] },
  { label: words.emptyInputs, inner: true, of: (data) => part(data.emptyInputs, data.instances) },
  { label: words.instructionWords, of: (data) => mean(data.instructionWords) },
  { label: words.inputWords, of: (data) => mean(data.inputWords) },
  { label: words.outputWords, of: (data) => mean(data.outputWords) },
  {
    label: words.perInstruction,
    of: ({ instances, instructions }) => mean(instructions > 0 ? instances / instructions : null, 2),
  },
];
