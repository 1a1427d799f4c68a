/**
 * Matrices of 8-bit weights, multiplied in whole numbers. A row is cut into blocks of 32 weights with one scale each, as in
 * ggml's Q8_0. Eight rows form a tile: block after block, 16 pairs of columns with both weights of each of the eight rows,
 * then the eight scales. So one instruction multiplies a pair of columns of four rows, and no sum runs across a vector.
 *
 * Sums within a block are exact, and blocks are added in order: a row of results has the same bits whether it is computed
 * alone or among others.
 */

export const BLOCK: u32 = 32;
export const TILE_ROWS: u32 = 8;
/** Bytes of a tile's block: 8 x 32 weights and 8 scales. */
export const TILE_BLOCK: usize = 288;
const SCALES: usize = 256;

/** The highest row count that shares one pass over a tile's weights. */
const TOGETHER: u32 = 4;

function pair(sum: v128, weights: v128, values: v128): v128 {
  return i32x4.add(sum, i32x4.dot_i16x8_s(weights, values));
}
function scaled(total: v128, sum: v128, scale: v128, weightScales: v128): v128 {
  return f32x4.add(total, f32x4.mul(f32x4.convert_i32x4_s(sum), f32x4.mul(scale, weightScales)));
}

/** One tile with one row of values. */
function tileByOne(tile: usize, blocks: u32, values: usize, scales: usize, out: usize): void {
  let low = f32x4.splat(0);
  let high = f32x4.splat(0);
  for (let block: u32 = 0; block < blocks; block++) {
    let a = i32x4.splat(0);
    let b = i32x4.splat(0);
    for (let at: usize = 0; at < SCALES; at += 64) {
      const weights = tile + at;
      let x = v128.load32_splat(values, 0);
      a = pair(a, v128.load8x8_s(weights, 0), x);
      b = pair(b, v128.load8x8_s(weights, 8), x);
      x = v128.load32_splat(values, 4);
      a = pair(a, v128.load8x8_s(weights, 16), x);
      b = pair(b, v128.load8x8_s(weights, 24), x);
      x = v128.load32_splat(values, 8);
      a = pair(a, v128.load8x8_s(weights, 32), x);
      b = pair(b, v128.load8x8_s(weights, 40), x);
      x = v128.load32_splat(values, 12);
      a = pair(a, v128.load8x8_s(weights, 48), x);
      b = pair(b, v128.load8x8_s(weights, 56), x);
      values += 16;
    }
    const scale = v128.load32_splat(scales);
    low = scaled(low, a, scale, v128.load(tile, SCALES));
    high = scaled(high, b, scale, v128.load(tile, SCALES + 16));
    scales += 4;
    tile += TILE_BLOCK;
  }
  v128.store(out, low);
  v128.store(out, high, 16);
}

