/**
 * Attention over keys and values of earlier tokens, which stand in pages of 64 tokens. A page holds, for each layer and
 * head of keys and values: 64 keys as 12-bit numbers in 16 bits with a scale each, then 64 values likewise in 16 bits.
 * Twelve bits, so that the product of a key and a query is an exact 32-bit sum for heads of up to 256 dimensions.
 */
import { exponential, largestOf, sumOf } from './vectors';

export const PAGE_TOKENS: u32 = 64;
const KEY_LIMIT: f32 = 2047;
const VALUE_LIMIT: f32 = 32767;

/** Bytes of one head in a page: keys, their scales, values, their scales. */
export function headBytes(headSize: u32): usize {
  return PAGE_TOKENS * (headSize * 4 + 8);
}

/** Numbers of at most `limit` in 16 bits. @returns the scale */
function reduce(x: usize, size: u32, limit: f32, out: usize): f32 {
  let largest = f32x4.splat(0);
  const end = x + size * 4;
  for (let at = x; at < end; at += 16) largest = f32x4.max(largest, f32x4.abs(v128.load(at)));
  const scale = largestOf(largest) / limit;
  const inverse = f32x4.splat(scale > 0 ? <f32>1 / scale : 0);
  for (let at = x; at < end; at += 32) {
    const low = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(at), inverse)));
    const high = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(at, 16), inverse)));
    v128.store(out, i16x8.narrow_i32x4_s(low, high));
    out += 16;
  }
  return scale;
}

/**
 * Turns each head by the angles of a position (rotary position embedding, halves of a head as in the Hugging Face layout).
 * @param angles [headSize / 2] pairs of cosine and sine
 */
export function rotate(x: usize, heads: u32, headSize: u32, angles: usize): void {
  const half: usize = headSize * 2;
  for (let head: u32 = 0; head < heads; head++) {
    let angle = angles;
    for (let end = x + half; x < end; x += 4) {
      const a = load<f32>(x);
      const b = load<f32>(x + half);
      const cosine = load<f32>(angle);
      const sine = load<f32>(angle, 4);
      store<f32>(x, a * cosine - b * sine);
      store<f32>(x + half, a * sine + b * cosine);
      angle += 8;
    }
    x += half;
  }
}

/** Angles of all positions. @param out [positions, headSize / 2] pairs of cosine and sine */
export function fillAngles(positions: u32, headSize: u32, base: f64, out: usize): void {
  for (let position: u32 = 0; position < positions; position++) {
    for (let i: u32 = 0; i < headSize; i += 2) {
      const angle = <f64>position * NativeMath.pow(base, -(<f64>i / <f64>headSize));
      store<f32>(out, <f32>NativeMath.cos(angle));
      store<f32>(out, <f32>NativeMath.sin(angle), 4);
      out += 8;
    }
  }
}

/**
 * Puts keys and values of a token in its page.
 * @param head the first head of this layer in the page @param k, v [kvHeads, headSize]
 */
export function remember(head: usize, place: u32, kvHeads: u32, headSize: u32, k: usize, v: usize): void {
  const numbers: usize = PAGE_TOKENS * headSize * 2;
  for (let one: u32 = 0; one < kvHeads; one++) {
    const keyScales = head + numbers;
    const values = keyScales + PAGE_TOKENS * 4;
    const valueScales = values + numbers;
    store<f32>(keyScales + place * 4, reduce(k, headSize, KEY_LIMIT, head + place * headSize * 2));
    store<f32>(valueScales + place * 4, reduce(v, headSize, VALUE_LIMIT, values + place * headSize * 2));
    k += headSize * 4;
    v += headSize * 4;
    head += headBytes(headSize);
  }
}

/** Dot products of a query with the keys of one page. @param factor of each */
function score(
  query: usize,
  keys: usize,
  scales: usize,
  count: u32,
  headSize: u32,
  factor: f32,
  out: usize,
): void {
  for (let token: u32 = 0; token < count; token++) {
    let even = i32x4.splat(0);
    let odd = even;
    for (let at: usize = 0; at < <usize>headSize * 2; at += 32) {
      even = i32x4.add(even, i32x4.dot_i16x8_s(v128.load(keys + at), v128.load(query + at)));
      odd = i32x4.add(odd, i32x4.dot_i16x8_s(v128.load(keys + at, 16), v128.load(query + at, 16)));
    }
    const both = i32x4.add(even, odd);
    const dot =
      i32x4.extract_lane(both, 0) +
      i32x4.extract_lane(both, 1) +
      i32x4.extract_lane(both, 2) +
      i32x4.extract_lane(both, 3);
    store<f32>(out, <f32>dot * (load<f32>(scales) * factor));
    keys += headSize * 2;
    scales += 4;
    out += 4;
  }
}

