/**
 * The pass over the pool. Bit-parallel LCS (Hyyrö) with the member's positions as bits: a state V has one bit per
 * word of the member; V' = (V + (V & M)) | (V & ~M) for each word of the candidate, M being the word's places in the
 * member, and the zero bits of V are the common length. Rows of M go through vectors, sixteen to two members at a
 * time; lists of M touch only the members that have the word.
 */
import {
  BLOCK,
  blockShift,
  CHUNK,
  chunkLengths,
  HIGH_HALF,
  hasRows,
  LANES,
  listBits,
  listCount,
  listSlots,
  rowBlocks,
  rowsOf,
  slotMembers,
  slotsOf,
} from './lanes';
import { addSums, candidateAt, needFor, offer, STEP_ENDS, steps } from './matches';
import { NONE, postingsAt, tokenCount, tokens } from './vocabulary';

/** A step is one word of the candidate in one lane: rows (1) or not, slots or rows, bits, next index, end. */
const STEP: usize = 20;
const KIND: usize = 0;
const WHERE: usize = 4;
const BITS: usize = 8;
const NEXT: usize = 12;
const END: usize = 16;

const state: usize = memory.data(4096, 64);

/** Lists the steps of the words in the buffer for each lane; the lanes in `lanesWanted` only. */
export function planSteps(candidate: usize, lanesWanted: u32): void {
  let at = steps(candidate, tokenCount * LANES * STEP);
  for (let lane: u32 = 0; lane < LANES; lane++) {
    const words: u32 = (lanesWanted >> lane) & 1 ? tokenCount : 0;
    for (let i: u32 = 0; i < words; i++) {
      const token = load<u32>(tokens + i * 4);
      const postings = token == NONE ? 0 : load<u32>(postingsAt(token, lane));
      if (postings == 0) continue;
      const rows = hasRows(postings);
      store<u32>(at, rows, KIND);
      store<usize>(at, rows ? rowsOf(postings) : listSlots(postings), WHERE);
      store<usize>(at, rows ? 0 : listBits(postings), BITS);
      store<u32>(at, 0, NEXT);
      store<u32>(at, rows ? rowBlocks(postings) : listCount(postings), END);
      at += STEP;
    }
    store<usize>(candidate + lane * 4, at, STEP_ENDS);
  }
}

/** Compares the first `count` candidates with every lane, beginning with the one where near members are likely. */
export function passLanes(count: u32, first: u32): void {
  for (let i: u32 = 0; i < LANES; i++) {
    const lane = (first + i) % LANES;
    const bytes: usize = (<usize>slotsOf(lane)) << lane;
    const blocks = <u32>((bytes + BLOCK - 1) / BLOCK);
    for (let block: u32 = 0; block < blocks; block++) {
      const used = min(BLOCK, bytes - block * BLOCK);
      // All candidates use a block while the first-level cache holds it.
      for (let c: u32 = 0; c < count; c++) {
        const candidate = candidateAt(c);
        const from = lane == 0 ? steps(candidate, 0) : load<usize>(candidate + (lane - 1) * 4, STEP_ENDS);
        const to = load<usize>(candidate + lane * 4, STEP_ENDS);
        if (from == to) continue;
        if (lane == 0) passBlock<u8>(candidate, lane, block, used, from, to);
        else if (lane == 1) passBlock<u16>(candidate, lane, block, used, from, to);
        else if (lane == 2) passBlock<u32>(candidate, lane, block, used, from, to);
        else if (lane == 3) passBlock<u64>(candidate, lane, block, used, from, to);
        else passWideBlock(candidate, block, used, from, to);
      }
    }
  }
}

function advance<T>(v: v128, m: v128): v128 {
  const u = v128.and(v, m);
  return v128.or(v128.add<T>(v, u), v128.xor(v, u));
}

