import fc from 'fast-check';
import { expect, it } from 'vitest';
import { framed, legendShapes, svgFile } from './drawing';

const COLOURS = new Map([['ink', '#111']]);
const file = (text: string): string =>
  svgFile(
    framed('Title', text, {
      width: 300,
      height: 100,
      shapes: [
        { kind: 'text', text, x: 1, y: 2, size: 12, fill: 'ink', rotate: 30 },
        { kind: 'rect', x: 0, y: 0, width: 5, height: 5, fill: 'dropped', hatch: true },
        { kind: 'path', d: 'M0 0H10', stroke: 'ink', dashed: true },
        ...legendShapes([{ label: text, fill: 'machine' }], 50),
      ],
    }),
    COLOURS,
  );

it('writes any text as text: no markup, nothing that XML forbids', () => {
  const clean = file('plain').match(/<\/?[a-z]+/gu);
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
      const one = file(text.replaceAll(' ', ''));
      expect(one.match(/<\/?[a-z]+/gu)).toEqual(clean);
      expect(one.replace(/&(amp|lt|gt|quot);/gu, '')).not.toMatch(/&/u);
      // eslint-disable-next-line no-control-regex -- exactly those are meant
      expect(one).not.toMatch(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/u);
      expect(one.isWellFormed()).toBe(true);
    }),
  );
});

it('breaks a long note into lines and grows with it', () => {
  const height = (text: string): number => framed('T', text, { width: 300, height: 100, shapes: [] }).height;
  expect(height('word '.repeat(60).trim())).toBeGreaterThan(height('word') + 60);
});