/** out += weights * values of one page, 32 dimensions at a time. */
function gather(weights: usize, values: usize, scales: usize, count: u32, headSize: u32, out: usize): void {
  for (let from: usize = 0; from < headSize; from += 32) {
    let o0 = v128.load(out, 0);
    let o1 = v128.load(out, 16);
    let o2 = v128.load(out, 32);
    let o3 = v128.load(out, 48);
    let o4 = v128.load(out, 64);
    let o5 = v128.load(out, 80);
    let o6 = v128.load(out, 96);
    let o7 = v128.load(out, 112);
    let value = values + from * 2;
    for (let token: usize = 0; token < count; token++) {
      const w = f32x4.splat(load<f32>(weights + token * 4) * load<f32>(scales + token * 4));
      o0 = f32x4.add(o0, f32x4.mul(w, f32x4.convert_i32x4_s(v128.load16x4_s(value, 0))));
      o1 = f32x4.add(o1, f32x4.mul(w, f32x4.convert_i32x4_s(v128.load16x4_s(value, 8))));
      o2 = f32x4.add(o2, f32x4.mul(w, f32x4.convert_i32x4_s(v128.load16x4_s(value, 16))));
      o3 = f32x4.add(o3, f32x4.mul(w, f32x4.convert_i32x4_s(v128.load16x4_s(value, 24))));
      o4 = f32x4.add(o4, f32x4.mul(w, f32x4.convert_i32x4_s(v128.load16x4_s(value, 32))));
      o5 = f32x4.add(o5, f32x4.mul(w, f32x4.convert_i32x4_s(v128.load16x4_s(value, 40))));
      o6 = f32x4.add(o6, f32x4.mul(w, f32x4.convert_i32x4_s(v128.load16x4_s(value, 48))));
      o7 = f32x4.add(o7, f32x4.mul(w, f32x4.convert_i32x4_s(v128.load16x4_s(value, 56))));
      value += headSize * 2;
    }
    v128.store(out, o0, 0);
    v128.store(out, o1, 16);
    v128.store(out, o2, 32);
    v128.store(out, o3, 48);
    v128.store(out, o4, 64);
    v128.store(out, o5, 80);
    v128.store(out, o6, 96);
    v128.store(out, o7, 112);
    out += 128;
  }
}

/** Weights of `count` scores that add up to 1 after a division. @returns their sum */
function soften(scores: usize, count: u32): f32 {
  const rounded = (count + 3) & ~3;
  for (let i = count; i < rounded; i++) store<f32>(scores + i * 4, -Infinity);
  const end = scores + rounded * 4;
  let largest = v128.load(scores);
  for (let at = scores + 16; at < end; at += 16) largest = f32x4.max(largest, v128.load(at));
  const top = f32x4.splat(largestOf(largest));
  let sum = f32x4.splat(0);
  for (let at = scores; at < end; at += 16) {
    const one = v128.load(at);
    // What is not there has no weight; the exponential of the smallest number is not quite zero.
    const weight = v128.and(exponential(f32x4.sub(one, top)), f32x4.gt(one, f32x4.splat(-Infinity)));
    v128.store(at, weight);
    sum = f32x4.add(sum, weight);
  }
  return sumOf(sum);
}

/**
 * One token's attention in one layer, over itself and all before it.
 * @param pages addresses of the sequence's pages @param layer offset of the layer in a page @param count tokens
 * @param query [heads, headSize] @param scores room for `count` + 3 floats @param out [heads, headSize]
 */
export function attend(
  pages: usize,
  layer: usize,
  count: u32,
  query: usize,
  heads: u32,
  kvHeads: u32,
  headSize: u32,
  scores: usize,
  out: usize,
): void {
  const group = heads / kvHeads;
  const numbers: usize = PAGE_TOKENS * headSize * 2;
  const reduced = scores;
  scores += headSize * 2;
  const spread = <f32>1 / sqrt<f32>(<f32>headSize);
  for (let head: u32 = 0; head < heads; head++) {
    const offset = layer + (head / group) * headBytes(headSize);
    const factor = reduce(query, headSize, KEY_LIMIT, reduced) * spread;
    for (let from: u32 = 0; from < count; from += PAGE_TOKENS) {
      const keys = <usize>load<u32>(pages + (from / PAGE_TOKENS) * 4) + offset;
      const tokens = min(PAGE_TOKENS, count - from);
      score(reduced, keys, keys + numbers, tokens, headSize, factor, scores + from * 4);
    }
    const sum = soften(scores, count);
    memory.fill(out, 0, headSize * 4);
    for (let from: u32 = 0; from < count; from += PAGE_TOKENS) {
      const values = <usize>load<u32>(pages + (from / PAGE_TOKENS) * 4) + offset + numbers + PAGE_TOKENS * 4;
      const tokens = min(PAGE_TOKENS, count - from);
      gather(scores + from * 4, values, values + numbers, tokens, headSize, out);
    }
    const share = f32x4.splat(<f32>1 / sum);
    for (let end = out + headSize * 4; out < end; out += 16)
      v128.store(out, f32x4.mul(v128.load(out), share));
    query += headSize * 4;
  }
}
