/** Reads a file of records of any size as a stream, in slices; names the format of a file that is not text. */
import type { TextRecord } from '../core/dataset/json-record';
import { AppError } from '../core/errors';
import type { StopSignal } from '../core/signal';
import { Pacer } from './pacer';
import { RecordSplitter } from './record-splitter';
import { WORDS } from './words';

export interface ReadOptions {
  /** A longer record is reported and skipped. */
  readonly maxRecordBytes: number;
  /** Whether the file may also be one JSON list. */
  readonly lists: boolean;
  readonly signal: StopSignal;
  readonly onProgress?: (bytes: number) => void;
}

/** Bytes of one slice. */
const SLICE = 64 * 1024;

/** First bytes of files that are mistaken for text. */
const SIGNATURES: readonly (readonly [readonly number[], string])[] = [
  [[0x1f, 0x8b], WORDS.signatures.gzip],
  [[0x50, 0x4b, 0x03, 0x04], WORDS.signatures.zip],
  [[0x50, 0x41, 0x52, 0x31], WORDS.signatures.parquet],
  [[0x28, 0xb5, 0x2f, 0xfd], WORDS.signatures.zstandard],
  [[0x25, 0x50, 0x44, 0x46], WORDS.signatures.pdf],
];

/** @throws AppError bad-file when the file is not text or cannot be read; AbortError when stopped. */
export async function* readRecords(
  file: File,
  { maxRecordBytes, lists, signal, onProgress }: ReadOptions,
): AsyncGenerator<readonly TextRecord[]> {
  const splitter = new RecordSplitter(maxRecordBytes, lists);
  const pacer = new Pacer();
  let read = 0;
  for await (const bytes of utf8(file)) {
    for (let at = 0; at < bytes.length; at += SLICE) {
      signal.throwIfAborted();
      const slice = bytes.subarray(at, at + SLICE);
      yield splitter.push(slice);
      read += slice.length;
      onProgress?.(read);
      await pacer.breathe();
    }
  }
  yield splitter.end();
}

/** The bytes of the file as UTF-8, without a byte order mark. */
export async function* utf8(file: File): AsyncGenerator<Uint8Array> {
  const bad = (detail: string, cause?: unknown): AppError =>
    new AppError({ kind: 'bad-file', detail: WORDS.unreadable(file.name, detail) }, { cause });
  try {
    const head = new Uint8Array(await file.slice(0, 4).arrayBuffer());
    const signature = SIGNATURES.find(([bytes]) => bytes.every((byte, i) => head[i] === byte));
    if (signature) throw bad(signature[1]);
    const encoding = utf16(head);
    const skip = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
    const stream = file.slice(skip).stream();
    if (!encoding) {
      yield* chunks(stream);
      return;
    }
    // A TextDecoder removes the mark itself. It would put � for half of a character, and nobody would know.
    const decoder = new TextDecoder(encoding, { fatal: true });
    const encoder = new TextEncoder();
    const decoded = (chunk?: Uint8Array): Uint8Array => {
      try {
        return encoder.encode(chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode());
      } catch (error) {
        throw bad(WORDS.brokenUtf16, error);
      }
    };
    for await (const chunk of chunks(stream)) yield decoded(chunk);
    yield decoded();
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw bad(WORDS.moved, error);
  }
}

/** Uses a reader because not every browser can iterate over a stream. */
async function* chunks(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    // Tells the browser that the rest is not needed when reading stops early.
    await reader.cancel().catch(() => undefined);
  }
}

/** UTF-16 by its mark, or by the zero in the first character: JSON begins with an ASCII character. */
function utf16([first, second]: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  if ((first === 0xff && second === 0xfe) || (first === 0x7b && second === 0)) return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || (first === 0 && second === 0x7b)) return 'utf-16be';
  return null;
}