/** One to four rows at once, so that the state is loaded and stored once. */
function oneRow<T>(bytes: usize, a: usize): void {
  for (let i: usize = 0; i < bytes; i += 64) {
    const s = state + i;
    const p = a + i;
    v128.store(s, advance<T>(v128.load(s), v128.load(p)));
    v128.store(s, advance<T>(v128.load(s, 16), v128.load(p, 16)), 16);
    v128.store(s, advance<T>(v128.load(s, 32), v128.load(p, 32)), 32);
    v128.store(s, advance<T>(v128.load(s, 48), v128.load(p, 48)), 48);
  }
}
function twoRows<T>(bytes: usize, a: usize, b: usize): void {
  for (let i: usize = 0; i < bytes; i += 32) {
    const s = state + i;
    const p = a + i;
    const q = b + i;
    v128.store(s, advance<T>(advance<T>(v128.load(s), v128.load(p)), v128.load(q)));
    v128.store(s, advance<T>(advance<T>(v128.load(s, 16), v128.load(p, 16)), v128.load(q, 16)), 16);
  }
}
function threeRows<T>(bytes: usize, a: usize, b: usize, c: usize): void {
  for (let i: usize = 0; i < bytes; i += 32) {
    const s = state + i;
    const p = a + i;
    const q = b + i;
    const r = c + i;
    let v = advance<T>(advance<T>(v128.load(s), v128.load(p)), v128.load(q));
    let w = advance<T>(advance<T>(v128.load(s, 16), v128.load(p, 16)), v128.load(q, 16));
    v = advance<T>(v, v128.load(r));
    w = advance<T>(w, v128.load(r, 16));
    v128.store(s, v);
    v128.store(s, w, 16);
  }
}
function fourRows<T>(bytes: usize, a: usize, b: usize, c: usize, d: usize): void {
  for (let i: usize = 0; i < bytes; i += 32) {
    const s = state + i;
    const p = a + i;
    const q = b + i;
    const r = c + i;
    const t = d + i;
    let v = advance<T>(advance<T>(v128.load(s), v128.load(p)), v128.load(q));
    let w = advance<T>(advance<T>(v128.load(s, 16), v128.load(p, 16)), v128.load(q, 16));
    v = advance<T>(advance<T>(v, v128.load(r)), v128.load(t));
    w = advance<T>(advance<T>(w, v128.load(r, 16)), v128.load(t, 16));
    v128.store(s, v);
    v128.store(s, w, 16);
  }
}
function applyRows<T>(count: u32, bytes: usize, a: usize, b: usize, c: usize, d: usize): void {
  if (count == 1) oneRow<T>(bytes, a);
  else if (count == 2) twoRows<T>(bytes, a, b);
  else if (count == 3) threeRows<T>(bytes, a, b, c);
  else if (count == 4) fourRows<T>(bytes, a, b, c, d);
}

function passBlock<T>(candidate: usize, lane: u32, block: u32, bytes: usize, from: usize, to: usize): void {
  memory.fill(state, 0xff, bytes);
  const base = block << blockShift(lane);
  const end = base + (1 << blockShift(lane));
  let waiting: u32 = 0;
  let a: usize = 0;
  let b: usize = 0;
  let c: usize = 0;
  let d: usize = 0;
  for (let step = from; step < to; step += STEP) {
    if (load<u32>(step, KIND)) {
      if (block >= load<u32>(step, END)) continue;
      const row = load<usize>(load<usize>(step, WHERE) + block * 4);
      if (row == 0) continue;
      if (waiting == 4) {
        fourRows<T>(bytes, a, b, c, d);
        waiting = 0;
      }
      if (waiting == 0) a = row;
      else if (waiting == 1) b = row;
      else if (waiting == 2) c = row;
      else d = row;
      waiting++;
      continue;
    }
    let next = load<u32>(step, NEXT);
    const stop = load<u32>(step, END);
    const slots = load<usize>(step, WHERE);
    if (next == stop || load<u32>(slots + next * 4) >= end) continue;
    applyRows<T>(waiting, bytes, a, b, c, d);
    waiting = 0;
    const bits = load<usize>(step, BITS);
    do {
      const slot = load<u32>(slots + next * 4);
      if (slot >= end) break;
      const at = state + ((<usize>(slot - base)) << lane);
      const v = load<T>(at);
      const u: T = v & load<T>(bits + ((<usize>next) << lane));
      store<T>(at, (v + u) | (v ^ u));
      next++;
    } while (next < stop);
    store<u32>(step, next, NEXT);
  }
  applyRows<T>(waiting, bytes, a, b, c, d);
  gather<T>(candidate, lane, block, bytes);
}

/** Zero bits of each lane, from the zero bits of each byte. */
function laneCounts<T>(bytes: v128): v128 {
  if (sizeof<T>() == 1) return bytes;
  const pairs = i16x8.extadd_pairwise_i8x16_u(bytes);
  if (sizeof<T>() == 2) return pairs;
  const fours = i32x4.extadd_pairwise_i16x8_u(pairs);
  if (sizeof<T>() == 4) return fours;
  return v128.and(i64x2.add(fours, i64x2.shr_u(fours, 32)), i64x2.splat(0xffff));
}
function reaches<T>(counts: v128, need: v128): v128 {
  return sizeof<T>() == 8 ? i64x2.ge_s(counts, need) : v128.ge<T>(counts, need);
}
function zeroBytes(at: usize): v128 {
  return i8x16.popcnt(v128.not(v128.load(at)));
}

