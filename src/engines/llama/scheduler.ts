/**
 * Requests computed side by side: each step takes those that write by one token and, in the rows that are left, prompts by
 * a piece. What a request gives does not depend on the others.
 */
import { AppError } from '../../core/errors';
import type { PromptProgress } from '../../core/ports';
import { WORDS } from '../words';
import { Pacer } from '../../io/pacer';
import type { LlamaWasm } from './llama-wasm';
import { PAGE_TOKENS, PageMemory } from './page-memory';
import { type TokenSequence, Sequences } from './sequences';

/** Rows of a step at most; more gain nothing, and a stop waits for the end of a step. */
export const MOST_ROWS = 32;
/** Numbers in the engine's table for each row: token, position, list of pages, whether logits are wanted. */
const ROW_ENTRY = 4;
/** Memory for keys and values; more where all requests at once need it. */
const KEY_VALUE_BYTES = 256 * 1024 * 1024;

/** Logits of a request's next token; valid until the callback that gets them returns. */
export interface NextLogits {
  readonly values: Float32Array;
  /** `values` become exp((value - largest) * factor). @returns their sum */
  readonly powers: (factor: number) => number;
}
/** Takes the logits of the next token. @returns the token that follows, or null at the end */
export type TakeLogits = (logits: NextLogits) => number | null;
/** Takes the logits after a token of a given text. @param position of the token that they are for */
type SeeLogits = (logits: NextLogits, position: number) => void;
/** Tokens of a prompt, and how many were known from earlier requests. */
export interface PromptFigures {
  readonly promptTokens: number;
  readonly cachedTokens: number;
}

interface Work {
  readonly sequence: TokenSequence;
  /** Address of its list of pages. */
  readonly pages: number;
  readonly signal: AbortSignal;
  /** The position from which on logits are wanted. */
  readonly wantedFrom: number;
  readonly take: (logits: NextLogits, position: number) => number | null;
  readonly promptTokens: number;
  /** Tokens of the prompt that were computed for it. */
  evaluated: number;
  /** Another request computes the same beginning. */
  waits: boolean;
  /** Hears how much of the prompt is computed. */
  readonly onReading: (progress: PromptProgress) => void;
  /** Resolves at the end, rejects with an error. */
  readonly settle: (error?: Error) => void;
}
const left = ({ sequence }: Work): number => sequence.tokens.length - sequence.computed;

export class Scheduler {
  readonly #works: Work[] = [];
  readonly #sequences: Sequences;
  /** Addresses of page lists that no request uses. */
  readonly #lists: number[];
  #computing = false;

  /**
   * @param vocabulary tokens of the model @param context tokens of a sequence at most
   * @param parallel requests at once at most
   */
  constructor(
    private readonly wasm: LlamaWasm,
    private readonly vocabulary: number,
    private readonly context: number,
    parallel: number,
  ) {
    const pages = Math.ceil(context / PAGE_TOKENS);
    // One more for each request: a beginning that is not a whole page is copied.
    const needed = parallel * (pages + 1);
    const most = Math.max(needed, Math.floor(KEY_VALUE_BYTES / wasm.pageBytes()));
    this.#sequences = new Sequences(new PageMemory(wasm, most));
    this.#lists = Array.from({ length: parallel }, () => wasm.reserve(pages * Uint32Array.BYTES_PER_ELEMENT));
  }

  /**
   * Computes a prompt and then token after token, until `take` gives none or the context is full.
   * @param onReading hears of each piece of the prompt
   * @throws AppError prompt-too-long, out-of-memory; AbortError
   */
  compute(
    prompt: readonly number[],
    signal: AbortSignal,
    take: TakeLogits,
    onReading: (progress: PromptProgress) => void = () => undefined,
  ): Promise<PromptFigures> {
    return this.#request(prompt, { signal, take, onReading, wantedFrom: prompt.length - 1 });
  }

  /**
   * Computes a text that is given whole.
   * @param from the first token whose logits are wanted, from 1 @param see hears of each in order
   * @throws as `compute`
   */
  follow(
    tokens: readonly number[],
    from: number,
    signal: AbortSignal,
    see: SeeLogits,
    onReading: (progress: PromptProgress) => void = () => undefined,
  ): Promise<PromptFigures> {
    // Nothing follows the last token, so that it is not computed.
    const last = tokens.length - 1;
    const take: Work['take'] = (logits, position) => {
      see(logits, position + 1);
      return null;
    };
    return this.#request(tokens.slice(0, last), { signal, take, onReading, wantedFrom: from - 1 });
  }

