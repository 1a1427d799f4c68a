/** Addresses in a memory of WebAssembly, given out once and never taken back. */

const PAGE = 65_536;
/** Lines of the caches. */
const ALIGNMENT = 64;
/** What 32-bit addresses reach. */
const MOST_BYTES = 65_536 * PAGE - PAGE;

/** Plans addresses before there is a memory: `take` one after the other, then open a memory of `bytes`. */
export class Arena {
  #next: number;
  constructor(start = 1024) {
    this.#next = start;
  }

  /** The address of room for so many bytes. */
  take(bytes: number): number {
    const at = this.#next;
    this.#next = at + Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    return at;
  }

  floats(count: number): number {
    return this.take(4 * count);
  }

  get end(): number {
    return this.#next;
  }
}

/**
 * A memory that threads can share.
 * @throws RangeError when there is not so much memory
 */
export function sharedMemory(bytes: number): WebAssembly.Memory {
  if (bytes > MOST_BYTES) throw new RangeError('out of memory: more than 4 GB');
  const pages = Math.ceil(bytes / PAGE);
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
}
