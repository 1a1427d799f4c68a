/** Four classes as parts of a whole, a bar for each row; letter and number stand in parts that have room for them. */
import { count } from '../format';
import type { StackedData } from './chart-data';
import { type Drawing, type Mark, type Role, rowText, SMALL } from './drawing';
import { squareSwatch, withLegend } from './legend';
import { HEADING, longNames, rowHeading, rowName } from './rows';
import { textWidth } from './text-width';

const LOOKS: readonly { readonly fill: Role; readonly on: Role }[] = [
  { fill: 'grade-a', on: 'on-grade-dark' },
  { fill: 'grade-b', on: 'on-grade-light' },
  { fill: 'grade-c', on: 'on-grade-light' },
  { fill: 'grade-d', on: 'on-grade-dark' },
];
const OTHER = { fill: 'sunken', on: 'ink' } as const;
const BAR = { ours: 27, paper: 22 } as const;
const APART = 5;

export function stackedDrawing({ classes, rows }: StackedData, width: number): Drawing {
  const layout = longNames(width);
  const room = width - layout.left;
  let y = 0;
  const marks = rows.flatMap((row): Mark[] => {
    const top = y;
    if (row.kind === 'heading') {
      y += HEADING;
      return [rowHeading(row.label, width, top)];
    }
    const { kind, label, counts } = row;
    const height = BAR[kind];
    y += layout.above + height + APART;
    const whole = Math.max(
      1,
      counts.reduce((sum, part) => sum + part, 0),
    );
    let x = layout.left;
    return [
      rowName(label, layout, width, top, height, kind === 'ours' ? { weight: 'medium' } : { fill: 'ink-2' }),
      ...counts.flatMap((part, n): Mark[] => {
        if (part === 0) return [];
        const { fill, on } = LOOKS[n] ?? OTHER;
        const { label: letter = '' } = classes[n] ?? {};
        const size = (room * part) / whole;
        const bar = { x, y: top + layout.above, width: size, height };
        x += size;
        const edge = Math.min(1, size / 2);
        const text = [`${letter} ${count(part)}`, letter].find((one) => textWidth(one, SMALL) + 6 <= size);
        return [
          { kind: 'rect', ...bar, fill, title: `${label}: ${letter} ${count(part)}`, value: part },
          // Takes no width of the parts.
          { kind: 'rect', x: x - edge, y: bar.y, width: edge, height, fill: 'surface' },
          ...(text === undefined
            ? []
            : [
                {
                  ...rowText(text, bar.x + size / 2, bar.y + height / 2 + 4.5, 'middle', on),
                  size: SMALL,
                } as const,
              ]),
        ];
      }),
    ];
  });
  return withLegend(
    classes.map(({ legend }, n) => ({
      label: legend,
      swatch: squareSwatch((LOOKS[n] ?? OTHER).fill),
    })),
    { width, height: y, marks, spoken: [] },
  );
}
