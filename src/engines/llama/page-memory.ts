/** Pages of keys and values in the engine's memory, shared by sequences that begin alike. */
import type { LlamaWasm } from './llama-wasm';

/** Tokens of a page; fixed in the engine. */
export const PAGE_TOKENS = 64;

type PageWasm = Pick<LlamaWasm, 'memory' | 'reserve' | 'pageBytes'>;

export class PageMemory {
  readonly #wasm: PageWasm;
  readonly #most: number;
  readonly #free: number[] = [];
  /** By address: how many sequences hold it. */
  readonly #holders = new Map<number, number>();

  /** @param most pages that are taken from the memory */
  constructor(wasm: PageWasm, most: number) {
    this.#wasm = wasm;
    this.#most = most;
  }

  /** A page with one holder; null when all are held. */
  take(): number | null {
    const page = this.#free.pop() ?? this.#reserve();
    if (page === null) return null;
    this.#holders.set(page, 1);
    return page;
  }

  share(page: number): void {
    this.#holders.set(page, (this.#holders.get(page) ?? 0) + 1);
  }

  release(page: number): void {
    const left = (this.#holders.get(page) ?? 0) - 1;
    this.#holders.set(page, left);
    if (left === 0) this.#free.push(page);
  }

  copy(from: number, to: number): void {
    new Uint8Array(this.#wasm.memory.buffer).copyWithin(to, from, from + this.#wasm.pageBytes());
  }

  #reserve(): number | null {
    if (this.#holders.size === this.#most) return null;
    const page = this.#wasm.reserve(this.#wasm.pageBytes());
    return page === 0 ? null : page;
  }
}
