/** What each rule rejects (hatched) of what the rules before it passed, and what it passes (solid). */
import type { FunnelData } from './chart-data';
import { BODY, type Drawing, type Mark, rowText } from './drawing';
import { squareSwatch, withLegend } from './legend';
import { rowLayout, rowName } from './rows';
import { textWidth } from './text-width';

const ROW = 26;
const BAR = 14;

export function funnelDrawing({ rows, whole, legend }: FunnelData, width: number): Drawing {
  const layout = rowLayout(width, 144, 360);
  const { narrow, left, above } = layout;
  const right = width - (narrow ? 0 : 96);
  const step = above + (narrow ? 20 : ROW);
  const scale = (right - left) / Math.max(1, whole);
  const marks = rows.flatMap(({ label, passed, rejected, text }, i): Mark[] => {
    const y = i * step;
    const bar = { kind: 'rect', y: y + above + (narrow ? 0 : (ROW - BAR) / 2), height: BAR } as const;
    const title = `${label}: ${text}`;
    return [
      rowName(label, layout, width, y, ROW, { taken: textWidth(text, BODY) + 12 }),
      { ...bar, x: left, width: right - left, fill: 'control', opacity: 0.14, title },
      { ...bar, x: left, width: passed * scale, fill: 'machine', title, value: passed },
      {
        ...bar,
        x: left + passed * scale,
        width: rejected * scale,
        fill: 'dropped',
        pattern: 'hatch',
        title,
        value: rejected,
      },
      rowText(text, width, layout.baseline(y, ROW), 'end'),
    ];
  });
  return withLegend(
    [
      { label: legend.passed, swatch: squareSwatch('machine') },
      { label: legend.rejected, swatch: squareSwatch('dropped', { pattern: 'hatch' }) },
    ],
    { width, height: rows.length * step, marks, spoken: [] },
  );
}
