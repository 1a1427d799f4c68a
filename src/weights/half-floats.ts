/**
 * Converts 16-bit floats of weight files to and from 32 bits: IEEE half precision (F16) and bfloat16 (BF16). Rounds to the
 * nearest, ties to even, including subnormal numbers; NaN stays NaN, and numbers that are too large become infinite, as in
 * other converters. Own code, because not all supported browsers have Float16Array.
 */

const F32_INFINITY = 0x7f800000;

/** Bits of the half nearest to the number whose 32-bit pattern is `bits`. */
function halfBits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const size = bits & 0x7fffffff;
  if (size >= 0x47800000) {
    // 65,536 and above, infinity, no number.
    return sign | (size > F32_INFINITY ? 0x7e00 : 0x7c00);
  }
  if (size >= 0x38800000) {
    // A normal half: the exponent is moved from 127 to 15, thirteen bits are rounded off; a carry may end at infinity.
    return sign | ((size - 0x38000000 + 0xfff + ((size >>> 13) & 1)) >>> 13);
  }
  if (size < 0x33000000) return sign; // below half of the smallest
  const shift = 126 - (size >>> 23);
  const fraction = (size & 0x7fffff) | 0x800000;
  const kept = fraction >>> shift;
  const rest = fraction & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return sign | (kept + (rest > half || (rest === half && (kept & 1) === 1) ? 1 : 0));
}

/** All 65,536 halves as floats; made when first needed. */
let halves: Float32Array<ArrayBuffer> | null = null;
function allHalves(): Float32Array<ArrayBuffer> {
  if (halves) return halves;
  halves = new Float32Array(65536);
  for (let bits = 0; bits < 65536; bits++) {
    const exponent = (bits >>> 10) & 31;
    const fraction = bits & 1023;
    const size =
      exponent === 0
        ? fraction * 2 ** -24
        : exponent === 31
          ? fraction === 0
            ? Infinity
            : NaN
          : (1024 + fraction) * 2 ** (exponent - 25);
    halves[bits] = bits & 0x8000 ? -size : size;
  }
  return halves;
}

const bitsOf = (values: Float32Array<ArrayBuffer>): Uint32Array =>
  new Uint32Array(values.buffer, values.byteOffset, values.length);

/** Bits of the nearest halves, ties to even; infinity where one is too large. */
export function toHalf(values: Float32Array<ArrayBuffer>): Uint16Array<ArrayBuffer> {
  const bits = bitsOf(values);
  const out = new Uint16Array(values.length);
  for (const [i, one] of bits.entries()) out[i] = halfBits(one);
  return out;
}

/** Writes into `out` from `at`. */
export function fromHalf(halfs: Uint16Array, out: Float32Array, at = 0): void {
  const table = allHalves();
  for (let i = 0; i < halfs.length; i++) out[at + i] = table[halfs[i] as number] as number;
}

/** Bits of the nearest bfloat16 numbers, ties to even. */
export function toBfloat(values: Float32Array<ArrayBuffer>): Uint16Array<ArrayBuffer> {
  const bits = bitsOf(values);
  const out = new Uint16Array(values.length);
  for (const [i, one] of bits.entries()) {
    const none = (one & 0x7fffffff) > F32_INFINITY;
    out[i] = none ? (one >>> 16) | 0x40 : (one + 0x7fff + ((one >>> 16) & 1)) >>> 16;
  }
  return out;
}

/** Writes into `out` from `at`. */
export function fromBfloat(bfloats: Uint16Array, out: Float32Array<ArrayBuffer>, at = 0): void {
  const bits = bitsOf(out);
  for (let i = 0; i < bfloats.length; i++) bits[at + i] = (bfloats[i] as number) << 16;
}

/** The nearest float to `value` that F16 can represent. */
export function roundToHalf(value: number): number {
  single[0] = value;
  return allHalves()[halfBits(singleBits[0] as number)] as number;
}
const single = new Float32Array(1);
const singleBits = new Uint32Array(single.buffer);
