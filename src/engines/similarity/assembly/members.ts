/** Members of the pool by number, in the order in which they joined: their words and their places in the lanes. */
import { addPosting, freeSlot, laneOf, LONGEST, removePosting, takeSlot } from './lanes';
import { allocate, enlarge, release, roomFor } from './memory';
import { NONE, setTokens, tokenCount, tokens } from './vocabulary';

/**
 * A member's record: place of its words, their count, slot, and the last decision that looked at it. The words have two
 * bytes each unless one of them is above 65,535, which the lowest bit of the place tells.
 */
const RECORD: usize = 16;
const WORDS: usize = 0;
const LENGTH: usize = 4;
const SLOT: usize = 8;
const SEEN: usize = 12;

let records: usize = 0;
let room: u32 = 0;
/** Numbers given so far; the removed ones are not given again. */
export let members: u32 = 0;

/** Members without a lane. */
let long: usize = 0;
let longRoom: u32 = 0;
export let longCount: u32 = 0;

const REMOVED: u32 = NONE;

export function memberLength(member: u32): u32 {
  return load<u32>(records + member * RECORD, LENGTH);
}
export function memberWords(member: u32): usize {
  return load<usize>(records + member * RECORD, WORDS) & ~1;
}
export function hasWideWords(member: u32): bool {
  return (load<u32>(records + member * RECORD, WORDS) & 1) != 0;
}
export function memberWord(member: u32, index: u32): u32 {
  const words = memberWords(member);
  return hasWideWords(member) ? load<u32>(words + index * 4) : load<u16>(words + index * 2);
}
export function longMember(index: u32): u32 {
  return load<u32>(long + index * 4);
}
/** True when the member was not looked at in this round. */
export function firstSeen(member: u32, round: u32): bool {
  const at = records + member * RECORD;
  if (load<u32>(at, SEEN) == round) return false;
  store<u32>(at, round, SEEN);
  return true;
}

/** The words in the buffer join the pool. Returns the member's number. */
export function addMember(): u32 {
  if (members == room) {
    const bytes = roomFor((room + (room >> 2) + 64) * RECORD);
    records = enlarge(records, room * RECORD, bytes);
    room = <u32>(bytes / RECORD);
  }
  const member = members++;
  store<u32>(records + member * RECORD, 0, SEEN);
  place(member);
  return member;
}

function place(member: u32): void {
  const at = records + member * RECORD;
  const length = tokenCount;
  store<u32>(at, length, LENGTH);
  store<u32>(at, NONE, SLOT);
  store<usize>(at, 0, WORDS);
  // Without words every score is 0: such a member only counts in the mean.
  if (length == 0) return;
  store<usize>(at, keepWords(length), WORDS);
  if (length > LONGEST) {
    addLong(member);
    return;
  }
  const lane = laneOf(length);
  const slot = takeSlot(lane, length, member);
  store<u32>(at, slot, SLOT);
  for (let i: u32 = 0; i < length; i++) addPosting(lane, load<u32>(tokens + i * 4), slot, i);
}

function keepWords(length: u32): usize {
  let highest: u32 = 0;
  for (let i: u32 = 0; i < length; i++) highest = max(highest, load<u32>(tokens + i * 4));
  const wide = highest > 0xffff;
  const words = allocate(length * (wide ? 4 : 2));
  if (wide) memory.copy(words, tokens, length * 4);
  else for (let i: u32 = 0; i < length; i++) store<u16>(words + i * 2, load<u32>(tokens + i * 4));
  return words | usize(wide);
}

export function removeMember(member: u32): void {
  const at = records + member * RECORD;
  const length = load<u32>(at, LENGTH);
  store<u32>(at, REMOVED, LENGTH);
  if (length == 0 || length == REMOVED) return;
  if (length > LONGEST) removeLong(member);
  else {
    const lane = laneOf(length);
    const slot = load<u32>(at, SLOT);
    for (let i: u32 = 0; i < length; i++) removePosting(lane, memberWord(member, i), slot);
    freeSlot(lane, length, slot);
  }
  release(memberWords(member), length * (hasWideWords(member) ? 4 : 2));
}

/** The member keeps its number; its words are now those in the buffer. */
export function replaceMember(member: u32): void {
  removeMember(member);
  place(member);
}

/** By number, so that sums over them do not depend on what was removed or changed before. */
function addLong(member: u32): void {
  if (longCount == longRoom) {
    const bytes = roomFor((longRoom + 16) * 4);
    long = enlarge(long, longRoom * 4, bytes);
    longRoom = <u32>(bytes / 4);
  }
  let at = longCount++;
  for (; at > 0 && longMember(at - 1) > member; at--) store<u32>(long + at * 4, longMember(at - 1));
  store<u32>(long + at * 4, member);
}
function removeLong(member: u32): void {
  let at: u32 = 0;
  while (longMember(at) != member) at++;
  longCount--;
  for (; at < longCount; at++) store<u32>(long + at * 4, longMember(at + 1));
}

/** Bytes that `writeMembers` may need. */
export function storedBytes(): u32 {
  let count: u32 = 0;
  for (let member: u32 = 0; member < members; member++) {
    const length = memberLength(member);
    if (length != REMOVED) count += length + 1;
  }
  return count * 5;
}

/** Writes count and word numbers of every member, seven bits to a byte. Returns the end. */
export function writeMembers(to: usize): usize {
  for (let member: u32 = 0; member < members; member++) {
    const length = memberLength(member);
    if (length == REMOVED) continue;
    to = writeNumber(to, length);
    for (let i: u32 = 0; i < length; i++) to = writeNumber(to, memberWord(member, i));
  }
  return to;
}

function writeNumber(to: usize, value: u32): usize {
  while (value > 127) {
    store<u8>(to++, (value & 127) | 128);
    value >>= 7;
  }
  store<u8>(to++, value);
  return to;
}

let readAt: usize = 0;
function readNumber(): u32 {
  let value: u32 = 0;
  let shift: u32 = 0;
  while (true) {
    const byte: u32 = load<u8>(readAt++);
    value |= (byte & 127) << shift;
    if (byte < 128) return value;
    shift += 7;
  }
}

/** Adds members from what `writeMembers` wrote. Returns how many, or -1 when it does not fit a vocabulary of `words`. */
export function readMembers(from: usize, bytes: u32, words: u32): i32 {
  readAt = from;
  const end = from + bytes;
  let count = 0;
  while (readAt < end) {
    const length = readNumber();
    if (length > end - readAt) return -1;
    setTokens(length);
    for (let i: u32 = 0; i < length; i++) {
      const token = readNumber();
      if (token >= words) return -1;
      store<u32>(tokens + i * 4, token);
    }
    addMember();
    count++;
  }
  return count;
}
