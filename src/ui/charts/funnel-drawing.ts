/** What each rule takes (hatched) from what the rules before it left, and what goes on (solid). */
import type { FunnelData } from './chart-data';
import { BODY, type Drawing, type Mark, rowText } from './drawing';
import { squareSwatch, withLegend } from './legend';
import { fitted } from './text-width';

const ROW = 26;
const BAR = 14;

export function funnelDrawing({ rows, whole }: FunnelData, width: number): Drawing {
  const narrow = width < 400;
  const left = narrow ? 112 : 140;
  const right = width - (narrow ? 80 : 96);
  const scale = (right - left) / Math.max(1, whole);
  const marks = rows.flatMap(({ label, passed, dropped, text }, i): Mark[] => {
    const bar = { kind: 'rect', y: i * ROW + (ROW - BAR) / 2, height: BAR } as const;
    const base = i * ROW + ROW / 2 + 4.5;
    const title = `${label}: ${text}`;
    return [
      rowText(fitted(label, left - 8, BODY), 0, base),
      { ...bar, x: left, width: right - left, fill: 'control', opacity: 0.14, title },
      { ...bar, x: left, width: passed * scale, fill: 'machine', title, value: passed },
      {
        ...bar,
        x: left + passed * scale,
        width: dropped * scale,
        fill: 'dropped',
        pattern: 'hatch',
        title,
        value: dropped,
      },
      rowText(text, width, base, 'end'),
    ];
  });
  return withLegend(
    [
      { label: 'goes on', swatch: squareSwatch('machine') },
      { label: 'dropped here', swatch: squareSwatch('dropped', { pattern: 'hatch' }) },
    ],
    { width, height: rows.length * ROW, marks, spoken: [] },
  );
}
