/**
 * How many rows were written since everything was last saved outside of the browser. Counted beside the database: it stays
 * when the database is cleared, and all tabs add to it.
 */
const KEY = 'unsaved-rows';
/** The first reminder comes after so many rows: about half a dozen instructions with their requests and verdicts. */
const FIRST = 50;
/** The next ones come after so many more. */
const MORE = 1_000;

interface Counted {
  readonly rows: number;
  /** A reminder is due from so many rows on. */
  readonly limit: number;
  /** Milliseconds since 1970; null before the first time. */
  readonly savedAt: number | null;
}
const NONE: Counted = { rows: 0, limit: FIRST, savedAt: null };

export class UnsavedRows {
  #counted = $state.raw(read());

  constructor() {
    window.addEventListener('storage', ({ key }) => {
      if (key === KEY) this.#counted = read();
    });
  }

  get rows(): number {
    return this.#counted.rows;
  }
  get savedAt(): number | null {
    return this.#counted.savedAt;
  }
  /** Whether so much has grown that the user should be reminded. */
  get many(): boolean {
    return this.#counted.rows >= this.#counted.limit;
  }

  add(rows: number): void {
    const before = read();
    this.#write({ ...before, rows: before.rows + rows });
  }
  /** @param rows that were unsaved before; what came since is not in the file */
  saved(rows: number, at: number): void {
    this.#write({ rows: Math.max(0, read().rows - rows), limit: MORE, savedAt: at });
  }
  /** Reminds only when much more has grown. */
  later(): void {
    const before = read();
    this.#write({ ...before, limit: before.rows + MORE });
  }

  #write(counted: Counted): void {
    this.#counted = counted;
    try {
      localStorage.setItem(KEY, JSON.stringify(counted));
    } catch {
      // Counted in this tab alone then.
    }
  }
}

function read(): Counted {
  try {
    const { rows, limit, savedAt } = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Counted>;
    return {
      rows: Number.isSafeInteger(rows) ? (rows ?? 0) : 0,
      limit: Number.isSafeInteger(limit) ? (limit ?? FIRST) : FIRST,
      savedAt: typeof savedAt === 'number' ? savedAt : null,
    };
  } catch {
    return NONE;
  }
}