/** One tile with four rows of values: each weight is loaded once for all four. */
function tileByFour(
  tile: usize,
  blocks: u32,
  values: usize,
  valuesStride: usize,
  scales: usize,
  scalesStride: usize,
  out: usize,
  outStride: usize,
): void {
  let x1 = values + valuesStride;
  let x2 = x1 + valuesStride;
  let x3 = x2 + valuesStride;
  let low0 = f32x4.splat(0);
  let low1 = low0;
  let low2 = low0;
  let low3 = low0;
  let high0 = low0;
  let high1 = low0;
  let high2 = low0;
  let high3 = low0;
  for (let block: u32 = 0; block < blocks; block++) {
    let a0 = i32x4.splat(0);
    let a1 = a0;
    let a2 = a0;
    let a3 = a0;
    let b0 = a0;
    let b1 = a0;
    let b2 = a0;
    let b3 = a0;
    for (let at: usize = 0; at < SCALES; at += 16) {
      const wa = v128.load8x8_s(tile + at, 0);
      const wb = v128.load8x8_s(tile + at, 8);
      let x = v128.load32_splat(values);
      a0 = pair(a0, wa, x);
      b0 = pair(b0, wb, x);
      x = v128.load32_splat(x1);
      a1 = pair(a1, wa, x);
      b1 = pair(b1, wb, x);
      x = v128.load32_splat(x2);
      a2 = pair(a2, wa, x);
      b2 = pair(b2, wb, x);
      x = v128.load32_splat(x3);
      a3 = pair(a3, wa, x);
      b3 = pair(b3, wb, x);
      values += 4;
      x1 += 4;
      x2 += 4;
      x3 += 4;
    }
    const wa = v128.load(tile, SCALES);
    const wb = v128.load(tile, SCALES + 16);
    let scale = v128.load32_splat(scales);
    low0 = scaled(low0, a0, scale, wa);
    high0 = scaled(high0, b0, scale, wb);
    scale = v128.load32_splat(scales + scalesStride);
    low1 = scaled(low1, a1, scale, wa);
    high1 = scaled(high1, b1, scale, wb);
    scale = v128.load32_splat(scales + 2 * scalesStride);
    low2 = scaled(low2, a2, scale, wa);
    high2 = scaled(high2, b2, scale, wb);
    scale = v128.load32_splat(scales + 3 * scalesStride);
    low3 = scaled(low3, a3, scale, wa);
    high3 = scaled(high3, b3, scale, wb);
    scales += 4;
    tile += TILE_BLOCK;
  }
  v128.store(out, low0);
  v128.store(out, high0, 16);
  v128.store(out + outStride, low1);
  v128.store(out + outStride, high1, 16);
  v128.store(out + 2 * outStride, low2);
  v128.store(out + 2 * outStride, high2, 16);
  v128.store(out + 3 * outStride, low3);
  v128.store(out + 3 * outStride, high3, 16);
}

/**
 * out[r][o] = sum of weights[o][i] * values[r][i].
 * @param columns a multiple of 32
 * @param values [count, columns] 16-bit numbers of at most 127, by `quantise`
 * @param scales [count, columns / 32] floats
 * @param out [count, outputs] floats, outputs a multiple of 8
 */
export function multiply(
  weights: usize,
  outputs: u32,
  columns: u32,
  values: usize,
  scales: usize,
  count: u32,
  out: usize,
): void {
  const blocks = columns / BLOCK;
  const valuesStride: usize = columns * 2;
  const scalesStride: usize = blocks * 4;
  const outStride: usize = outputs * 4;
  for (let tile: u32 = 0; tile < outputs / TILE_ROWS; tile++) {
    let row: u32 = 0;
    for (; row + TOGETHER <= count; row += TOGETHER) {
      tileByFour(
        weights,
        blocks,
        values + row * valuesStride,
        valuesStride,
        scales + row * scalesStride,
        scalesStride,
        out + row * outStride,
        outStride,
      );
    }
    for (; row < count; row++) {
      tileByOne(
        weights,
        blocks,
        values + row * valuesStride,
        scales + row * scalesStride,
        out + row * outStride,
      );
    }
    weights += blocks * TILE_BLOCK;
    out += TILE_ROWS * 4;
  }
}

/** One row of a matrix as floats, for embeddings. @param row its number @param out [columns] */
export function readRow(weights: usize, columns: u32, row: u32, out: usize): void {
  const blocks = columns / BLOCK;
  const within: usize = row % TILE_ROWS;
  let tile = weights + (row / TILE_ROWS) * blocks * TILE_BLOCK;
  for (let block: u32 = 0; block < blocks; block++) {
    const scale = load<f32>(tile + SCALES + within * 4);
    for (let column: usize = 0; column < BLOCK; column++) {
      const weight = load<i8>(tile + (column >> 1) * 16 + within * 2 + (column & 1));
      store<f32>(out, <f32>weight * scale);
      out += 4;
    }
    tile += TILE_BLOCK;
  }
}
