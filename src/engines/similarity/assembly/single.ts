/**
 * One candidate against single members: those too long for a lane, and those that a decision cannot rule out. Here the
 * candidate's positions are the bits and the member's words the sequence.
 */
import {
  chunkLengths,
  hasRows,
  LANES,
  laneOf,
  listCount,
  listSlots,
  LONGEST,
  slotMembers,
  slotsOf,
} from './lanes';
import { addSums, begin, candidateAt, found, leastCommon, needFor, offer, offerLong } from './matches';
import {
  firstSeen,
  hasWideWords,
  longCount,
  longMember,
  memberLength,
  memberWord,
  memberWords,
  members,
} from './members';
import { allocate, release, roomFor } from './memory';
import { passLanes, planSteps } from './passes';
import { markOf, membersWith, NONE, postingsAt, setMark, tokenCount, tokens } from './vocabulary';

/** Places of the candidate's different words: `halves` 64-bit parts for each mark from 1. */
let places: usize = 0;
let placesRoom: usize = 0;
let halves: u32 = 0;
let state: usize = 0;

/** Marks the words in the buffer; `forget` must follow. */
function mark(): void {
  halves = (tokenCount + 63) >> 6;
  const bytes: usize = (tokenCount + 2) * halves * 8;
  if (bytes > placesRoom) {
    if (places) release(places, placesRoom);
    placesRoom = roomFor(bytes);
    places = allocate(placesRoom);
  }
  memory.fill(places, 0, bytes);
  // The state lies behind the places of the last mark.
  let marks: u32 = 0;
  for (let i: u32 = 0; i < tokenCount; i++) {
    const token = load<u32>(tokens + i * 4);
    if (token == NONE) continue;
    let known = markOf(token);
    if (known == 0) {
      known = ++marks;
      setMark(token, known);
    }
    const at = places + (known * halves + (i >> 6)) * 8;
    store<u64>(at, load<u64>(at) | ((<u64>1) << (i & 63)));
  }
  state = places + (marks + 1) * halves * 8;
}
function forget(): void {
  for (let i: u32 = 0; i < tokenCount; i++) {
    const token = load<u32>(tokens + i * 4);
    if (token != NONE) setMark(token, 0);
  }
}

function commonLength(member: u32): u32 {
  const words = memberWords(member);
  const length = memberLength(member);
  if (halves == 1 && !hasWideWords(member)) {
    let v: u64 = ~(<u64>0);
    for (let at = words; at < words + length * 2; at += 2) {
      // Words without a mark have no places: the step changes nothing then.
      const u = v & load<u64>(places + markOf(load<u16>(at)) * 8);
      v = (v + u) | (v ^ u);
    }
    return <u32>popcnt<u64>(~v);
  }
  memory.fill(state, 0xff, halves * 8);
  for (let i: u32 = 0; i < length; i++) {
    const known = markOf(memberWord(member, i));
    if (known) advance(places + known * halves * 8);
  }
  let common: u32 = 0;
  for (let i: u32 = 0; i < halves; i++) common += <u32>popcnt<u64>(~load<u64>(state + i * 8));
  return common;
}

function advance(mask: usize): void {
  let carry: u64 = 0;
  for (let i: u32 = 0; i < halves; i++) {
    const v = load<u64>(state + i * 8);
    const u = v & load<u64>(mask + i * 8);
    const sum = v + u;
    const whole = sum + carry;
    carry = (<u64>(sum < v)) | (<u64>(whole < sum));
    store<u64>(state + i * 8, whole | (v ^ u));
  }
}

/** Compares the words in the buffer with the members that have no lane. */
export function passLong(candidate: usize): void {
  if (longCount == 0 || tokenCount == 0) return;
  mark();
  for (let i: u32 = 0; i < longCount; i++) {
    const member = longMember(i);
    offerLong(candidate, commonLength(member), memberLength(member), member);
  }
  forget();
}

/** Compares the words in the buffer, once the candidate had its pass, with members that joined after it. */
export function passNewer(candidate: usize, first: u32): void {
  if (tokenCount == 0 || first >= members) return;
  mark();
  for (let member = first; member < members; member++) {
    const length = memberLength(member);
    if (length == 0) continue;
    const common = commonLength(member);
    if (length > LONGEST) {
      offerLong(candidate, common, length, member);
      continue;
    }
    addSums(candidate, length, i32x4.replace_lane(i64x2.splat(0), 0, common));
    if (common >= needFor(candidate, length)) offer(candidate, common, length, member);
  }
  forget();
}

let round: u32 = 0;
let order: usize = 0;
let orderRoom: usize = 0;

/** With more of a lane's slots in lists than one in so many, passing over the lane is quicker than looking at each. */
const LANE_PASS: u32 = 24;
/** By lane: slots in the lists that would be looked at. */
const listed: usize = memory.data(20);

