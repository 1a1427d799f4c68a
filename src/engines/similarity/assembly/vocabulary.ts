/** Words and their numbers: an open-addressing table over UTF-16 units, and one record for each word. */
import { allocate, enlarge, release, roomFor } from './memory';

export const NONE: u32 = 0xffffffff;

/** A word's record: hash, place and length of its text, members that hold it, mark, and its postings in each lane. */
const RECORD: usize = 40;
const HASH: usize = 0;
const TEXT: usize = 4;
const UNITS: usize = 8;
const MEMBERS: usize = 12;
const MARK: usize = 16;
const POSTINGS: usize = 20;

let records: usize = 0;
let recordRoom: u32 = 0;
export let words: u32 = 0;

let table: usize = 0;
let tableSize: u32 = 0;

/** Texts of the words lie one after another and never move. */
let textAt: usize = 0;
let textEnd: usize = 0;
const TEXT_BLOCK: usize = 16384;

/** The text in question, put here by the caller, and its words. */
let text: usize = 0;
let textRoom: usize = 0;
export let tokens: usize = 0;
let tokenRoom: u32 = 0;
export let tokenCount: u32 = 0;

export function postingsAt(token: u32, lane: u32): usize {
  return records + token * RECORD + POSTINGS + lane * 4;
}
export function membersWith(token: u32): u32 {
  return load<u32>(records + token * RECORD, MEMBERS);
}
export function countMember(token: u32, change: i32): void {
  const at = records + token * RECORD;
  store<u32>(at, load<u32>(at, MEMBERS) + change, MEMBERS);
}
/** Place of the word among the different words of the candidate in question plus one; 0: not in it. */
export function markOf(token: u32): u32 {
  return load<u32>(records + token * RECORD, MARK);
}
export function setMark(token: u32, mark: u32): void {
  store<u32>(records + token * RECORD, mark, MARK);
}

/** Room for a text of so many units. */
export function textBuffer(units: u32): usize {
  const bytes: usize = (units + 1) * 2;
  if (bytes > textRoom) {
    if (text) release(text, textRoom);
    textRoom = roomFor(bytes);
    text = allocate(textRoom);
  }
  return text;
}

/** A large text was for once only: its memory is given back. */
export function shrinkTextBuffer(): void {
  if (textRoom > 65536) {
    release(text, textRoom);
    release(tokens, tokenRoom * 4);
    textRoom = 0;
    text = 0;
    tokens = 0;
    tokenRoom = 0;
  }
}

function tokenBuffer(count: u32): void {
  if (count <= tokenRoom) return;
  if (tokens) release(tokens, tokenRoom * 4);
  const room = roomFor(count * 4);
  tokens = allocate(room);
  tokenRoom = <u32>(room / 4);
}
export function setTokens(count: u32): usize {
  tokenBuffer(count);
  tokenCount = count;
  return tokens;
}

function inWord(unit: u32, separated: bool): bool {
  if (separated) return unit != 0;
  return unit - 97 < 26 || unit - 48 < 10;
}

/**
 * Splits the text in the buffer into words and looks their numbers up.
 * @param separated words are what lies between zero units; else runs of a-z and 0-9
 * @param learn whether unknown words get a number, or NONE
 */
export function tokenize(units: u32, separated: bool, learn: bool): u32 {
  tokenBuffer(units / 2 + 1);
  let count: u32 = 0;
  const end = text + units * 2;
  let at = text;
  while (at < end) {
    let unit: u32 = load<u16>(at);
    if (!inWord(unit, separated)) {
      at += 2;
      continue;
    }
    const start = at;
    let hash: u32 = 0x811c9dc5;
    do {
      hash = (hash ^ unit) * 0x01000193;
      at += 2;
      if (at >= end) break;
      unit = load<u16>(at);
    } while (inWord(unit, separated));
    hash = (hash ^ (hash >> 15)) * 0x85ebca6b;
    hash ^= hash >> 13;
    store<u32>(tokens + count * 4, lookUp(start, at - start, hash, learn));
    count++;
  }
  tokenCount = count;
  return count;
}

function lookUp(start: usize, bytes: usize, hash: u32, learn: bool): u32 {
  if (learn && words * 2 >= tableSize) growTable();
  if (tableSize == 0) return NONE;
  const mask = tableSize - 1;
  let place = hash & mask;
  while (true) {
    const found = load<u32>(table + place * 4);
    if (found == 0) break;
    const at = records + (found - 1) * RECORD;
    if (
      load<u32>(at, HASH) == hash &&
      load<u32>(at, UNITS) * 2 == bytes &&
      same(load<u32>(at, TEXT), start, bytes)
    ) {
      return found - 1;
    }
    place = (place + 1) & mask;
  }
  if (!learn) return NONE;
  store<u32>(table + place * 4, words + 1);
  return newWord(start, bytes, hash);
}

function same(a: usize, b: usize, bytes: usize): bool {
  for (let i: usize = 0; i < bytes; i += 2) if (load<u16>(a + i) != load<u16>(b + i)) return false;
  return true;
}

function newWord(start: usize, bytes: usize, hash: u32): u32 {
  if (words == recordRoom) {
    const room = roomFor((recordRoom + (recordRoom >> 2) + 64) * RECORD);
    records = enlarge(records, recordRoom * RECORD, room);
    recordRoom = <u32>(room / RECORD);
  }
  if (textAt + bytes > textEnd) {
    const room = max(bytes, TEXT_BLOCK);
    textAt = allocate(room);
    textEnd = textAt + room;
  }
  memory.copy(textAt, start, bytes);
  const at = records + words * RECORD;
  memory.fill(at, 0, RECORD);
  store<u32>(at, hash, HASH);
  store<u32>(at, textAt, TEXT);
  store<u32>(at, <u32>(bytes / 2), UNITS);
  textAt += bytes;
  return words++;
}

function growTable(): void {
  const size: u32 = tableSize == 0 ? 512 : tableSize * 2;
  const larger = allocate(size * 4);
  memory.fill(larger, 0, size * 4);
  for (let word: u32 = 0; word < words; word++) {
    let place = load<u32>(records + word * RECORD, HASH) & (size - 1);
    while (load<u32>(larger + place * 4)) place = (place + 1) & (size - 1);
    store<u32>(larger + place * 4, word + 1);
  }
  if (table) release(table, tableSize * 4);
  table = larger;
  tableSize = size;
}

/** All words in the order of their numbers, a zero unit between them, in the text buffer. Returns the units. */
export function writeWords(): u32 {
  let units: u32 = 0;
  for (let word: u32 = 0; word < words; word++) units += load<u32>(records + word * RECORD, UNITS) + 1;
  let to = textBuffer(units);
  for (let word: u32 = 0; word < words; word++) {
    const at = records + word * RECORD;
    const bytes: usize = load<u32>(at, UNITS) * 2;
    memory.copy(to, load<u32>(at, TEXT), bytes);
    store<u16>(to + bytes, 0);
    to += bytes + 2;
  }
  return units;
}
