/**
 * Sequences of tokens whose keys and values are in memory: those being computed, and finished ones, which are kept because
 * the next prompt may begin like them. The paper's prompts do: 31 examples and 16 in a fixed order precede each question.
 */
import { AppError } from '../../core/errors';
import { WORDS } from '../words';
import { PAGE_TOKENS, type PageMemory } from './page-memory';

/** Tokens, of which the first `computed` have keys and values in `pages`. */
export interface TokenSequence {
  /** From this token on it computes all itself, for the logits. */
  readonly ownFrom: number;
  readonly tokens: number[];
  readonly pages: number[];
  computed: number;
}

export class Sequences {
  readonly #memory: PageMemory;
  readonly #active = new Set<TokenSequence>();
  /** Those that were not used for longest first. */
  #finished: TokenSequence[] = [];

  constructor(memory: PageMemory) {
    this.#memory = memory;
  }

  /**
   * A sequence for these tokens, with what is known of their beginning.
   * @param ownFrom the first token that is left to compute in any case; the last one when absent
   * @throws AppError out-of-memory
   */
  begin(tokens: readonly number[], ownFrom = tokens.length - 1): TokenSequence {
    const sequence: TokenSequence = { ownFrom, tokens: [...tokens], pages: [], computed: 0 };
    this.#active.add(sequence);
    this.catchUp(sequence);
    return sequence;
  }
  /**
   * Takes over what is known of its beginning by now.
   * @throws AppError out-of-memory: the sequence is discarded
   */
  catchUp(sequence: TokenSequence): void {
    const [origin, known] = this.#closest(sequence);
    if (!origin) return;
    for (const page of sequence.pages.splice(0)) this.#memory.release(page);
    const whole = Math.floor(known / PAGE_TOKENS);
    for (const page of origin.pages.slice(0, whole)) {
      this.#memory.share(page);
      sequence.pages.push(page);
    }
    sequence.computed = whole * PAGE_TOKENS;
    // Pages are shared only when they are full, so that none changes under another sequence.
    if (known > sequence.computed) {
      const from = origin.pages[whole] as number;
      this.#memory.share(from);
      try {
        const page = this.#take();
        this.#memory.copy(from, page);
        sequence.pages.push(page);
        sequence.computed = known;
      } catch (error) {
        this.discard(sequence);
        throw error;
      } finally {
        this.#memory.release(from);
      }
    }
  }
  /** Whether a sequence that began before is about to compute more of the same beginning: then it is worth waiting for. */
  isWaiting(sequence: TokenSequence): boolean {
    let before = true;
    for (const one of this.#active) {
      if (one === sequence) before = false;
      // One of two must go on: the further, else the earlier.
      else if (one.computed > sequence.computed || (before && one.computed === sequence.computed)) {
        const same = Math.min(commonLength(one.tokens, sequence.tokens), sequence.ownFrom);
        if (same > one.computed) return true;
      }
    }
    return false;
  }
  /** Makes room for the next tokens. @throws AppError out-of-memory */
  reach(sequence: TokenSequence, tokens: number): void {
    while (sequence.pages.length * PAGE_TOKENS < tokens) sequence.pages.push(this.#take());
  }

  /** Keeps a finished sequence for as long as there is memory. */
  finish(sequence: TokenSequence): void {
    this.#active.delete(sequence);
    sequence.tokens.length = sequence.computed;
    if (sequence.computed > 0) this.#finished.push(sequence);
    else this.discard(sequence);
  }

  discard(sequence: TokenSequence): void {
    this.#active.delete(sequence);
    this.#finished = this.#finished.filter((one) => one !== sequence);
    for (const page of sequence.pages.splice(0)) this.#memory.release(page);
  }

  /** The sequence that knows most of the beginning, more than the sequence itself, and how much that is. */
  #closest({ tokens, computed, ownFrom }: TokenSequence): readonly [TokenSequence | null, number] {
    let origin: TokenSequence | null = null;
    let known = computed;
    for (const one of [...this.#finished, ...this.#active]) {
      const same = Math.min(commonLength(one.tokens, tokens), one.computed, ownFrom);
      if (same > known) [origin, known] = [one, same];
    }
    const at = origin ? this.#finished.indexOf(origin) : -1;
    if (at >= 0) this.#finished.push(...this.#finished.splice(at, 1));
    return [origin, known];
  }
  #take(): number {
    for (;;) {
      const page = this.#memory.take();
      if (page !== null) return page;
      const oldest = this.#finished[0];
      if (!oldest) throw new AppError({ kind: 'out-of-memory', detail: WORDS.cpu.noMemory });
      this.discard(oldest);
    }
  }
}

function commonLength(a: readonly number[], b: readonly number[]): number {
  let same = 0;
  while (same < a.length && same < b.length && a[same] === b[same]) same++;
  return same;
}