/**
 * Whether a member's score with the words in the buffer is at least the floor, which is above 0. The floor asks for a
 * common length, and of all but so many of the candidate's words the member must have one: only members with one of
 * the candidate's rarest words, and with a length with which the floor can be reached, are compared. Where those
 * words are frequent the lane is passed over as a whole.
 */
export function anyFrom(floor: f64): bool {
  const target = tokenCount;
  if (target == 0 || floor > 1) return false;
  // Common >= floor * (target + length) / 2 and length >= common, hence this much; rounded down to stay safe.
  const shortest = max<u32>(1, <u32>((floor * <f64>target) / (2 - floor) - 1e-6));
  const known = sortByMembers();
  const unknown = target - known;
  memory.fill(listed, 0, 20);
  let whole: u32 = 0;
  let rarest: u32 = 0;
  for (; rarest < known; rarest++) {
    const longest = longestFor(floor, target, unknown + rarest);
    if (longest < shortest) break;
    const last = min<u32>(laneOf(longest), LANES - 1);
    for (let lane = laneOf(shortest); lane <= last; lane++) {
      const postings = load<u32>(postingsAt(load<u32>(order + rarest * 4), lane));
      if (postings == 0) continue;
      const sum = load<u32>(listed + lane * 4) + (hasRows(postings) ? slotsOf(lane) : listCount(postings));
      store<u32>(listed + lane * 4, sum);
      if (sum * LANE_PASS > slotsOf(lane)) whole |= 1 << lane;
    }
  }
  return anyListed(floor, shortest, rarest, unknown, whole) || (whole != 0 && anyInLanes(floor, whole));
}

/** Length above which a member has no use for the candidate's words from this one on, in order of rarity. */
function longestFor(floor: f64, target: u32, rank: u32): u32 {
  const longest = (2 * <f64>(target - rank)) / floor - <f64>target + 1e-6;
  return longest < 0 ? 0 : longest > 1e9 ? 1000000000 : <u32>longest;
}

function anyListed(floor: f64, shortest: u32, rarest: u32, unknown: u32, whole: u32): bool {
  mark();
  round++;
  let answer = false;
  for (let i: u32 = 0; i < longCount && !answer; i++) answer = reaches(longMember(i), floor);
  for (let i: u32 = 0; i < rarest && !answer; i++) {
    const longest = longestFor(floor, tokenCount, unknown + i);
    const last = min<u32>(laneOf(longest), LANES - 1);
    for (let lane = laneOf(shortest); lane <= last && !answer; lane++) {
      if ((whole >> lane) & 1) continue;
      const postings = load<u32>(postingsAt(load<u32>(order + i * 4), lane));
      if (postings) answer = anyInList(postings, lane, shortest, longest, floor);
    }
  }
  forget();
  return answer;
}

function anyInLanes(floor: f64, whole: u32): bool {
  const candidate = candidateAt(0);
  begin(candidate, tokenCount, 1, floor);
  planSteps(candidate, whole);
  passLanes(1, laneOf(tokenCount) % LANES);
  return found(candidate) > 0;
}

function anyInList(postings: u32, lane: u32, shortest: u32, longest: u32, floor: f64): bool {
  const slots = listSlots(postings);
  const count = listCount(postings);
  const lengths = chunkLengths(lane);
  const members = slotMembers(lane);
  const chunkShift = 7 - lane;
  for (let i: u32 = 0; i < count; i++) {
    const slot = load<u32>(slots + i * 4);
    const length: u32 = load<u8>(lengths + (slot >> chunkShift));
    if (length < shortest || length > longest) continue;
    const member = load<u32>(members + slot * 4);
    if (firstSeen(member, round) && reaches(member, floor)) return true;
  }
  return false;
}

function reaches(member: u32, floor: f64): bool {
  const length = memberLength(member);
  const need = leastCommon(floor, tokenCount, length);
  return need <= min(tokenCount, length) && commonLength(member) >= need;
}

/** Puts the known words in `order`, rarest first. Returns how many. */
function sortByMembers(): u32 {
  const bytes: usize = tokenCount * 4;
  if (bytes > orderRoom) {
    if (order) release(order, orderRoom);
    orderRoom = roomFor(bytes);
    order = allocate(orderRoom);
  }
  let known: u32 = 0;
  for (let i: u32 = 0; i < tokenCount; i++) {
    const token = load<u32>(tokens + i * 4);
    // Unknown words are the rarest of all and have no members.
    if (token == NONE) continue;
    const often = membersWith(token);
    let at = known++;
    while (at > 0 && membersWith(load<u32>(order + (at - 1) * 4)) > often) {
      store<u32>(order + at * 4, load<u32>(order + (at - 1) * 4));
      at--;
    }
    store<u32>(order + at * 4, token);
  }
  return known;
}
