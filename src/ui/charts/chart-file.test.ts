import fc from 'fast-check';
import { expect, it } from 'vitest';
import { framed, svgFile } from './chart-file';
import type { Drawing } from './drawing';
import { squareSwatch, withLegend } from './legend';

const plain = { width: 300, height: 100, marks: [], spoken: [] };
const chartOf = (text: string): Drawing =>
  withLegend([{ label: text, swatch: squareSwatch('machine') }], {
    ...plain,
    marks: [
      { kind: 'text', text, x: 1, y: 20, size: 12, fill: 'ink', rotate: 30, title: text },
      { kind: 'rect', x: 0, y: 0, width: 5, height: 5, fill: 'dropped', pattern: 'hatch', title: text },
      { kind: 'path', d: 'M0 0H10', stroke: 'ink', dashed: true },
    ],
  });
const file = (text: string): string => svgFile(framed('Title', 'note', chartOf(text)), (role) => `<${role}>`);

it('writes any text as text: no markup, nothing that XML forbids', () => {
  const clean = file('plain').match(/<\/?[a-z]+/gu);
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (text) => {
      const one = file(text);
      expect(one.match(/<\/?[a-z]+/gu)).toEqual(clean);
      expect(one.replace(/&(amp|lt|gt|quot);/gu, '')).not.toMatch(/&/u);
      // eslint-disable-next-line no-control-regex -- exactly those are meant
      expect(one).not.toMatch(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/u);
      expect(one.isWellFormed()).toBe(true);
    }),
  );
});

it('breaks a long title and a long note into lines and grows with them', () => {
  const height = (title: string, note: string): number => framed(title, note, plain).height;
  const long = 'word '.repeat(60).trim();
  expect(height('T', long)).toBeGreaterThan(height('T', 'word') + 60);
  expect(height(long, 'word')).toBeGreaterThan(height('T', 'word') + 60);
});
