/**
 * Counts what a Parquet file turns into. A few bytes of it may stand for any number of rows, and a text that is stored once
 * may be the cell of every row, so the sizes that a file states say little. What is counted does not depend on the
 * computer: a file is refused everywhere or nowhere.
 */
const MIB = 1024 * 1024;
/** Texts that compress better than this repeat themselves; a data set does not. The same limit as for zip archives. */
const MAX_RATIO = 200;
/** Small files may have any ratio up to this many bytes. */
const SMALL = 64 * MIB;
/** Of the columns of one row group, which are in memory at once. */
const MAX_GROUP = 512 * MIB;
/** What a value costs besides its text: its level, its place in the column, its place in the row. */
const VALUE = 32;

/** Why reading stopped: the file is a bomb, or one row group does not fit into memory. */
export class ParquetLimit extends Error {
  override readonly name = 'ParquetLimit';
  constructor(readonly reason: 'ratio' | 'group') {
    super(reason);
  }
}

export class ParquetBudget {
  readonly #most: number;
  #group = 0;
  #unpacked = 0;
  #given = 0;

  /** @param size of the file in bytes */
  constructor(size: number) {
    this.#most = Math.max(SMALL, size * MAX_RATIO);
  }

  beginGroup(): void {
    this.#group = 0;
  }

  /**
   * Called before memory is taken for them.
   * @throws ParquetLimit; RangeError when these are no counts
   */
  unpack(bytes: number, values: number): void {
    if (!isCount(bytes) || !isCount(values)) throw new RangeError('not a count');
    const cost = bytes + values * VALUE;
    this.#group += cost;
    this.#unpacked += cost;
    // The ratio first: it is the same whatever the group.
    if (this.#unpacked > this.#most) throw new ParquetLimit('ratio');
    if (this.#group > MAX_GROUP) throw new ParquetLimit('group');
  }

  /** Called for each row: its texts leave the file as often as they are used. @throws ParquetLimit */
  give(row: unknown): void {
    this.#given += sizeOf(row);
    if (this.#given > this.#most) throw new ParquetLimit('ratio');
  }
}

const isCount = (number: number): boolean => Number.isSafeInteger(number) && number >= 0;

/** Texts and bytes by their length, everything else by its place. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return VALUE + value.length;
  if (value instanceof Uint8Array) return VALUE + value.length;
  if (typeof value !== 'object' || value === null) return VALUE;
  let size = VALUE;
  for (const child of Object.values(value)) size += sizeOf(child);
  return size;
}
