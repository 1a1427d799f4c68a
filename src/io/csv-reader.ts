/**
 * Splits CSV (RFC 4180) into records as the text arrives: quoted cells may contain separators, quotes and line breaks. The
 * first line tells the separator: comma, semicolon or tab, as spreadsheets write them.
 */
import { WORDS } from './words';

/** Cells of one record, or what is wrong with it; `line` is where it begins, from 1. */
export type CsvRecord =
  | { readonly line: number; readonly cells: readonly string[] }
  | { readonly line: number; readonly problem: string };

/** Where the reader is in a cell; `quote` is behind a quote that ends a quoted cell or is half of a doubled one. */
type CellState = 'empty' | 'plain' | 'quoted' | 'quote' | 'closed';

const SEPARATORS = [',', ';', '\t'] as const;
const MAX_CELLS = 1_000;

/** Takes text in pieces of any size and returns the records that are complete. */
export class CsvSplitter {
  #separator: string | null = null;
  /** Text before the first line break, until the separator is known. */
  #head = '';
  #line = 1;
  #startLine = 1;
  #cells: string[] = [];
  #cell: string[] = [];
  #state: CellState = 'empty';
  /** Characters of the record so far. */
  #length = 0;
  #afterCr = false;
  #problem: string | null = null;

  /** @param maxLength most characters of a record; a longer one is reported and skipped */
  constructor(private readonly maxLength: number) {}

  push(text: string): CsvRecord[] {
    if (this.#separator !== null) return this.#read(text);
    this.#head += text;
    if (!/[\r\n]/u.test(this.#head) && this.#head.length < this.maxLength) return [];
    return this.#begin();
  }

  end(): CsvRecord[] {
    const records = this.#separator === null ? this.#begin() : [];
    if (this.#state === 'quoted') {
      this.#problem ??= WORDS.record.openQuote;
    }
    if (this.#state !== 'empty' || this.#cells.length > 0 || this.#problem !== null) {
      this.#endRecord(records);
    }
    return records;
  }

  #begin(): CsvRecord[] {
    const head = this.#head;
    this.#head = '';
    const first = /^[^\r\n]*/u.exec(head)?.[0] ?? '';
    const count = (separator: string): number => first.split(separator).length;
    this.#separator = SEPARATORS.reduce((best, one) => (count(one) > count(best) ? one : best), ',');
    return this.#read(head);
  }

  #read(text: string): CsvRecord[] {
    const records: CsvRecord[] = [];
    /** Where the current piece of plain text begins. */
    let from = 0;
    const keep = (to: number): void => {
      if (to > from) this.#keep(text.slice(from, to));
    };
    for (let i = 0; i < text.length; i++) {
      const char = text[i] as string;
      const newLine = char === '\r' || (char === '\n' && !this.#afterCr);
      if (newLine) this.#line++;
      const secondOfPair = char === '\n' && this.#afterCr;
      this.#afterCr = char === '\r';
      if (this.#state === 'quoted') {
        if (char === '"') {
          keep(i);
          from = i + 1;
          this.#state = 'quote';
        }
        continue;
      }
      if (this.#state === 'quote') {
        from = i;
        this.#state = char === '"' ? 'quoted' : 'closed';
        if (char === '"') continue;
      }
      if (char === this.#separator) {
        keep(i);
        from = i + 1;
        this.#endCell();
      } else if (char === '\r' || char === '\n') {
        keep(i);
        from = i + 1;
        if (!secondOfPair) this.#endRecord(records);
        this.#startLine = this.#line;
      } else if (this.#state === 'empty') {
        if (char === '"') from = i + 1;
        this.#state = char === '"' ? 'quoted' : 'plain';
      }
    }
    keep(text.length);
    return records;
  }

  #keep(piece: string): void {
    if (this.#state === 'closed') {
      this.#problem ??= WORDS.record.textAfterQuote;
    }
    this.#length += piece.length;
    if (this.#length > this.maxLength) {
      this.#problem ??= WORDS.record.tooLong(this.maxLength);
      this.#cell = [];
    } else this.#cell.push(piece);
  }

  #endCell(): void {
    if (this.#cells.length >= MAX_CELLS) this.#problem ??= WORDS.record.manyCells(MAX_CELLS);
    else this.#cells.push(this.#cell.join(''));
    this.#cell = [];
    this.#state = 'empty';
  }

  #endRecord(records: CsvRecord[]): void {
    const blank = this.#cells.length === 0 && this.#state === 'empty';
    this.#endCell();
    const line = this.#startLine;
    if (this.#problem !== null) records.push({ line, problem: this.#problem });
    else if (!blank) records.push({ line, cells: this.#cells });
    this.#cells = [];
    this.#problem = null;
    this.#length = 0;
  }
}

/** Removes the apostrophe that keeps a spreadsheet from running a cell as a formula; see the writer. */
export const withoutGuard = (cell: string): string =>
  /^'+[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/u.test(cell) ? cell.slice(1) : cell;
