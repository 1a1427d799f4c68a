/**
 * Sequences of tokens whose keys and values are in memory: those being computed, and finished ones, which are kept because
 * the next prompt may begin like them. The paper's prompts do: 31 examples and 16 in a fixed order precede each question.
 */
import { AppError } from '../../core/errors';
import { WORDS } from '../words';
import { PAGE_TOKENS, type PageMemory } from './page-memory';

/** Tokens, of which the first `computed` have keys and values in `pages`. */
export interface TokenSequence {
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
   * A sequence for these tokens, with what is known of their beginning. At least the last token is left to compute, for its
   * logits.
   * @throws AppError out-of-memory
   */
  begin(tokens: readonly number[]): TokenSequence {
    const [origin, known] = this.#closest(tokens);
    const sequence: TokenSequence = { tokens: [...tokens], pages: [], computed: 0 };
    this.#active.add(sequence);
    if (!origin) return sequence;
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
    return sequence;
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

  /** The sequence with the longest common beginning, and how long that is. */
  #closest(tokens: readonly number[]): readonly [TokenSequence | null, number] {
    let origin: TokenSequence | null = null;
    let known = 0;
    for (const one of [...this.#finished, ...this.#active]) {
      const most = Math.min(tokens.length - 1, one.computed);
      let same = 0;
      while (same < most && one.tokens[same] === tokens[same]) same++;
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
