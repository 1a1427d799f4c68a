/** What one candidate finds: the nearest members, or all from a score upwards, and sums of common lengths. */
import { LONGEST } from './lanes';
import { allocate, enlarge, release, roomFor } from './memory';

/** Candidates that one pass may compare. */
export const MOST_CANDIDATES: u32 = 32;

/** A candidate's record. */
const LENGTH: usize = 0;
const WANTED: usize = 4;
const FOUND: usize = 8;
const ROOM: usize = 12;
const SCORES: usize = 16;
const MEMBERS: usize = 20;
const FLOOR: usize = 24;
const LONG_SUM: usize = 32;
/** Changes whenever the floor does; needs of another epoch are void. */
const EPOCH: usize = 40;
const STEPS: usize = 44;
const STEP_ROOM: usize = 48;
/** Per lane: where its steps end in the list of steps. */
export const STEP_ENDS: usize = 52;
const NEEDS: usize = 80;
const EPOCHS: usize = 600;
const SUMS: usize = 1120;
const RECORD: usize = 3200;

/** `wanted` for: every member from the floor upwards. */
export const ALL: u32 = 0xffffffff;

const candidates: usize = memory.data(128);

export function candidateAt(index: u32): usize {
  let candidate = load<usize>(candidates + index * 4);
  if (candidate == 0) {
    candidate = allocate(RECORD);
    memory.fill(candidate, 0, RECORD);
    store<usize>(candidates + index * 4, candidate);
  }
  return candidate;
}

export function begin(candidate: usize, length: u32, wanted: u32, floor: f64): void {
  store<u32>(candidate, length, LENGTH);
  store<u32>(candidate, wanted, WANTED);
  store<u32>(candidate, 0, FOUND);
  store<f64>(candidate, floor, FLOOR);
  store<f64>(candidate, 0, LONG_SUM);
  store<u32>(candidate, 1, EPOCH);
  memory.fill(candidate + EPOCHS, 0, 520);
  memory.fill(candidate + SUMS, 0, 16 * (LONGEST + 1));
  makeRoom(candidate, wanted == ALL ? 64 : wanted);
}

function makeRoom(candidate: usize, wanted: u32): void {
  const room = load<u32>(candidate, ROOM);
  if (wanted <= room) return;
  const larger = <u32>(roomFor(wanted * 8) / 8);
  store<usize>(candidate, enlarge(load<usize>(candidate, SCORES), room * 8, larger * 8), SCORES);
  store<usize>(candidate, enlarge(load<usize>(candidate, MEMBERS), room * 4, larger * 4), MEMBERS);
  store<u32>(candidate, larger, ROOM);
}

export function found(candidate: usize): u32 {
  return load<u32>(candidate, FOUND);
}
export function scores(candidate: usize): usize {
  return load<usize>(candidate, SCORES);
}
export function foundMembers(candidate: usize): usize {
  return load<usize>(candidate, MEMBERS);
}
/** The candidate's steps, with room for so many bytes. */
export function steps(candidate: usize, bytes: usize): usize {
  const room = load<usize>(candidate, STEP_ROOM);
  if (bytes > room) {
    if (room) release(load<usize>(candidate, STEPS), room);
    store<usize>(candidate, roomFor(bytes), STEP_ROOM);
    store<usize>(candidate, allocate(bytes), STEPS);
  }
  return load<usize>(candidate, STEPS);
}

/** In rouge_score's order of operations: another order gives other doubles. */
export function fMeasure(common: u32, target: u32, prediction: u32): f64 {
  const precision = <f64>common / <f64>prediction;
  const recall = <f64>common / <f64>target;
  return precision + recall > 0 ? (2 * precision * recall) / (precision + recall) : 0;
}

