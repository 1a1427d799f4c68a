/** Scores, intervals and probabilities in words and numbers for people. */
import type { EvaluatedModel } from '../../core/evaluation/evaluation';
import type { Measure, PartKind } from '../../core/evaluation/figures';
import type { Interval } from '../../core/evaluation/resampling';
import type { ModelInfo } from '../../core/models/stored-model';
import { decimal } from '../../ui/format';

export const MEASURE_NAME: Readonly<Record<Measure, string>> = {
  'rouge-l': 'ROUGE-L',
  exact: 'Exact match',
};
export const PART_TITLES: Readonly<Record<PartKind, string>> = {
  app: 'App',
  type: 'Type of task',
  reference: 'Length of the reference',
  input: 'Length of the input',
};
export const ORIGIN_WORDS: Readonly<Record<EvaluatedModel['origin'] | ModelInfo['origin'], string>> = {
  'built-in': 'comes with the app',
  download: 'downloaded',
  file: 'from a file',
  finetuned: 'finetuned here',
  server: 'on a server',
  predictions: 'answers from a file',
};

/** `16.4 to 19.5`. */
export const range = ({ low, high }: Pick<Interval, 'low' | 'high'>): string =>
  `${decimal(low)} to ${decimal(high)}`;
/** `+8.1`, `−0.4`: a true minus, as wide as the plus. */
export const signed = (value: number): string =>
  value < 0 ? `−${decimal(-value)}` : `${value > 0 ? '+' : ''}${decimal(value)}`;
export const signedRange = ({ low, high }: Pick<Interval, 'low' | 'high'>): string =>
  `${signed(low)} to ${signed(high)}`;
export const probability = (p: number): string => (p < 0.001 ? '< 0.001' : p.toFixed(3));

/** What an interval of a difference says. */
export function verdict({ low, high }: Pick<Interval, 'low' | 'high'>): 'better' | 'worse' | 'open' {
  if (low > 0) return 'better';
  return high < 0 ? 'worse' : 'open';
}
