/**
 * Lanes of pool members by length, each with the widest word of bits that fits. A state V has one bit per word of the
 * member; V' = (V + (V & M)) | (V & ~M) for each word of the candidate, and the zero bits of V are the common length.
 */
import { GrowingInts } from './growing-ints';

/** Called with every member that may still be among the nearest; returns the lowest score that matters. */
export type OnMember = (member: number, common: number, memberLength: number) => number;

export interface Lane {
  readonly maxLength: number;
  add(member: number, tokens: Int32Array): void;
  remove(member: number, tokens: Int32Array): void;
  /**
   * @param tokens the candidate's words, -1 for words that no member has
   * @param floor score below which no member matters, until the first call of `onMember`
   * @returns sum of common lengths, by member length
   */
  compare(tokens: Int32Array, floor: number, onMember: OnMember): Map<number, number>;
}

/** Positions of each distinct token, in the order of first occurrence. */
function positionsByToken(tokens: Int32Array): Map<number, number[]> {
  const positions = new Map<number, number[]>();
  for (const [i, token] of tokens.entries()) {
    const known = positions.get(token);
    if (known) known.push(i);
    else positions.set(token, [i]);
  }
  return positions;
}

/** Calls back for members in slot order, skipping those that cannot enter the list of the nearest. */
class Gatherer {
  readonly sums = new Map<number, number>();
  readonly #sums: Float64Array;
  /** Smallest common length that could still matter, by member length. */
  readonly #need: Uint16Array;
  constructor(
    private readonly candidateLength: number,
    floor: number,
    private readonly onMember: OnMember,
    maxLength: number,
  ) {
    this.#sums = new Float64Array(maxLength + 1);
    this.#need = Uint16Array.from({ length: maxLength + 1 }, (_, length) => this.#needFor(floor, length));
  }
  take(member: number, common: number, length: number): void {
    this.#sums[length]! += common;
    if (common < this.#need[length]!) return;
    this.#need[length] = this.#needFor(this.onMember(member, common, length), length);
  }
  #needFor(floor: number, length: number): number {
    // 2 * common / (candidate + length) is the score up to rounding; one less stays on the safe side.
    return Math.max(1, Math.floor((floor * (this.candidateLength + length)) / 2) - 1);
  }
  done(): Map<number, number> {
    for (const [length, sum] of this.#sums.entries()) if (sum > 0) this.sums.set(length, sum);
    return this.sums;
  }
}

/**
 * Clears the bits of a member's words; its slot stays empty, since with no bits it has nothing in common with any
 * text. Postings are `width` numbers each, in the order of the slots.
 */
function forget(
  members: GrowingInts,
  postingsByToken: readonly GrowingInts[],
  width: number,
  member: number,
  tokens: Int32Array,
): void {
  const slot = members.values.lastIndexOf(member, members.length - 1);
  members.values[slot] = -1;
  for (const token of tokens) {
    const postings = postingsByToken[token]!;
    let low = 0;
    let high = postings.length / width - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (postings.values[middle * width]! < slot) low = middle + 1;
      else high = middle;
    }
    postings.values.fill(0, low * width + 1, (low + 1) * width);
  }
}

const SHORT_BITS = 26;
const SHORT_MASK = (1 << SHORT_BITS) - 1;

/** Up to 26 words: the state's 26 bits and, above them, a counter that the carry out of the state increments. */
export class ShortLane implements Lane {
  readonly maxLength = SHORT_BITS;
  readonly #members = new GrowingInts();
  readonly #lengths = new GrowingInts();
  /** By token: pairs of slot and mask. */
  readonly #postings: GrowingInts[] = [];
  #state = new Int32Array(0);

