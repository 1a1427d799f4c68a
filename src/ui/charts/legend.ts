/** What the looks of marks mean: entries above a chart, in as many lines as its width needs. */
import { axisText, type Drawing, type Mark, type RectMark, type Role, SMALL } from './drawing';
import { fitted, textWidth } from './text-width';

export interface LegendEntry {
  readonly label: string;
  /** Drawn in a box of 18 by 12. */
  readonly swatch: readonly Mark[];
}
const BOX = 18;
const LINE = 20;
/** Between two entries. */
const APART = 16;

export const squareSwatch = (fill: Role, look: Pick<RectMark, 'pattern' | 'edge'> = {}): Mark[] => [
  { kind: 'rect', x: 0, y: 0, width: 12, height: 12, fill, ...look },
];
export const lineSwatch = (stroke: Role, strokeWidth: number, opacity = 1): Mark[] => [
  { kind: 'line', from: [0, 6], to: [BOX, 6], stroke, strokeWidth, opacity },
];

/** Puts a legend above a chart that was drawn from (0, 0). */
export function withLegend(entries: readonly LegendEntry[], chart: Drawing): Drawing {
  if (entries.length === 0) return chart;
  let x = 0;
  let y = 0;
  const marks = entries.map(({ label, swatch }): Mark => {
    const text = fitted(label, chart.width - BOX - 6, SMALL);
    const width = BOX + 6 + textWidth(text, SMALL);
    if (x > 0 && x + width > chart.width) {
      x = 0;
      y += LINE;
    }
    const at = x;
    x += width + APART;
    return { kind: 'group', x: at, y, marks: [...swatch, axisText(text, BOX + 6, 10, 'start', 'ink-2')] };
  });
  const top = y + LINE + 4;
  return {
    width: chart.width,
    height: top + chart.height,
    marks: [...marks, { kind: 'group', x: 0, y: top, marks: chart.marks }],
    spoken: [...entries.map(({ label }) => label), ...chart.spoken],
  };
}
