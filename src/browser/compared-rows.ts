/**
 * Remembers, outside of the database, when all rows were last compared with the newest snapshot: so that a start after an
 * orderly end need not read everything. After a kill nothing is remembered, because that is when files are cut or lost.
 */

const KEY = 'rows-compared';
/** What rots in silence is found after so long; a snapshot is as old then at most. */
const FRESH_MS = 24 * 60 * 60 * 1000;

export class ComparedRows {
  /** When they were compared, in milliseconds since 1970; null while another tab watches over them. */
  #at: number | null = null;

  constructor(private readonly now: () => number) {
    window.addEventListener('pagehide', () => {
      if (this.#at !== null) this.#note(this.#at);
    });
    window.addEventListener('pageshow', ({ persisted }) => {
      if (persisted && this.#at !== null) this.#note(null);
    });
  }

  /** Whether they were compared lately, by a page that ended in order. */
  get fresh(): boolean {
    return this.#last() !== null;
  }
  /** From now on this page watches over them; a kill must leave nothing to be remembered. */
  watch(): void {
    if (this.#at !== null) return;
    this.#at = this.#last() ?? this.now();
    this.#note(null);
  }
  /** Nobody can say any more that they are in order. */
  forget(): void {
    this.#at = null;
    this.#note(null);
  }

  #last(): number | null {
    try {
      const noted = localStorage.getItem(KEY);
      const age = this.now() - Number(noted);
      return noted !== null && age >= 0 && age < FRESH_MS ? Number(noted) : null;
    } catch {
      return null;
    }
  }
  #note(at: number | null): void {
    try {
      if (at === null) localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, String(at));
    } catch {
      // Not remembered: they are compared again.
    }
  }
}
