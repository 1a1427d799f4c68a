/**
 * Five lanes of pool members by length, with 1, 2, 4, 8 and 16 bytes of bits for each slot; a bit is a position in
 * the member. Slots come in chunks of one length. For each word a lane keeps either a sorted list of slots with their
 * bits (rare words) or rows of bits for all slots (frequent words), in blocks that fit the first-level cache.
 */
import { allocate, enlarge, release, roomFor } from './memory';
import { countMember, postingsAt } from './vocabulary';

export const LANES: u32 = 5;
/** Members longer than this have no lane. */
export const LONGEST: u32 = 128;
/** Bytes of state that are worked on at once; the rows of frequent words have this size. */
export const BLOCK: usize = 4096;
/** Bytes of state with members of one length. */
export const CHUNK: usize = 128;
const CHUNKS_IN_BLOCK: u32 = 32;

/** A lane's record. */
const LANE: usize = 32;
const SLOTS: usize = 0;
const CHUNK_LENGTHS: usize = 4;
const SLOT_MEMBERS: usize = 8;
const CHUNK_ROOM: usize = 12;
const COUNT: usize = 16;
const FREQUENT: usize = 20;
const FREQUENT_COUNT: usize = 24;
const FREQUENT_ROOM: usize = 28;
const lanes: usize = memory.data(160);

/** By length: next slot and end of the chunk that is being filled, and the chain of freed slots (slot plus one). */
const nextSlots: usize = memory.data(516);
const chunkEnds: usize = memory.data(516);
const freedSlots: usize = memory.data(516);

/** Share of a lane's members, in 1/256, from which a word has rows: about where a row costs no more than a list. */
const ROWS_FROM: usize = memory.data<u8>([24, 32, 48, 72, 96]);
const LEAST_FOR_ROWS: u32 = 24;

/** A list: count, room, then the slots, then their bits. Rows: count, room for blocks, then the blocks' addresses. */
const COUNTED: usize = 0;
const ROOM: usize = 4;
const ITEMS: usize = 8;
/** Lowest bit of the address of rows. */
const IS_ROWS: u32 = 1;

export function laneOf(length: u32): u32 {
  return length <= 8 ? 0 : 29 - <u32>clz<u32>(length - 1);
}
export function slotsOf(lane: u32): u32 {
  return load<u32>(lanes + lane * LANE, SLOTS);
}
export function chunkLengths(lane: u32): usize {
  return load<usize>(lanes + lane * LANE, CHUNK_LENGTHS);
}
export function slotMembers(lane: u32): usize {
  return load<usize>(lanes + lane * LANE, SLOT_MEMBERS);
}
export function hasRows(postings: u32): bool {
  return (postings & IS_ROWS) != 0;
}
export function listCount(postings: u32): u32 {
  return load<u32>(postings, COUNTED);
}
export function listSlots(postings: u32): usize {
  return postings + ITEMS;
}
export function listBits(postings: u32): usize {
  return postings + ITEMS + load<u32>(postings, ROOM) * 4;
}
/** Addresses of the rows by block, 0 where no member of the block has the word. */
export function rowsOf(postings: u32): usize {
  return postings - IS_ROWS + ITEMS;
}
export function rowBlocks(postings: u32): u32 {
  return load<u32>(postings - IS_ROWS, ROOM);
}
/** Blocks have this many slots, as a power of two. */
export function blockShift(lane: u32): u32 {
  return 12 - lane;
}

/** Takes a slot for a member. */
export function takeSlot(lane: u32, length: u32, member: u32): u32 {
  const record = lanes + lane * LANE;
  const ofLength: usize = length * 4;
  let slot = load<u32>(freedSlots + ofLength);
  if (slot) {
    slot--;
    store<u32>(freedSlots + ofLength, load<u32>(slotMembers(lane) + slot * 4) & 0x7fffffff);
  } else {
    if (load<u32>(nextSlots + ofLength) == load<u32>(chunkEnds + ofLength)) openChunk(lane, length);
    slot = load<u32>(nextSlots + ofLength);
    store<u32>(nextSlots + ofLength, slot + 1);
  }
  store<u32>(slotMembers(lane) + slot * 4, member);
  store<u32>(record, load<u32>(record, COUNT) + 1, COUNT);
  return slot;
}

