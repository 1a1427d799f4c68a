/** Words and numbers of finetuning, for people. */
import type { LoraTarget, TrainingConfig, TrainingData, TrainingMethod } from '../../core/training/training';
import { count, percent } from '../../ui/format';

export const TARGETS: readonly { readonly id: LoraTarget; readonly title: string }[] = [
  { id: 'q_proj', title: 'queries' },
  { id: 'k_proj', title: 'keys' },
  { id: 'v_proj', title: 'values' },
  { id: 'o_proj', title: 'attention output' },
  { id: 'gate_proj', title: 'gate' },
  { id: 'up_proj', title: 'up' },
  { id: 'down_proj', title: 'down' },
];

export function methodWords(method: TrainingMethod): string {
  if (method.kind === 'full') return 'all weights';
  const { rank, targets } = method;
  const where =
    targets.length === TARGETS.length
      ? 'all matrices'
      : TARGETS.filter(({ id }) => targets.includes(id))
          .map(({ title }) => title)
          .join(', ');
  return `LoRA, rank ${rank}, ${where}`;
}
/** `3.1 million numbers`. */
export const sizeWords = (parameters: number): string =>
  parameters < 1_000_000
    ? `${count(parameters)} numbers`
    : `${parameters < 100_000_000 ? (parameters / 1e6).toFixed(1) : count(parameters / 1e6)} million numbers`;

/** `0.0005`, `0.00002`: never an exponent. */
const rateWords = (value: number): string => value.toFixed(10).replace(/0+$/u, '').replace(/\.$/u, '');

export const scheduleWords = ({ learningRate, warmupShare }: TrainingConfig): string =>
  `${rateWords(learningRate)}, cosine, ${percent(warmupShare, 1)} warm-up`;

export function dataWords(
  data: TrainingData,
  counts: { readonly training: number; readonly validation: number },
): string {
  const limit = data.limit === null ? '' : `, at most ${count(data.limit)}`;
  const held = counts.validation > 0 ? `, ${count(counts.validation)} held out by instruction` : '';
  return `${data.name}: ${count(counts.training)} examples${limit}${held}`;
}