/** Reads the common lengths chunk by chunk; a chunk is looked into only when one of its members can matter. */
function gather<T>(candidate: usize, lane: u32, block: u32, bytes: usize): void {
  const lengths = chunkLengths(lane) + block * <u32>(BLOCK / CHUNK);
  const members = slotMembers(lane) + ((<usize>block) << blockShift(lane)) * 4;
  for (let at: usize = 0; at < bytes; at += CHUNK) {
    const length: u32 = load<u8>(lengths + at / CHUNK);
    const need = splatNeed<T>(needFor(candidate, length));
    let sum = i64x2.splat(0);
    let hit = i64x2.splat(0);
    for (let i: usize = at; i < at + CHUNK; i += 32) {
      const v = zeroBytes(state + i);
      const w = zeroBytes(state + i + 16);
      sum = i8x16.add(sum, i8x16.add(v, w));
      hit = v128.or(hit, v128.or(reaches<T>(laneCounts<T>(v), need), reaches<T>(laneCounts<T>(w), need)));
    }
    addSums(candidate, length, i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(sum)));
    if (v128.any_true(hit)) {
      for (let i: usize = at; i < at + CHUNK; i += sizeof<T>()) {
        const common = <u32>popcnt<u64>(~(<u64>load<T>(state + i)) & (<u64>~(<T>0)));
        if (common >= needFor(candidate, length)) {
          offer(candidate, common, length, load<u32>(members + (i >> lane) * 4));
        }
      }
    }
  }
}
function splatNeed<T>(need: u32): v128 {
  if (sizeof<T>() == 1) return i8x16.splat(<i8>min<u32>(need, 127));
  if (sizeof<T>() == 2) return i16x8.splat(<i16>need);
  if (sizeof<T>() == 4) return i32x4.splat(need);
  return i64x2.splat(need);
}

/** The widest lane: 128 bits in two halves, the carry of the low half goes into the high one. */
function passWideBlock(candidate: usize, block: u32, bytes: usize, from: usize, to: usize): void {
  memory.fill(state, 0xff, bytes);
  const base = block << 8;
  const end = base + 256;
  for (let step = from; step < to; step += STEP) {
    if (load<u32>(step, KIND)) {
      if (block >= load<u32>(step, END)) continue;
      const row = load<usize>(load<usize>(step, WHERE) + block * 4);
      if (row) wideRow(bytes, row);
      continue;
    }
    const stop = load<u32>(step, END);
    const slots = load<usize>(step, WHERE);
    const bits = load<usize>(step, BITS);
    let next = load<u32>(step, NEXT);
    for (; next < stop; next++) {
      const slot = load<u32>(slots + next * 4);
      if (slot >= end) break;
      const inBlock = slot - base;
      const at = state + ((<usize>(inBlock >> 1)) << 5) + (inBlock & 1) * 8;
      const v = load<u64>(at);
      const u = v & load<u64>(bits + ((<usize>next) << 4));
      const sum = v + u;
      store<u64>(at, sum | (v ^ u));
      const h = load<u64>(at, HIGH_HALF);
      const g = h & load<u64>(bits + ((<usize>next) << 4), 8);
      store<u64>(at, (h + g + <u64>(sum < v)) | (h ^ g), HIGH_HALF);
    }
    store<u32>(step, next, NEXT);
  }
  gatherWide(candidate, block, bytes);
}

function wideRow(bytes: usize, row: usize): void {
  for (let i: usize = 0; i < bytes; i += 32) {
    const s = state + i;
    const v = v128.load(s);
    const u = v128.and(v, v128.load(row + i));
    const sum = i64x2.add(v, u);
    v128.store(s, v128.or(sum, v128.xor(v, u)));
    // Carry out of v + u, u being part of v.
    const carry = i64x2.shr_u(v128.or(u, v128.andnot(v, sum)), 63);
    const h = v128.load(s, HIGH_HALF);
    const g = v128.and(h, v128.load(row + i, HIGH_HALF));
    v128.store(s, v128.or(i64x2.add(i64x2.add(h, g), carry), v128.xor(h, g)), HIGH_HALF);
  }
}

function gatherWide(candidate: usize, block: u32, bytes: usize): void {
  const lengths = chunkLengths(4) + block * <u32>(BLOCK / CHUNK);
  const members = slotMembers(4) + ((<usize>block) << 8) * 4;
  for (let at: usize = 0; at < bytes; at += CHUNK) {
    const length: u32 = load<u8>(lengths + at / CHUNK);
    let sum: u32 = 0;
    for (let i: u32 = 0; i < 8; i++) {
      const s = state + at + ((<usize>(i >> 1)) << 5) + (i & 1) * 8;
      const common = <u32>(popcnt<u64>(~load<u64>(s)) + popcnt<u64>(~load<u64>(s, HIGH_HALF)));
      sum += common;
      if (common >= needFor(candidate, length)) {
        offer(candidate, common, length, load<u32>(members + (at / 16 + i) * 4));
      }
    }
    addSums(candidate, length, i32x4.replace_lane(i64x2.splat(0), 0, sum));
  }
}