/** Smallest common length, at least 1, with which a member of this length reaches the floor. */
export function needFor(candidate: usize, length: u32): u32 {
  const epoch = load<u32>(candidate, EPOCH);
  const at = candidate + length * 4;
  if (load<u32>(at, EPOCHS) == epoch) return load<u32>(at, NEEDS);
  const need = leastCommon(load<f64>(candidate, FLOOR), load<u32>(candidate, LENGTH), length);
  store<u32>(at, epoch, EPOCHS);
  store<u32>(at, need, NEEDS);
  return need;
}
export function leastCommon(floor: f64, target: u32, prediction: u32): u32 {
  // 2 * common / (target + prediction) is the score up to rounding; one less stays on the safe side.
  const guess = <i32>(floor * <f64>(target + prediction) * 0.5) - 1;
  const most = min(target, prediction);
  let need: u32 = guess < 1 ? 1 : guess;
  while (need <= most && fMeasure(need, target, prediction) < floor) need++;
  return need;
}

/** Adds a vector of four partial sums of common lengths. */
export function addSums(candidate: usize, length: u32, sums: v128): void {
  const at = candidate + length * 16;
  v128.store(at, i32x4.add(v128.load(at, SUMS), sums), SUMS);
}

/** Sum of all scores, up to rounding: members of one length share a denominator. */
export function sumOfScores(candidate: usize): f64 {
  let sum = load<f64>(candidate, LONG_SUM);
  const target = load<u32>(candidate, LENGTH);
  for (let length: u32 = 1; length <= LONGEST; length++) {
    const four = v128.load(candidate + length * 16, SUMS);
    const common =
      <u64>(<u32>i32x4.extract_lane(four, 0)) +
      <u64>(<u32>i32x4.extract_lane(four, 1)) +
      <u64>(<u32>i32x4.extract_lane(four, 2)) +
      <u64>(<u32>i32x4.extract_lane(four, 3));
    if (common) sum += (2 * <f64>common) / <f64>(target + length);
  }
  return sum;
}

/** A member without a lane: its score counts in the mean here. */
export function offerLong(candidate: usize, common: u32, length: u32, member: u32): void {
  const score = fMeasure(common, load<u32>(candidate, LENGTH), length);
  store<f64>(candidate, load<f64>(candidate, LONG_SUM) + score, LONG_SUM);
  if (common > 0 && score >= load<f64>(candidate, FLOOR)) take(candidate, score, member);
}

export function offer(candidate: usize, common: u32, length: u32, member: u32): void {
  take(candidate, fMeasure(common, load<u32>(candidate, LENGTH), length), member);
}

function take(candidate: usize, score: f64, member: u32): void {
  const wanted = load<u32>(candidate, WANTED);
  const count = load<u32>(candidate, FOUND);
  let at = count;
  if (wanted == ALL) makeRoom(candidate, count + 1);
  const scoresAt = scores(candidate);
  const membersAt = foundMembers(candidate);
  if (wanted != ALL) {
    // Higher score first, then the newer member.
    if (count == wanted) {
      const last = load<f64>(scoresAt + (count - 1) * 8);
      if (score < last || (score == last && member < load<u32>(membersAt + (count - 1) * 4))) return;
      at = count - 1;
    }
    while (at > 0) {
      const before = load<f64>(scoresAt + (at - 1) * 8);
      if (before > score || (before == score && load<u32>(membersAt + (at - 1) * 4) > member)) break;
      store<f64>(scoresAt + at * 8, before);
      store<u32>(membersAt + at * 4, load<u32>(membersAt + (at - 1) * 4));
      at--;
    }
  }
  store<f64>(scoresAt + at * 8, score);
  store<u32>(membersAt + at * 4, member);
  if (count != wanted) store<u32>(candidate, count + 1, FOUND);
  if (wanted != ALL && count + 1 >= wanted) {
    const floor = load<f64>(scoresAt + (wanted - 1) * 8);
    if (floor > load<f64>(candidate, FLOOR)) {
      store<f64>(candidate, floor, FLOOR);
      store<u32>(candidate, load<u32>(candidate, EPOCH) + 1, EPOCH);
    }
  }
}
