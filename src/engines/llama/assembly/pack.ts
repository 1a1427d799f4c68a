/** Brings the blocks of a GGUF file into tiles. */
import { BLOCK, TILE_BLOCK, TILE_ROWS } from './matrix';

/** ggml's numbers of storage types. */
const Q4_0: u32 = 2;
const Q4_1: u32 = 3;
const Q8_0: u32 = 8;

const scratch: usize = memory.data(128);

/** The 16-bit float at an address. */
function half(at: usize): f32 {
  const bits = <u32>load<u16>(at);
  const sign = (bits & 0x8000) << 16;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent == 0) {
    const size = <f32>fraction * <f32>5.9604644775390625e-8;
    return sign ? -size : size;
  }
  const rest = exponent == 31 ? 0x7f800000 : (exponent + 112) << 23;
  return reinterpret<f32>(sign | rest | (fraction << 13));
}

/** Bytes of one block of 32 weights; 0 for types that cannot be packed. */
export function blockBytes(type: u32): u32 {
  if (type == Q8_0) return 34;
  if (type == Q4_0) return 18;
  return type == Q4_1 ? 20 : 0;
}

function put(tile: usize, row: usize, column: usize, weight: i32): void {
  store<i8>(tile + (column >> 1) * 16 + row * 2 + (column & 1), <i8>weight);
}

/** A block of 32 weights becomes one row's part of a tile. Q8_0 and Q4_0 keep their exact values. */
function packBlock(type: u32, from: usize, tile: usize, row: usize): void {
  let scale = half(from);
  if (type == Q8_0) {
    for (let i: usize = 0; i < BLOCK; i++) put(tile, row, i, load<i8>(from + 2 + i));
  } else if (type == Q4_0) {
    for (let i: usize = 0; i < 16; i++) {
      const both = <i32>load<u8>(from + 2 + i);
      put(tile, row, i, (both & 15) - 8);
      put(tile, row, i + 16, (both >> 4) - 8);
    }
  } else {
    const least = half(from + 2);
    let largest: f32 = 0;
    for (let i: usize = 0; i < 16; i++) {
      const both = <u32>load<u8>(from + 4 + i);
      const first = <f32>(both & 15) * scale + least;
      const second = <f32>(both >> 4) * scale + least;
      store<f32>(scratch + i * 4, first);
      store<f32>(scratch + (i + 16) * 4, second);
      largest = max(largest, max(abs(first), abs(second)));
    }
    scale = largest / 127;
    const inverse: f32 = scale > 0 ? <f32>1 / scale : 0;
    for (let i: usize = 0; i < BLOCK; i++)
      put(tile, row, i, <i32>nearest(load<f32>(scratch + i * 4) * inverse));
  }
  store<f32>(tile + 256 + row * 4, scale);
}

/**
 * Packs whole tiles. Rows that the last tile lacks are zeros.
 * @param from rows of blocks as in the file @param rows how many there are
 */
export function pack(type: u32, from: usize, rows: u32, columns: u32, tiles: usize): void {
  const blocks = columns / BLOCK;
  const size = blockBytes(type);
  for (let row: u32 = 0; row < rows; row++) {
    const tile = tiles + (row / TILE_ROWS) * blocks * TILE_BLOCK;
    for (let block: u32 = 0; block < blocks; block++) {
      packBlock(type, from, tile + block * TILE_BLOCK, row % TILE_ROWS);
      from += size;
    }
  }
}
