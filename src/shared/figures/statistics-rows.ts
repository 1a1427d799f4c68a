/** The rows of the paper's table of data statistics, for one data set or several beside each other. */
import type { DataStatistics } from '../../core/dataset/statistics';
import { count, decimal, percent } from '../../ui/format';

export interface StatisticsRow {
  readonly label: string;
  /** Part of the row above. */
  readonly inner?: boolean;
  /** @param typed whether it is known which tasks are classification tasks */
  readonly of: (data: DataStatistics, typed: boolean) => readonly [number: string, share?: string];
}

const mean = (value: number | null, digits = 1): readonly [string] => [
  value === null ? '–' : decimal(value, digits),
];
const part = (value: number, all: number): readonly [string, string] => [count(value), percent(value, all)];
const UNKNOWN = ['not known'] as const;

export const STATISTICS_ROWS: readonly StatisticsRow[] = [
  { label: 'Instructions with instances', of: (data) => [count(data.instructions)] },
  {
    label: 'of them classification',
    inner: true,
    of: (data, typed) => (typed ? part(data.classification, data.instructions) : UNKNOWN),
  },
  {
    label: 'of them not',
    inner: true,
    of: (data, typed) => (typed ? part(data.instructions - data.classification, data.instructions) : UNKNOWN),
  },
  { label: 'Instances', of: (data) => [count(data.instances)] },
  { label: 'with empty input', inner: true, of: (data) => part(data.emptyInputs, data.instances) },
  { label: 'Mean words, instruction', of: (data) => mean(data.instructionWords) },
  { label: 'Mean words, non-empty input', of: (data) => mean(data.inputWords) },
  { label: 'Mean words, output', of: (data) => mean(data.outputWords) },
  {
    label: 'Instances per instruction',
    of: ({ instances, instructions }) => mean(instructions > 0 ? instances / instructions : null, 2),
  },
];
