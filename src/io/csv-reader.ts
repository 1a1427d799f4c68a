/**
 * Cuts CSV (RFC 4180) into records as the text arrives: quoted cells may hold separators, quotes and line breaks. The
 * separator is taken from the first line: comma, semicolon or tab, as spreadsheets write them.
 */

export type CsvRecord =
  | { readonly line: number; readonly cells: readonly string[] }
  | { readonly line: number; readonly problem: string };

const SEPARATORS = [',', ';', '\t'] as const;
const MAX_CELLS = 1_000;

export class CsvSplitter {
  #separator: string | null = null;
  /** Text before the first line break, while the separator is not known. */
  #head = '';
  #line = 1;
  #startLine = 1;
  #cells: string[] = [];
  #cell: string[] = [];
  #length = 0;
  #quoted = false;
  /** A quote inside a quoted cell was the last character: the end of the cell, or half of a doubled one. */
  #quotePending = false;
  #wasQuoted = false;
  #afterCr = false;
  #problem: string | null = null;

  /** @param maxLength characters of a record; a longer one is reported and passed over */
  constructor(private readonly maxLength: number) {}

  push(text: string): CsvRecord[] {
    if (this.#separator !== null) return this.#read(text);
    this.#head += text;
    if (!/[\r\n]/u.test(this.#head) && this.#head.length < this.maxLength) return [];
    return this.#begin();
  }

  end(): CsvRecord[] {
    const records = this.#separator === null ? this.#begin() : [];
    if (this.#quoted && !this.#quotePending) {
      this.#problem ??= 'a quoted cell does not end: the file is cut short, or a quote is missing';
    }
    if (this.#length > 0 || this.#cells.length > 0 || this.#wasQuoted || this.#problem !== null) {
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
    /** Where the plain piece that is being read begins. */
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
      if (this.#quoted) {
        if (this.#quotePending) {
          this.#quotePending = false;
          if (char === '"') {
            from = i;
            continue;
          }
          this.#quoted = false;
          from = i;
        } else {
          if (char === '"') {
            keep(i);
            from = i + 1;
            this.#quotePending = true;
          }
          continue;
        }
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
      } else if (char === '"' && this.#length === 0 && !this.#wasQuoted && i === from) {
        from = i + 1;
        this.#quoted = true;
        this.#wasQuoted = true;
      }
    }
    if (!(this.#quoted && this.#quotePending)) keep(text.length);
    return records;
  }

  #keep(piece: string): void {
    if (this.#wasQuoted && !this.#quoted && !this.#quotePending) {
      this.#problem ??= 'there is text between the end of a quoted cell and the next separator';
    }
    this.#length += piece.length;
    if (this.#total() > this.maxLength) {
      this.#problem ??= `it is longer than ${Math.round(this.maxLength / 1024)} kB`;
      this.#cell = [];
    } else this.#cell.push(piece);
  }
  #recordLength = 0;
  #total(): number {
    return this.#recordLength + this.#length;
  }

  #endCell(): void {
    if (this.#cells.length >= MAX_CELLS) this.#problem ??= `it has more than ${MAX_CELLS} cells`;
    else this.#cells.push(this.#cell.join(''));
    this.#recordLength += this.#length;
    this.#cell = [];
    this.#length = 0;
    this.#wasQuoted = false;
    this.#quoted = false;
    this.#quotePending = false;
  }

  #endRecord(records: CsvRecord[]): void {
    const blank = this.#cells.length === 0 && this.#length === 0 && !this.#wasQuoted;
    this.#endCell();
    const line = this.#startLine;
    if (this.#problem !== null) records.push({ line, problem: this.#problem });
    else if (!blank) records.push({ line, cells: this.#cells });
    this.#cells = [];
    this.#problem = null;
    this.#recordLength = 0;
  }
}

/** Takes off the apostrophe that keeps a spreadsheet from running a cell; see the writer. */
export const withoutGuard = (cell: string): string =>
  /^'+[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/u.test(cell) ? cell.slice(1) : cell;
