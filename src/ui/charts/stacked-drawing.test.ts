import { expect, it } from 'vitest';
import { stackedDrawing } from './stacked-drawing';

it('draws each row as one whole, in the order of its classes, with its counts beside it', () => {
  const { shapes } = stackedDrawing({
    classes: ['A', 'B', 'C', 'D'],
    rows: [
      { kind: 'heading', label: 'Ours' },
      { kind: 'ours', label: '<b>model</b>', counts: [1, 0, 3, 0] },
      { kind: 'paper', label: 'none', counts: [0, 0, 0, 0] },
    ],
  });
  const bars = shapes.flatMap((shape) =>
    shape.kind === 'rect' && shape.fill.startsWith('grade-') && shape.height === 20 ? [shape] : [],
  );
  const widths = bars.map(({ width }) => width);
  expect(widths).toEqual([100, 0, 300, 0, 0, 0, 0, 0]);
  expect(bars[2]?.x).toBe((bars[0]?.x ?? 0) + 100);
  expect(shapes).toContainEqual(expect.objectContaining({ kind: 'text', text: 'A 1  B 0  C 3  D 0' }));
});
