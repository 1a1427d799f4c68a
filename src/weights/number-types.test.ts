import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { narrowToQ8, storedBytes, typeOfNumber, widen } from './number-types';

const block = (...parts: readonly number[]): Uint8Array<ArrayBuffer> => Uint8Array.from(parts);
/** 1.5 and -0.25 as halves. */
const SCALE = [0x00, 0x3e];
const LEAST = [0x00, 0xb4];
const QUARTERS = Array.from({ length: 16 }, (_, i) => i | ((15 - i) << 4));

describe('numbers as ggml stores them', () => {
  it.each([
    ['Q4_0', block(...SCALE, ...QUARTERS), (q: number) => 1.5 * (q - 8)],
    ['Q4_1', block(...SCALE, ...LEAST, ...QUARTERS), (q: number) => 1.5 * q - 0.25],
    // The fifth bits: of the even places.
    ['Q5_0', block(...SCALE, 0x55, 0x55, 0x55, 0x55, ...QUARTERS), null],
    ['Q5_1', block(...SCALE, ...LEAST, 0x55, 0x55, 0x55, 0x55, ...QUARTERS), null],
  ] as const)('%s', (type, bytes, of) => {
    const values = widen(type, bytes);
    expect(storedBytes(type, 32)).toBe(bytes.length);
    for (const [i, value] of values.entries()) {
      const quarter = i < 16 ? i : 15 - (i - 16);
      const fifth = quarter + (i % 2 === 0 ? 16 : 0);
      const wanted = of ? of(quarter) : type === 'Q5_0' ? 1.5 * (fifth - 16) : 1.5 * fifth - 0.25;
      expect(value).toBe(wanted);
    }
  });

  it('Q8_0 is within half a step of the largest size over 127, and zeros stay zeros', () => {
    const numbers = fc.array(fc.float({ noNaN: true, min: -100, max: 100 }), {
      minLength: 32,
      maxLength: 32,
    });
    fc.assert(
      fc.property(numbers, (given) => {
        const values = Float32Array.from(given);
        const read = widen('Q8_0', narrowToQ8(values, 'x'));
        const largest = Math.max(...values.map(Math.abs));
        for (const [i, value] of values.entries()) {
          // The scale is rounded to a half: 127 steps of it may be off by 2^-11, or by the smallest half.
          const room = largest * (0.5 / 127 + 2 ** -10) + 127 * 2 ** -25;
          expect(Math.abs((read[i] as number) - value)).toBeLessThanOrEqual(room);
        }
      }),
    );
    expect(widen('Q8_0', narrowToQ8(new Float32Array(32), 'x'))).toEqual(new Float32Array(32));
  });

  it('refuses what is not a number, and has no name for foreign types', () => {
    expect(() => narrowToQ8(new Float32Array(32).fill(NaN), 'x')).toThrow();
    expect(() => narrowToQ8(new Float32Array(32).fill(1e9), 'x')).toThrow();
    expect(typeOfNumber(8)).toBe('Q8_0');
    expect(typeOfNumber(12)).toBeNull();
  });
});