/** The slot stays, without bits, for the next member of this length. */
export function freeSlot(lane: u32, length: u32, slot: u32): void {
  const record = lanes + lane * LANE;
  const ofLength: usize = length * 4;
  store<u32>(slotMembers(lane) + slot * 4, load<u32>(freedSlots + ofLength) | 0x80000000);
  store<u32>(freedSlots + ofLength, slot + 1);
  store<u32>(record, load<u32>(record, COUNT) - 1, COUNT);
}

function openChunk(lane: u32, length: u32): void {
  const record = lanes + lane * LANE;
  const inChunk = (<u32>CHUNK) >> lane;
  const slot = load<u32>(record, SLOTS);
  const chunk = slot / inChunk;
  const room = load<u32>(record, CHUNK_ROOM);
  if (chunk == room) {
    const larger = room + max<u32>(CHUNKS_IN_BLOCK, room >> 2);
    store<usize>(record, enlarge(load<usize>(record, CHUNK_LENGTHS), room, larger), CHUNK_LENGTHS);
    const members = enlarge(load<usize>(record, SLOT_MEMBERS), room * inChunk * 4, larger * inChunk * 4);
    store<usize>(record, members, SLOT_MEMBERS);
    store<u32>(record, larger, CHUNK_ROOM);
  }
  store<u8>(chunkLengths(lane) + chunk, length);
  memory.fill(slotMembers(lane) + slot * 4, 0xff, inChunk * 4);
  store<u32>(record, slot + inChunk, SLOTS);
  store<u32>(nextSlots + length * 4, slot);
  store<u32>(chunkEnds + length * 4, slot + inChunk);
  if (chunk % CHUNKS_IN_BLOCK == 0) dropOldRows(lane);
}

function rowsFrom(lane: u32): u32 {
  return max(LEAST_FOR_ROWS, (load<u32>(lanes + lane * LANE, COUNT) * load<u8>(ROWS_FROM + lane)) >> 8);
}

/** Where a position's bit lies: in a list the bits of a slot are together. */
function inList(postings: u32, lane: u32, index: u32): usize {
  return listBits(postings) + ((<usize>index) << lane);
}
/** In the rows of the widest lane two members share two vectors: their low halves, then their high halves. */
function inRow(row: usize, lane: u32, slot: u32): usize {
  const inBlock = slot & ((1 << blockShift(lane)) - 1);
  return lane < 4
    ? row + ((<usize>inBlock) << lane)
    : row + ((<usize>(inBlock >> 1)) << 5) + (inBlock & 1) * 8;
}
/** From the low to the high half of a member in the rows of the widest lane. */
export const HIGH_HALF: usize = 16;

function setRowBit(bits: usize, lane: u32, position: u32): void {
  const at = lane == 4 && position >= 64 ? bits + HIGH_HALF + ((position - 64) >> 3) : bits + (position >> 3);
  store<u8>(at, (<u32>load<u8>(at)) | (1 << (position & 7)));
}
function rowBitsAreZero(bits: usize, lane: u32): bool {
  if (lane == 0) return load<u8>(bits) == 0;
  if (lane == 1) return load<u16>(bits) == 0;
  if (lane == 2) return load<u32>(bits) == 0;
  if (lane == 3) return load<u64>(bits) == 0;
  return (load<u64>(bits) | load<u64>(bits, HIGH_HALF)) == 0;
}
function copyToRow(from: usize, bits: usize, lane: u32): void {
  if (lane < 4) memory.copy(bits, from, (<usize>1) << lane);
  else {
    store<u64>(bits, load<u64>(from));
    store<u64>(bits, load<u64>(from, 8), HIGH_HALF);
  }
}
function copyFromRow(bits: usize, to: usize, lane: u32): void {
  if (lane < 4) memory.copy(to, bits, (<usize>1) << lane);
  else {
    store<u64>(to, load<u64>(bits));
    store<u64>(to, load<u64>(bits, HIGH_HALF), 8);
  }
}
function clearRow(bits: usize, lane: u32): void {
  if (lane < 4) memory.fill(bits, 0, (<usize>1) << lane);
  else {
    store<u64>(bits, 0);
    store<u64>(bits, 0, HIGH_HALF);
  }
}

