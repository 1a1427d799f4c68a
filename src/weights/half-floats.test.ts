import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromBfloat, fromHalf, roundToHalf, toBfloat, toHalf } from './half-floats';

const every16 = Uint16Array.from({ length: 65536 }, (_, i) => i);
const float = fc.float({ noNaN: true });

/** The value of 16 bits, from the definition of such formats. */
function value(bits: number, exponentBits: number): number {
  const fractionBits = 15 - exponentBits;
  const bias = 2 ** (exponentBits - 1) - 1;
  const exponent = (bits >>> fractionBits) & (2 ** exponentBits - 1);
  const fraction = (bits & (2 ** fractionBits - 1)) / 2 ** fractionBits;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 2 ** exponentBits - 1) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction * 2 ** (1 - bias) : (1 + fraction) * 2 ** (exponent - bias));
}

/** Nearest of all values by looking for it, ties to even bits: slow and plainly right. Doubles hold every sum exactly. */
function nearest(x: number, exponentBits: number): number {
  const sign = Object.is(Math.sign(x), -0) || x < 0 ? 0x8000 : 0;
  const size = Math.abs(x);
  const infinity = 2 ** 15 - 2 ** (15 - exponentBits);
  let low = 0;
  let high = infinity;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (value(middle, exponentBits) <= size) low = middle;
    else high = middle;
  }
  if (size === Infinity) return sign | infinity;
  // Infinity counts as the number that would come next.
  const next =
    high === infinity
      ? 2 * value(infinity - 1, exponentBits) - value(infinity - 2, exponentBits)
      : value(high, exponentBits);
  const below = size - value(low, exponentBits);
  const above = next - size;
  return sign | (below < above || (below === above && low % 2 === 0) ? low : high);
}

describe.each([
  { name: 'F16', exponentBits: 5, to: toHalf, from: fromHalf },
  { name: 'BF16', exponentBits: 8, to: toBfloat, from: fromBfloat },
])('$name', ({ exponentBits, to, from }) => {
  const wide = new Float32Array(65536);
  from(every16, wide);

  it('widens every pattern exactly, and narrows it back', () => {
    const back = to(wide);
    const wrong = every16.filter((bits) => {
      const exact = value(bits, exponentBits);
      const kept = Number.isNaN(exact) ? Number.isNaN(value(back[bits]!, exponentBits)) : back[bits] === bits;
      return !Object.is(wide[bits], exact) || !kept;
    });
    expect([...wrong]).toEqual([]);
  });

  it('rounds to the nearest, ties to even', () => {
    const check = (x: number): void => {
      expect(to(Float32Array.of(x))[0]).toBe(nearest(x, exponentBits));
    };
    fc.assert(fc.property(float, check), { numRuns: 2000 });
    // Where halves are dense: around one and among the subnormals.
    fc.assert(fc.property(fc.float({ min: -8, max: 8, noNaN: true }), check), { numRuns: 2000 });
    fc.assert(
      fc.property(fc.float({ min: Math.fround(-1e-4), max: Math.fround(1e-4), noNaN: true }), check),
      {
        numRuns: 2000,
      },
    );
    // Midpoints of neighbours, and the floats beside them.
    const bits = new Uint32Array(1);
    const one = new Float32Array(bits.buffer);
    fc.assert(
      fc.property(fc.nat(0x7fff), fc.integer({ min: -1, max: 1 }), (lower, off) => {
        const middle = Math.fround((value(lower, exponentBits) + value(lower + 1, exponentBits)) / 2);
        if (!Number.isFinite(middle) || middle === 0) return;
        one[0] = middle;
        bits[0]! += off;
        check(one[0]);
        check(-one[0]);
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps zeros, infinities and no numbers', () => {
    const [zero, negative, none, large] = to(Float32Array.of(0, -0, NaN, -3.4e38));
    expect([zero, negative]).toEqual([0, 0x8000]);
    expect(value(none!, exponentBits)).toBeNaN();
    expect(value(large!, exponentBits)).toBe(nearestValue(-3.4e38, exponentBits));
  });
});
const nearestValue = (x: number, exponentBits: number): number =>
  value(nearest(Math.fround(x), exponentBits), exponentBits);

it('patterns of no number that lie in the lower bits only stay none', () => {
  const odd = new Float32Array(Uint32Array.of(0x7f800001, 0xff800001).buffer);
  for (const to of [toHalf, toBfloat]) {
    const exponentBits = to === toHalf ? 5 : 8;
    for (const bits of to(odd)) expect(value(bits, exponentBits)).toBeNaN();
  }
});

it('one number rounds as many do', () => {
  fc.assert(
    fc.property(float, (x) => {
      const wide = new Float32Array(1);
      fromHalf(toHalf(Float32Array.of(x)), wide);
      expect(roundToHalf(x)).toBe(wide[0]);
    }),
  );
});
