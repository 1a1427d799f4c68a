/**
 * The similarity index in WebAssembly: this side writes texts into the engine's memory and reads results; everything
 * else, from words to insertion, happens in assembly/.
 */
import type { Neighbour, TaskId } from '../../core/task';
import type { Similarity } from '../../core/ports';
import type { Join, PoolIndex, ThresholdEdge } from '../../core/similarity/pool-index';
import { type TokenMode, tokenize } from '../../core/similarity/tokenize';
import { type EngineExports, startEngine } from './wasm-module';

/** A pool as word numbers: what is kept so that an index need not read all texts again. */
export interface StoredPool {
  readonly mode: TokenMode;
  readonly ids: readonly TaskId[];
  /** The vocabulary in the order of its numbers, a zero character after each word. */
  readonly words: string;
  /** For each member the count of its words and their numbers, seven bits to a byte. */
  readonly members: Uint8Array<ArrayBuffer>;
}

const SEPARATOR = '\u0000';
/** The engine's `ALL`. */
const ALL = 0xffffffff;

/** Exact ROUGE-L against a pool, in WebAssembly with vectors. */
export class WasmIndex implements PoolIndex {
  /** By member number; undefined for removed members. */
  readonly #ids: (TaskId | undefined)[] = [];
  #size = 0;
  #units = new Uint16Array(0);
  #numbers = new Uint32Array(0);
  #doubles = new Float64Array(0);

  private constructor(
    private readonly engine: EngineExports,
    private readonly mode: TokenMode,
  ) {}

  /** Null where the engine cannot run. */
  static create(mode: TokenMode): WasmIndex | null {
    const engine = startEngine();
    return engine && new WasmIndex(engine, mode);
  }

  /** An index with the members of a stored pool; null where the engine cannot run. */
  static restore(stored: StoredPool): WasmIndex | null {
    const index = WasmIndex.create(stored.mode);
    if (index) index.#read(stored);
    return index;
  }

  get size(): number {
    return this.#size;
  }
  /** Memory that the engine holds. */
  get bytes(): number {
    return this.engine.memory.buffer.byteLength;
  }

  add(id: TaskId, instruction: string): void {
    this.#tokenize(instruction, true);
    this.#ids[this.engine.addMember()] = id;
    this.#size++;
  }

  remove(id: TaskId): void {
    const member = this.#ids.lastIndexOf(id);
    if (member < 0) return;
    this.engine.removeMember(member);
    this.#ids[member] = undefined;
    this.#size--;
  }

  replace(id: TaskId, instruction: string): void {
    const member = this.#ids.lastIndexOf(id);
    if (member < 0) return;
    this.#tokenize(instruction, true);
    this.engine.replaceMember(member);
  }

  compare(instruction: string, topK: number): Similarity {
    this.#tokenize(instruction, false);
    this.engine.prepare(0, Math.max(topK, 1), 0);
    this.engine.run(1);
    return this.#result(0, topK);
  }

  compareAll(instructions: readonly string[], topK: number, join: Join = () => null): Similarity[] {
    const most = this.engine.MOST_CANDIDATES.value;
    const results: Similarity[] = [];
    for (let from = 0; from < instructions.length; from += most) {
      const batch = instructions.slice(from, from + most);
      for (const [i, instruction] of batch.entries()) {
        this.#tokenize(instruction, false);
        this.engine.prepare(i, Math.max(topK, 1), 0);
      }
      this.engine.run(batch.length);
      const first = this.#ids.length;
      for (const [i, instruction] of batch.entries()) {
        if (this.#ids.length > first) {
          // Once more: words that were new to the pool may be those of a text that joined.
          this.#tokenize(instruction, false);
          this.engine.meetNewer(i, first);
        }
        const similarity = this.#result(i, topK);
        results.push(similarity);
        const id = join(similarity, from + i);
        if (id !== null) this.add(id, instruction);
      }
    }
    return results;
  }

  reaches(instruction: string, threshold: number, edge: ThresholdEdge): boolean {
    const floor = edge === 'above' ? nextAbove(threshold) : threshold;
    // The highest score is never below 0.
    if (floor <= 0) return true;
    this.#tokenize(instruction, false);
    return this.engine.anyFrom(floor) !== 0;
  }