  async #request(
    prompt: readonly number[],
    asked: Pick<Work, 'signal' | 'take' | 'onReading' | 'wantedFrom'>,
  ): Promise<PromptFigures> {
    asked.signal.throwIfAborted();
    if (prompt.length >= this.context) {
      throw new AppError({ kind: 'prompt-too-long', detail: WORDS.tooLong(prompt.length, this.context) });
    }
    const pages = this.#lists.pop();
    if (pages === undefined) throw new Error('more requests at once than the engine was made for');
    let sequence: TokenSequence | null = null;
    try {
      sequence = this.#sequences.begin(prompt, asked.wantedFrom);
      const promptTokens = prompt.length;
      const evaluated = await this.#computed({ ...asked, sequence, pages, promptTokens });
      return { promptTokens, cachedTokens: promptTokens - evaluated };
    } finally {
      if (sequence) this.#sequences.finish(sequence);
      this.#lists.push(pages);
    }
  }

  /** @returns tokens of the prompt that were computed */
  #computed(request: Omit<Work, 'settle' | 'evaluated' | 'waits'>): Promise<number> {
    return new Promise((resolve, reject) => {
      const work: Work = {
        ...request,
        evaluated: 0,
        waits: false,
        settle: (error) => {
          this.#works.splice(this.#works.indexOf(work), 1);
          if (error === undefined) resolve(work.evaluated);
          else reject(error);
        },
      };
      this.#works.push(work);
      void this.#run();
    });
  }

  /** Steps for as long as there are requests. */
  async #run(): Promise<void> {
    if (this.#computing) return;
    this.#computing = true;
    // Messages to the worker get their turn: a stop is one of them.
    const pacer = new Pacer();
    while (this.#works.length > 0) {
      // A finished request's successor joins before the next step.
      await Promise.resolve();
      await pacer.breathe();
      for (const work of [...this.#works]) {
        if (work.signal.aborted) work.settle(new DOMException('stopped', 'AbortError'));
      }
      try {
        this.#step();
      } catch (error) {
        for (const work of [...this.#works]) work.settle(error as Error);
      }
    }
    this.#computing = false;
  }

  #step(): void {
    const rows: number[] = [];
    const wanted: { readonly work: Work; readonly position: number }[] = [];
    const read: Work[] = [];
    // Those that write first, then prompts, the nearest to its end first.
    for (const work of [...this.#works]
      .filter((work) => this.#goesOn(work))
      .sort((a, b) => left(a) - left(b))) {
      const { sequence, pages } = work;
      const count = Math.min(left(work), MOST_ROWS - rows.length / ROW_ENTRY);
      if (count <= 0) break;
      const end = sequence.computed + count;
      try {
        this.#sequences.reach(sequence, end);
      } catch (error) {
        work.settle(error as Error);
        continue;
      }
      new Uint32Array(this.wasm.memory.buffer, pages, sequence.pages.length).set(sequence.pages);
      for (let position = sequence.computed; position < end; position++) {
        const isWanted = position >= work.wantedFrom;
        rows.push(sequence.tokens[position] as number, position, pages, Number(isWanted));
        if (isWanted) wanted.push({ work, position });
      }
      sequence.computed = end;
      if (sequence.tokens.length === work.promptTokens) {
        work.evaluated += count;
        read.push(work);
      }
    }
    if (rows.length === 0) return;
    new Uint32Array(this.wasm.memory.buffer, this.wasm.rowTable(), rows.length).set(rows);
    const logits = this.wasm.step(rows.length / ROW_ENTRY);
    for (const { onReading, sequence, promptTokens } of read) {
      onReading({ done: sequence.computed, total: promptTokens });
    }
    for (const [index, { work, position }] of wanted.entries()) {
      if (this.#works.includes(work)) this.#advance(work, position, logits, index);
    }
  }

  /** Whether it has something to compute that no other request computes for it. */
  #goesOn(work: Work): boolean {
    const { sequence, promptTokens } = work;
    if (sequence.tokens.length > promptTokens) return true;
    const waited = work.waits;
    work.waits = this.#sequences.isWaiting(sequence);
    if (work.waits) return false;
    try {
      if (waited) this.#sequences.catchUp(sequence);
      return true;
    } catch (error) {
      work.settle(error as Error);
      return false;
    }
  }

  #advance(work: Work, position: number, logits: number, index: number): void {
    // Rows of a matrix come in eights; those that are no token must not be chosen.
    const padded = Math.ceil(this.vocabulary / 8) * 8;
    const at = logits + index * padded * Float32Array.BYTES_PER_ELEMENT;
    const all = new Float32Array(this.wasm.memory.buffer, at, padded).fill(-Infinity, this.vocabulary);
    const { sequence } = work;
    try {
      const next = {
        values: all.subarray(0, this.vocabulary),
        powers: (factor: number) => this.wasm.powers(at, padded, factor),
      };
      const token = work.take(next, position);
      if (position < sequence.tokens.length - 1) return;
      if (token !== null && sequence.tokens.length < this.context) sequence.tokens.push(token);
      else work.settle();
    } catch (error) {
      work.settle(error as Error);
    }
  }
}
