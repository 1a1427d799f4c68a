/** Members of the pool by number, in the order in which they joined: their words and their places in the lanes. */
import { addPosting, freeSlot, laneOf, LONGEST, removePosting, takeSlot } from './lanes';
import { allocate, enlarge, release, roomFor } from './memory';
import { NONE, setTokens, tokenCount, tokens } from './vocabulary';

/** A member's record: place of its words, their count, slot, and the last decision that looked at it. */
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
  return load<usize>(records + member * RECORD, WORDS);
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
  const words = allocate(length * 4);
  memory.copy(words, tokens, length * 4);
  store<usize>(at, words, WORDS);
  if (length > LONGEST) {
    addLong(member);
    return;
  }
  const lane = laneOf(length);
  const slot = takeSlot(lane, length, member);
  store<u32>(at, slot, SLOT);
  for (let i: u32 = 0; i < length; i++) addPosting(lane, load<u32>(words + i * 4), slot, i);
}

export function removeMember(member: u32): void {
  const at = records + member * RECORD;
  const length = load<u32>(at, LENGTH);
  store<u32>(at, REMOVED, LENGTH);
  if (length == 0 || length == REMOVED) return;
  const words = load<usize>(at, WORDS);
  if (length > LONGEST) removeLong(member);
  else {
    const lane = laneOf(length);
    const slot = load<u32>(at, SLOT);
    for (let i: u32 = 0; i < length; i++) removePosting(lane, load<u32>(words + i * 4), slot);
    freeSlot(lane, length, slot);
  }
  release(words, length * 4);
}

/** The member keeps its number; its words are now those in the buffer. */
export function replaceMember(member: u32): void {
  removeMember(member);
  place(member);
}

function addLong(member: u32): void {
  if (longCount == longRoom) {
    const bytes = roomFor((longRoom + 16) * 4);
    long = enlarge(long, longRoom * 4, bytes);
    longRoom = <u32>(bytes / 4);
  }
  store<u32>(long + longCount++ * 4, member);
}
function removeLong(member: u32): void {
  for (let i: u32 = 0; i < longCount; i++) {
    if (longMember(i) != member) continue;
    store<u32>(long + i * 4, longMember(--longCount));
    return;
  }
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
    const words = memberWords(member);
    for (let i: u32 = 0; i < length; i++) to = writeNumber(to, load<u32>(words + i * 4));
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
