import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quantise } from './group-quantiser';
import { roundToHalf } from './half-floats';

const TYPES = ['F16', 'F32'] as const;
/** What web-llm makes of it again, with the group's scale. */
function read(words: Uint32Array, scales: Float32Array, row: number, column: number, columns: number) {
  const groups = Math.ceil(columns / 32);
  const word = words[row * groups * 4 + (column >> 3)]!;
  const scale = scales[row * groups + (column >> 5)]!;
  return { steps: ((word >>> ((column & 7) * 4)) & 15) - 7, scale };
}
const matrix = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 100 }))
  .chain(([rows, columns]) =>
    fc.record({
      columns: fc.constant(columns),
      weights: fc.float32Array({
        minLength: rows * columns,
        maxLength: rows * columns,
        min: -1000,
        max: 1000,
        noNaN: true,
      }),
    }),
  );

describe.each(TYPES)('groups with scales in %s', (type) => {
  it('come back within half a step', () => {
    fc.assert(
      fc.property(matrix, ({ weights, columns }) => {
        const values = Float32Array.from(weights);
        const { words, scales } = quantise(values, columns, type, 'w');
        const groups = Math.ceil(columns / 32);
        expect(scales).toHaveLength((values.length / columns) * groups);
        expect(words).toHaveLength(scales.length * 4);
        for (const [i, value] of values.entries()) {
          const { steps, scale } = read(words, scales, Math.floor(i / columns), i % columns, columns);
          expect(Math.abs(steps)).toBeLessThanOrEqual(7);
          // A subnormal scale is off by half of the smallest number at most, which counts seven times.
          const slack = type === 'F16' ? 7 * 2 ** -25 : 7 * 2 ** -150;
          expect(Math.abs(value - steps * scale)).toBeLessThanOrEqual(scale / 2 + slack);
        }
      }),
    );
  });

  it('reach the largest member in seven steps, and store scales that the file can hold', () => {
    const values = Float32Array.from({ length: 96 }, (_, i) => Math.sin(i * 12.9898) * 0.05);
    const { words, scales } = quantise(values, 96, type, 'w');
    for (let group = 0; group < 3; group++) {
      const members = [...values.subarray(group * 32, group * 32 + 32)];
      const largest = Math.max(...members.map(Math.abs));
      const at = group * 32 + members.findIndex((value) => Math.abs(value) === largest);
      expect(Math.abs(read(words, scales, 0, at, 96).steps)).toBe(7);
      const exact = largest / 7;
      expect(scales[group]).toBe(type === 'F16' ? roundToHalf(exact) : Math.fround(exact));
    }
  });

  it('of zeros are zero; places behind a short row are empty', () => {
    const { words, scales } = quantise(new Float32Array(36), 36, type, 'w');
    expect([...scales]).toEqual([0, 0]);
    expect([...words]).toEqual([...new Array<number>(4).fill(0x77777777), 0x00007777, 0, 0, 0]);
  });

  it('that hold no numbers are refused', () => {
    for (const value of [NaN, Infinity, -Infinity]) {
      const values = new Float32Array(64).fill(1);
      values[40] = value;
      expect(() => quantise(values, 64, type, 'w')).toThrow();
      expect(() => quantise(values.reverse(), 64, type, 'w')).toThrow();
    }
  });
});

it('the lowest bits hold the first of eight', () => {
  const values = Float32Array.from({ length: 32 }, (_, i) => (i % 15) - 7);
  const { words, scales } = quantise(values, 32, 'F32', 'w');
  expect(scales[0]).toBe(1);
  expect(words[0]).toBe(0x76543210);
  expect(words[1]).toBe(0x0edcba98);
});

it('a scale beyond the largest half is refused, and fits as F32', () => {
  const values = new Float32Array(32).fill(1e6);
  expect(() => quantise(values, 32, 'F16', 'w')).toThrow();
  expect(quantise(values, 32, 'F32', 'w').scales[0]).toBeCloseTo(1e6 / 7, 0);
});