  add(member: number, tokens: Int32Array): void {
    const slot = this.#members.push(member) - 1;
    this.#lengths.push(tokens.length);
    for (const [token, positions] of positionsByToken(tokens)) {
      let mask = 0;
      for (const position of positions) mask |= 1 << position;
      const postings = (this.#postings[token] ??= new GrowingInts());
      postings.push(slot);
      postings.push(mask);
    }
  }

  remove(member: number, tokens: Int32Array): void {
    forget(this.#members, this.#postings, 2, member, tokens);
  }

  compare(tokens: Int32Array, floor: number, onMember: OnMember): Map<number, number> {
    const slots = this.#members.length;
    if (this.#state.length < slots) this.#state = new Int32Array(slots * 2);
    const state = this.#state.fill(SHORT_MASK, 0, slots);
    for (const token of tokens) {
      const postings = token < 0 ? undefined : this.#postings[token];
      if (postings) stepShort(state, postings.values, postings.length);
    }
    const gatherer = new Gatherer(tokens.length, floor, onMember, this.maxLength);
    const members = this.#members.values;
    const lengths = this.#lengths.values;
    for (let slot = 0; slot < slots; slot++) {
      gatherer.take(members[slot]!, state[slot]! >>> SHORT_BITS, lengths[slot]!);
    }
    return gatherer.done();
  }
}

function stepShort(state: Int32Array, postings: Int32Array, end: number): void {
  for (let i = 0; i < end; i += 2) {
    const slot = postings[i]!;
    const v = state[slot]!;
    const u = v & postings[i + 1]!;
    state[slot] = (v + u) | ((v ^ u) & SHORT_MASK);
  }
}

const HIGH_MASK = SHORT_MASK;

/** Up to 58 words: 32 bits in a low word, 26 bits and the counter in a high word. */
export class MediumLane implements Lane {
  readonly maxLength = 32 + SHORT_BITS;
  readonly #members = new GrowingInts();
  readonly #lengths = new GrowingInts();
  /** By token: triples of slot, low mask and high mask. */
  readonly #postings: GrowingInts[] = [];
  #state = new Int32Array(0);

  add(member: number, tokens: Int32Array): void {
    const slot = this.#members.push(member) - 1;
    this.#lengths.push(tokens.length);
    for (const [token, positions] of positionsByToken(tokens)) {
      let low = 0;
      let high = 0;
      for (const position of positions) {
        if (position < 32) low |= 1 << position;
        else high |= 1 << (position - 32);
      }
      const postings = (this.#postings[token] ??= new GrowingInts());
      postings.push(slot);
      postings.push(low);
      postings.push(high);
    }
  }

  remove(member: number, tokens: Int32Array): void {
    forget(this.#members, this.#postings, 3, member, tokens);
  }

  compare(tokens: Int32Array, floor: number, onMember: OnMember): Map<number, number> {
    const slots = this.#members.length;
    if (this.#state.length < 2 * slots) this.#state = new Int32Array(4 * slots);
    const state = this.#state;
    for (let i = 0; i < 2 * slots; i += 2) {
      state[i] = -1;
      state[i + 1] = HIGH_MASK;
    }
    for (const token of tokens) {
      const postings = token < 0 ? undefined : this.#postings[token];
      if (postings) stepMedium(state, postings.values, postings.length);
    }
    const gatherer = new Gatherer(tokens.length, floor, onMember, this.maxLength);
    const members = this.#members.values;
    const lengths = this.#lengths.values;
    for (let slot = 0; slot < slots; slot++) {
      gatherer.take(members[slot]!, state[2 * slot + 1]! >>> SHORT_BITS, lengths[slot]!);
    }
    return gatherer.done();
  }
}

function stepMedium(state: Int32Array, postings: Int32Array, end: number): void {
  for (let i = 0; i < end; i += 3) {
    const at = postings[i]! << 1;
    const v = state[at]!;
    const u = v & postings[i + 1]!;
    const sum = (v + u) | 0;
    state[at] = sum | (v ^ u);
    const carry = (u | (v & ~sum)) >>> 31;
    const h = state[at + 1]!;
    const g = h & postings[i + 2]!;
    state[at + 1] = (h + g + carry) | ((h ^ g) & HIGH_MASK);
  }
}

/** Any length, member by member: rare, so plain 32-bit words with a carried sum over the candidate's bits. */
export class LongLane implements Lane {
  readonly maxLength = Infinity;
  #members: { readonly member: number; readonly tokens: Int32Array }[] = [];

  add(member: number, tokens: Int32Array): void {
    this.#members.push({ member, tokens });
  }

  remove(member: number): void {
    this.#members = this.#members.filter((entry) => entry.member !== member);
  }

  compare(tokens: Int32Array, _floor: number, onMember: OnMember): Map<number, number> {
    const sums = new Map<number, number>();
    if (this.#members.length === 0) return sums;
    const words = Math.ceil(tokens.length / 32);
    const masks = new Map<number, Uint32Array>();
    for (const [token, positions] of positionsByToken(tokens)) {
      const mask = new Uint32Array(words);
      for (const position of positions) mask[position >> 5]! |= 1 << (position & 31);
      if (token >= 0) masks.set(token, mask);
    }
    const state = new Uint32Array(words);
    for (const { member, tokens: memberTokens } of this.#members) {
      state.fill(0xffffffff);
      for (const token of memberTokens) {
        const mask = masks.get(token);
        if (mask) stepLong(state, mask);
      }
      const common = zeroBits(state, tokens.length);
      sums.set(memberTokens.length, (sums.get(memberTokens.length) ?? 0) + common);
      if (common > 0) onMember(member, common, memberTokens.length);
    }
    return sums;
  }
}

function stepLong(state: Uint32Array, mask: Uint32Array): void {
  let carry = 0;
  for (let k = 0; k < state.length; k++) {
    const v = state[k]!;
    const u = (v & mask[k]!) >>> 0;
    const sum = v + u + carry;
    carry = sum > 0xffffffff ? 1 : 0;
    state[k] = (sum | (v ^ u)) >>> 0;
  }
}

function zeroBits(state: Uint32Array, bits: number): number {
  let zeros = 0;
  for (let k = 0; k < state.length; k++) {
    const valid = Math.min(32, bits - 32 * k);
    let word = ~state[k]! & (valid === 32 ? -1 : (1 << valid) - 1);
    while (word !== 0) {
      word &= word - 1;
      zeros++;
    }
  }
  return zeros;
}
