/** The histogram of scores as a table, and as shapes for its file: the same ranges and the same counts. */
import { BINS, type ScoreBin } from '../../core/decisions/preview';
import type { ChartTable } from '../../ui/charts/chart-data';
import { axisText, type Drawing, legendShapes, type Role, type Shape } from '../../ui/charts/drawing';
import { count, decimal } from '../../ui/format';

export const KINDS = ['kept', 'newlyKept', 'newlyRejected', 'rejected'] as const;
type Kind = (typeof KINDS)[number];
export const KIND_WORDS: Readonly<Record<Kind, string>> = {
  kept: 'Kept',
  newlyKept: 'Newly kept',
  newlyRejected: 'Newly rejected',
  rejected: 'Rejected',
};

export const rangeWords = (bin: number): string =>
  `${(bin / BINS).toFixed(2)} to ${((bin + 1) / BINS).toFixed(2)}`;

/** Empty ranges are left out. */
export const scoreTable = (bins: readonly Readonly<ScoreBin>[]): ChartTable => ({
  columns: ['Highest ROUGE-L', ...KINDS.map((kind) => KIND_WORDS[kind])],
  rows: bins
    .map((bin, i) => ({ bin, range: rangeWords(i) }))
    .filter(({ bin }) => KINDS.some((kind) => bin[kind] > 0))
    .map(({ bin, range }) => [range, ...KINDS.map((kind) => count(bin[kind]))]),
});

const WIDTH = 640;
const HEIGHT = 240;
const LEFT = 48;
const TOP = 40;
const LOOKS: Readonly<Record<Kind, { readonly fill: Role; readonly hatch: boolean }>> = {
  kept: { fill: 'machine', hatch: false },
  newlyKept: { fill: 'machine', hatch: true },
  newlyRejected: { fill: 'dropped', hatch: false },
  rejected: { fill: 'dropped', hatch: true },
};

/** @param moved the threshold of the preview; null at the run's own */
export function scoreDrawing(
  bins: readonly Readonly<ScoreBin>[],
  stored: number,
  moved: number | null,
): Drawing {
  const sizeOf = (bin: Readonly<ScoreBin>): number => KINDS.reduce((sum, kind) => sum + bin[kind], 0);
  const most = Math.max(1, ...bins.map(sizeOf));
  const plot = WIDTH - LEFT;
  const step = plot / Math.max(1, bins.length);
  const bottom = TOP + HEIGHT;
  const x = (score: number): number => LEFT + score * plot;
  const bars = bins.flatMap((bin, i): Shape[] => {
    let y = bottom;
    return KINDS.filter((kind) => bin[kind] > 0).map((kind): Shape => {
      const height = (HEIGHT * bin[kind]) / most;
      y -= height;
      return { kind: 'rect', x: LEFT + i * step + 0.5, y, width: step - 1, height, ...LOOKS[kind] };
    });
  });
  const line = (score: number, label: string, row: number, stroke: Role): Shape[] => [
    { kind: 'path', d: `M${x(score)} ${16 * row + 4}V${bottom}`, stroke, width: 2, dashed: row === 0 },
    axisText(label, x(score) + (score > 0.7 ? -6 : 6), 16 * row + 12, score > 0.7 ? 'end' : 'start', 'ink'),
  ];
  const shapes: Shape[] = [
    ...bars,
    { kind: 'path', d: `M${LEFT} ${bottom}H${WIDTH}`, stroke: 'control' },
    axisText('0', LEFT - 8, bottom, 'end'),
    axisText(count(most), LEFT - 8, TOP + 10, 'end'),
    ...[0, 0.2, 0.4, 0.6, 0.8, 1].map((at) => axisText(decimal(at), x(at), bottom + 18, 'middle')),
    axisText('highest ROUGE-L to the task pool', LEFT + plot / 2, bottom + 38, 'middle'),
    ...line(stored, `${decimal(stored, 2)}, this run`, 0, 'paper'),
    ...(moved === null ? [] : line(moved, `${decimal(moved, 2)}, preview`, 1, 'ink')),
    ...legendShapes(
      KINDS.map((kind) => ({ label: KIND_WORDS[kind], ...LOOKS[kind] })),
      bottom + 52,
    ),
  ];
  return { width: WIDTH, height: bottom + 68, shapes };
}
