/**
 * Splits a stream of UTF-8 bytes into records: lines, or the elements of one JSON list. It works on bytes, so that damaged
 * text affects its own line only. LF, CR LF and CR end a line; the length of a record is bounded.
 */
import {
  BACKSLASH,
  CLOSE_LIST,
  CLOSE_OBJECT,
  COMMA,
  OPEN_LIST,
  OPEN_OBJECT,
  QUOTE,
} from '../core/dataset/json-characters';
import type { TextRecord } from '../core/dataset/json-record';
import { WORDS } from './words';

const LF = 10;
const CR = 13;
const isSpace = (byte: number): boolean => byte === 32 || byte === 9 || byte === LF || byte === CR;

export class RecordSplitter {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  #mode: 'undecided' | 'lines' | 'list' = 'undecided';
  #line = 1;
  #afterCr = false;
  /** The open record: where it began, its bytes from earlier chunks, and their length. */
  #startLine = 1;
  #pieces: Uint8Array[] = [];
  #length = 0;
  #blank = true;
  // Only in a list:
  #depth = 0;
  #inString = false;
  #escaped = false;
  #closed = false;
  #trailing = false;

  /** @param lists whether a file that begins with "[" is a list of records */
  constructor(
    private readonly maxBytes: number,
    private readonly lists: boolean,
  ) {}

  push(chunk: Uint8Array): TextRecord[] {
    const records: TextRecord[] = [];
    let from = 0;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i] as number;
      if (this.#mode === 'undecided' && !isSpace(byte)) {
        this.#mode = this.lists && byte === OPEN_LIST ? 'list' : 'lines';
        this.#startLine = this.#line;
        if (this.#mode === 'list') {
          this.#depth = 1;
          this.#drop();
          from = i + 1;
          continue;
        }
      }
      const ends = this.#mode === 'list' ? this.#endsElement(byte) : byte === LF || byte === CR;
      if (ends) {
        this.#keep(chunk.subarray(from, i));
        this.#finish(records);
        from = i + 1;
      } else if (this.#blank && !isSpace(byte)) {
        this.#blank = false;
        this.#startLine = this.#line;
      }
      // CR LF is one line break.
      if (byte === CR || (byte === LF && !this.#afterCr)) this.#line++;
      this.#afterCr = byte === CR;
    }
    this.#keep(chunk.subarray(from));
    return records;
  }

  /** What is left at the end of the file. */
  end(): TextRecord[] {
    const records: TextRecord[] = [];
    if (this.#mode !== 'list') {
      this.#finish(records);
    } else if (!this.#closed) {
      records.push({ line: this.#line, problem: WORDS.record.openList });
    } else if (this.#trailing) {
      records.push({ line: this.#startLine, problem: WORDS.record.textAfterList });
    }
    return records;
  }

  /** Follows strings and brackets of a list; true when `byte` ends an element. */
  #endsElement(byte: number): boolean {
    if (this.#closed) {
      if (!isSpace(byte)) this.#trailing = true;
      return false;
    }
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false;
      else if (byte === BACKSLASH) this.#escaped = true;
      else if (byte === QUOTE) this.#inString = false;
      return false;
    }
    if (byte === QUOTE) this.#inString = true;
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) this.#depth++;
    else if (byte === CLOSE_OBJECT) this.#depth--;
    else if (byte === CLOSE_LIST) {
      this.#depth--;
      if (this.#depth > 0) return false;
      this.#closed = true;
      return true;
    }
    return byte === COMMA && this.#depth === 1;
  }

  #keep(bytes: Uint8Array): void {
    if (this.#closed && this.#trailing) return;
    this.#length += bytes.length;
    if (this.#length > this.maxBytes) this.#pieces = [];
    // The chunk belongs to the stream, so the rest of a line is copied.
    else if (bytes.length > 0) this.#pieces.push(bytes.slice());
  }

  #finish(records: TextRecord[]): void {
    const line = this.#startLine;
    if (this.#length > this.maxBytes) {
      records.push({ line, problem: WORDS.record.tooLong(this.maxBytes) });
    } else if (!this.#blank) {
      try {
        records.push({ line, text: this.#decoder.decode(join(this.#pieces, this.#length)) });
      } catch {
        records.push({ line, problem: WORDS.notUtf8 });
      }
    }
    this.#drop();
  }

  #drop(): void {
    this.#pieces = [];
    this.#length = 0;
    this.#blank = true;
  }
}

function join(pieces: readonly Uint8Array[], length: number): Uint8Array {
  if (pieces.length === 1 && pieces[0]) return pieces[0];
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
