/**
 * Numbers as ggml stores them, widened to floats. A block is 32 neighbours of a row with a scale in half precision,
 * and in Q4_1 a least value; the lower four bits are the first 16 numbers, the upper ones the last 16.
 */

/** A half as a float; subnormal halves too, infinity and what is no number do not occur (they are refused before). */
function half(at: usize): f32 {
  const bits = <u32>load<u16>(at);
  // Moved into the exponent's place of a float, then scaled by 2^112.
  const size = reinterpret<f32>((bits & 0x7fff) << 13) * reinterpret<f32>(0x77800000);
  return reinterpret<f32>(reinterpret<u32>(size) | ((bits & 0x8000) << 16));
}

/** 16 bytes as floats, signed or not. */
function put16(bytes: v128, scale: v128, least: v128, y: usize): void {
  const low = i16x8.extend_low_i8x16_s(bytes);
  const high = i16x8.extend_high_i8x16_s(bytes);
  v128.store(y, number(i32x4.extend_low_i16x8_s(low), scale, least));
  v128.store(y, number(i32x4.extend_high_i16x8_s(low), scale, least), 16);
  v128.store(y, number(i32x4.extend_low_i16x8_s(high), scale, least), 32);
  v128.store(y, number(i32x4.extend_high_i16x8_s(high), scale, least), 48);
}
function number(whole: v128, scale: v128, least: v128): v128 {
  return f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(whole), scale), least);
}

/** 32 signed bytes, each times the scale. */
export function widenQ8(x: usize, y: usize, blocks: i32): void {
  const none = f32x4.splat(0);
  for (let i = 0; i < blocks; i++) {
    const scale = f32x4.splat(half(x));
    put16(v128.load(x, 2), scale, none, y);
    put16(v128.load(x, 18), scale, none, y + 64);
    x += 34;
    y += 128;
  }
}

/** 4 bits, less 8, times the scale. */
export function widenQ4(x: usize, y: usize, blocks: i32): void {
  const none = f32x4.splat(0);
  for (let i = 0; i < blocks; i++) {
    const scale = f32x4.splat(half(x));
    const bytes = v128.load(x, 2);
    put16(i8x16.sub(v128.and(bytes, i8x16.splat(15)), i8x16.splat(8)), scale, none, y);
    put16(i8x16.sub(i8x16.shr_u(bytes, 4), i8x16.splat(8)), scale, none, y + 64);
    x += 18;
    y += 128;
  }
}

/** 4 bits times the scale, plus the least value. */
export function widenQ41(x: usize, y: usize, blocks: i32): void {
  for (let i = 0; i < blocks; i++) {
    const scale = f32x4.splat(half(x));
    const least = f32x4.splat(half(x + 2));
    const bytes = v128.load(x, 4);
    put16(v128.and(bytes, i8x16.splat(15)), scale, least, y);
    put16(i8x16.shr_u(bytes, 4), scale, least, y + 64);
    x += 20;
    y += 128;
  }
}

/** Halves. */
export function widenHalf(x: usize, y: usize, count: i32): void {
  for (let i = 0; i < count; i++) store<f32>(y + ((<usize>i) << 2), half(x + ((<usize>i) << 1)));
}