  neighbours(instruction: string, floor: number): Neighbour[] {
    this.#tokenize(instruction, false);
    this.engine.prepare(0, ALL, floor);
    this.engine.run(1);
    return this.#found(0, Infinity);
  }

  /** The pool as word numbers; removed members are left out. */
  store(): StoredPool {
    const { engine } = this;
    const units = engine.writeWords();
    const words = new TextDecoder('utf-16le').decode(
      new Uint8Array(engine.memory.buffer, engine.textBuffer(units), units * 2),
    );
    engine.shrinkTextBuffer();
    const bytes = engine.writeAll();
    const members = new Uint8Array(engine.memory.buffer, engine.storedAt(), bytes).slice();
    engine.releaseStored();
    return { mode: this.mode, ids: this.#ids.filter((id) => id !== undefined), words, members };
  }

  #read({ ids, words, members }: StoredPool): void {
    const { engine } = this;
    this.#write(words);
    engine.tokenize(words.length, true, true);
    engine.shrinkTextBuffer();
    const at = engine.storedBuffer(members.length);
    new Uint8Array(engine.memory.buffer, at, members.length).set(members);
    const count = engine.readAll(members.length);
    engine.releaseStored();
    if (count !== ids.length) throw new RangeError('The stored pool does not fit its vocabulary.');
    for (const id of ids) this.#ids.push(id);
    this.#size = ids.length;
  }

  #tokenize(text: string, learn: boolean): void {
    const separated = this.mode === 'unicode';
    // Lower case first: two characters beyond ASCII turn into ASCII letters there.
    const written = separated ? tokenize(text, this.mode).join(SEPARATOR) : text.toLowerCase();
    this.#write(written);
    this.engine.tokenize(written.length, separated, learn);
  }

  #write(text: string): void {
    const at = this.engine.textBuffer(text.length) / 2;
    this.#refreshViews();
    const units = this.#units;
    for (let i = 0; i < text.length; i++) units[at + i] = text.charCodeAt(i);
  }

  #refreshViews(): void {
    const { buffer } = this.engine.memory;
    if (this.#units.buffer === buffer) return;
    this.#units = new Uint16Array(buffer);
    this.#numbers = new Uint32Array(buffer);
    this.#doubles = new Float64Array(buffer);
  }

  #result(index: number, topK: number): Similarity {
    const found = this.#found(index, Math.max(topK, 1));
    const max = found[0]?.rougeL ?? 0;
    return {
      max,
      mean: this.#size > 0 ? this.engine.scoreSum(index) / this.#size : 0,
      nearest: this.#fillWithZeros(found.slice(0, topK), topK),
    };
  }

  #found(index: number, limit: number): Neighbour[] {
    this.#refreshViews();
    const { engine } = this;
    const count = Math.min(engine.foundCount(index), limit);
    const scores = engine.scoresAt(index) / 8;
    const members = engine.membersAt(index) / 4;
    const found: Neighbour[] = [];
    for (let i = 0; i < count; i++) {
      found.push({
        id: this.#ids[this.#numbers[members + i] ?? 0] as TaskId,
        rougeL: this.#doubles[scores + i] ?? 0,
      });
    }
    return found;
  }

  /** Members without a common word count as zero, the newest first. */
  #fillWithZeros(found: Neighbour[], topK: number): Neighbour[] {
    const wanted = Math.min(topK, this.#size);
    if (found.length >= wanted) return found;
    const listed = new Set(found.map(({ id }) => id));
    for (let member = this.#ids.length - 1; found.length < wanted; member--) {
      const id = this.#ids[member];
      if (id !== undefined && !listed.has(id)) found.push({ id, rougeL: 0 });
    }
    return found;
  }
}

/** The smallest double above a number that is not negative. */
function nextAbove(value: number): number {
  if (value < 0) return 0;
  const bits = new BigUint64Array(new Float64Array([value]).buffer);
  bits[0] = (bits[0] ?? 0n) + 1n;
  return new Float64Array(bits.buffer)[0] ?? value;
}