/** First index in a list whose slot is not below. */
function lowerBound(postings: u32, slot: u32): u32 {
  const slots = listSlots(postings);
  const count = listCount(postings);
  if (count == 0 || load<u32>(slots + (count - 1) * 4) < slot) return count;
  let low: u32 = 0;
  let high = count - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (load<u32>(slots + middle * 4) < slot) low = middle + 1;
    else high = middle;
  }
  return low;
}

function newList(lane: u32, least: u32): u32 {
  const entry: usize = 4 + ((<usize>1) << lane);
  const bytes = roomFor(ITEMS + least * entry);
  const list = <u32>allocate(bytes);
  store<u32>(list, 0, COUNTED);
  store<u32>(list, <u32>((bytes - ITEMS) / entry), ROOM);
  return list;
}
function releaseList(list: u32, lane: u32): void {
  // Rounding down to whole entries never crosses into the next smaller size.
  release(list, ITEMS + load<u32>(list, ROOM) * (4 + ((<usize>1) << lane)));
}

/** Notes that the member in a slot has the word at a position. */
export function addPosting(lane: u32, token: u32, slot: u32, position: u32): void {
  const at = postingsAt(token, lane);
  let postings = load<u32>(at);
  if (hasRows(postings)) {
    const bits = inRow(rowFor(at, slot >> blockShift(lane)), lane, slot);
    if (rowBitsAreZero(bits, lane)) {
      const rows = load<u32>(at) - IS_ROWS;
      store<u32>(rows, load<u32>(rows, COUNTED) + 1, COUNTED);
      countMember(token, 1);
    }
    setRowBit(bits, lane, position);
    return;
  }
  if (postings == 0) {
    postings = newList(lane, 1);
    store<u32>(at, postings);
  }
  const index = lowerBound(postings, slot);
  const count = listCount(postings);
  if (index == count || load<u32>(listSlots(postings) + index * 4) != slot) {
    if (count == load<u32>(postings, ROOM)) {
      postings = largerList(postings, lane);
      store<u32>(at, postings);
    }
    insertInList(postings, lane, index, slot);
    countMember(token, 1);
  }
  const bits = inList(postings, lane, index) + (position >> 3);
  store<u8>(bits, (<u32>load<u8>(bits)) | (1 << (position & 7)));
  if (count + 1 >= rowsFrom(lane)) toRows(lane, token);
}

function largerList(postings: u32, lane: u32): u32 {
  const count = listCount(postings);
  const larger = newList(lane, count + (count >> 2) + 1);
  store<u32>(larger, count, COUNTED);
  memory.copy(listSlots(larger), listSlots(postings), count * 4);
  memory.copy(listBits(larger), listBits(postings), (<usize>count) << lane);
  releaseList(postings, lane);
  return larger;
}

function insertInList(postings: u32, lane: u32, index: u32, slot: u32): void {
  const count = listCount(postings);
  const slots = listSlots(postings) + index * 4;
  const bits = inList(postings, lane, index);
  const width = (<usize>1) << lane;
  if (index < count) {
    memory.copy(slots + 4, slots, (count - index) * 4);
    memory.copy(bits + width, bits, (<usize>(count - index)) << lane);
  }
  store<u32>(slots, slot);
  memory.fill(bits, 0, width);
  store<u32>(postings, count + 1, COUNTED);
}

/** Forgets the word in a slot; nothing happens when it was forgotten before. */
export function removePosting(lane: u32, token: u32, slot: u32): void {
  const at = postingsAt(token, lane);
  const postings = load<u32>(at);
  if (postings == 0) return;
  if (hasRows(postings)) {
    const bits = inRow(rowFor(at, slot >> blockShift(lane)), lane, slot);
    if (rowBitsAreZero(bits, lane)) return;
    clearRow(bits, lane);
    store<u32>(postings - IS_ROWS, load<u32>(postings - IS_ROWS, COUNTED) - 1, COUNTED);
  } else {
    const index = lowerBound(postings, slot);
    const count = listCount(postings);
    const slots = listSlots(postings) + index * 4;
    if (index == count || load<u32>(slots) != slot) return;
    const bits = inList(postings, lane, index);
    memory.copy(slots, slots + 4, (count - index - 1) * 4);
    memory.copy(bits, bits + ((<usize>1) << lane), (<usize>(count - index - 1)) << lane);
    store<u32>(postings, count - 1, COUNTED);
    if (count == 1) {
      releaseList(postings, lane);
      store<u32>(at, 0);
    }
  }
  countMember(token, -1);
}

