/**
 * Exact ROUGE-L of a text against a growing pool, for JavaScript: put a text in the buffer, tokenize it, then let it
 * join the pool, or prepare it as a candidate and run the pass.
 */
import { laneOf, LANES } from './lanes';
import { begin, candidateAt, found, foundMembers, scores, sumOfScores } from './matches';
import { addMember, readMembers, storedBytes, writeMembers } from './members';
import { allocate, release, roomFor } from './memory';
import { passLanes, planSteps } from './passes';
import { passLong, passNewer } from './single';
import { textBuffer, tokenCount, tokenize, words } from './vocabulary';

export { shrinkTextBuffer, textBuffer, tokenize, writeWords } from './vocabulary';
export { addMember, removeMember, replaceMember } from './members';
export { anyFrom } from './single';
export { MOST_CANDIDATES } from './matches';

let firstLane: u32 = 0;

/**
 * The words in the buffer become a candidate of the next pass.
 * @param wanted how many of the nearest members, or `ALL` from the floor upwards
 */
export function prepare(index: u32, wanted: u32, floor: f64): void {
  const candidate = candidateAt(index);
  begin(candidate, tokenCount, wanted, floor);
  planSteps(candidate, 0xff);
  passLong(candidate);
  if (index == 0) firstLane = tokenCount == 0 ? 0 : laneOf(tokenCount) % LANES;
}
/** Compares the first `count` candidates with the pool. */
export function run(count: u32): void {
  passLanes(count, firstLane);
}
/** Adds members that joined after `run`, from number `first` on. The candidate's words are in the buffer again. */
export function meetNewer(index: u32, first: u32): void {
  passNewer(candidateAt(index), first);
}
export function foundCount(index: u32): u32 {
  return found(candidateAt(index));
}
export function scoresAt(index: u32): usize {
  return scores(candidateAt(index));
}
export function membersAt(index: u32): usize {
  return foundMembers(candidateAt(index));
}
export function scoreSum(index: u32): f64 {
  return sumOfScores(candidateAt(index));
}

let stored: usize = 0;
let storedRoom: usize = 0;

/** Room for members as `writeAll` writes them. */
export function storedBuffer(bytes: u32): usize {
  storedRoom = roomFor(bytes + 1);
  stored = allocate(storedRoom);
  return stored;
}
export function releaseStored(): void {
  release(stored, storedRoom);
}
/** Writes all members into a stored buffer, which is to be released. Returns the bytes. */
export function writeAll(): u32 {
  storedBuffer(storedBytes());
  return <u32>(writeMembers(stored) - stored);
}
export function storedAt(): usize {
  return stored;
}
/** Adds the members in the stored buffer, after their words were learnt in their old order; see `readMembers`. */
export function readAll(bytes: u32): i32 {
  return readMembers(stored, bytes, words);
}