/** The row of a block, made when it is missing; `at` is where the word's postings are noted. */
function rowFor(at: usize, block: u32): usize {
  let rows = load<u32>(at) - IS_ROWS;
  const room = load<u32>(rows, ROOM);
  if (block >= room) {
    const bytes = roomFor(ITEMS + (block + 1) * 4);
    rows = <u32>enlarge(rows, ITEMS + room * 4, bytes);
    const larger = <u32>((bytes - ITEMS) / 4);
    memory.fill(rows + ITEMS + room * 4, 0, (larger - room) * 4);
    store<u32>(rows, larger, ROOM);
    store<u32>(at, rows | IS_ROWS);
  }
  const entry = rows + ITEMS + block * 4;
  let row = load<usize>(entry);
  if (row == 0) {
    row = allocate(BLOCK);
    memory.fill(row, 0, BLOCK);
    store<usize>(entry, row);
  }
  return row;
}

function toRows(lane: u32, token: u32): void {
  const at = postingsAt(token, lane);
  const list = load<u32>(at);
  const count = listCount(list);
  const bytes = roomFor(ITEMS + ((slotsOf(lane) >> blockShift(lane)) + 1) * 4);
  const rows = <u32>allocate(bytes);
  memory.fill(rows, 0, bytes);
  store<u32>(rows, count, COUNTED);
  store<u32>(rows, <u32>((bytes - ITEMS) / 4), ROOM);
  store<u32>(at, rows | IS_ROWS);
  for (let index: u32 = 0; index < count; index++) {
    const slot = load<u32>(listSlots(list) + index * 4);
    copyToRow(inList(list, lane, index), inRow(rowFor(at, slot >> blockShift(lane)), lane, slot), lane);
  }
  releaseList(list, lane);
  const record = lanes + lane * LANE;
  const frequent = load<u32>(record, FREQUENT_COUNT);
  const room = load<u32>(record, FREQUENT_ROOM);
  if (frequent == room) {
    const larger = roomFor((room + 32) * 4);
    store<usize>(record, enlarge(load<usize>(record, FREQUENT), room * 4, larger), FREQUENT);
    store<u32>(record, <u32>(larger / 4), FREQUENT_ROOM);
  }
  store<u32>(load<usize>(record, FREQUENT) + frequent * 4, token);
  store<u32>(record, frequent + 1, FREQUENT_COUNT);
}

/** A lane that has grown has words that are frequent no more: rows at half the share become lists again. */
function dropOldRows(lane: u32): void {
  const record = lanes + lane * LANE;
  const least = rowsFrom(lane) / 2;
  const frequent = load<usize>(record, FREQUENT);
  let kept: u32 = 0;
  for (let i: u32 = 0; i < load<u32>(record, FREQUENT_COUNT); i++) {
    const token = load<u32>(frequent + i * 4);
    const at = postingsAt(token, lane);
    const rows = load<u32>(at) - IS_ROWS;
    if (load<u32>(rows, COUNTED) < least) store<u32>(at, toList(lane, rows));
    else store<u32>(frequent + kept++ * 4, token);
  }
  store<u32>(record, kept, FREQUENT_COUNT);
}

function toList(lane: u32, rows: u32): u32 {
  const list = newList(lane, load<u32>(rows, COUNTED) + 1);
  const blocks = load<u32>(rows, ROOM);
  let count: u32 = 0;
  for (let block: u32 = 0; block < blocks; block++) {
    const row = load<usize>(rows + ITEMS + block * 4);
    if (row == 0) continue;
    const inBlock: u32 = 1 << blockShift(lane);
    for (let i: u32 = 0; i < inBlock; i++) {
      const bits = inRow(row, lane, i);
      if (rowBitsAreZero(bits, lane)) continue;
      store<u32>(listSlots(list) + count * 4, (block << blockShift(lane)) + i);
      copyFromRow(bits, inList(list, lane, count++), lane);
    }
    release(row, BLOCK);
  }
  store<u32>(list, count, COUNTED);
  release(rows, ITEMS + blocks * 4);
  // An empty list would be released by nobody.
  if (count > 0) return list;
  releaseList(list, lane);
  return 0;
}
