import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TextRecord } from '../core/dataset/json-record';
import { AppError } from '../core/errors';
import { RecordSplitter } from './record-splitter';
import { readRecords } from './records';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
function split(data: Uint8Array, lists = true, chunk = data.length || 1, max = 1_000): TextRecord[] {
  const splitter = new RecordSplitter(max, lists);
  const records: TextRecord[] = [];
  for (let at = 0; at < data.length; at += chunk)
    records.push(...splitter.push(data.subarray(at, at + chunk)));
  return [...records, ...splitter.end()];
}
const short = (records: readonly TextRecord[]): string[] =>
  records.map((record) => `${record.line}:${'text' in record ? record.text.trim() : `! ${record.problem}`}`);
async function read(parts: BlobPart[], lists = true): Promise<TextRecord[]> {
  const records: TextRecord[] = [];
  const options = { maxRecordBytes: 1_000, lists, signal: new AbortController().signal };
  for await (const some of readRecords(new File(parts, 'x.jsonl'), options)) records.push(...some);
  return records;
}

describe('the splitter', () => {
  it('ends a line at LF, CR LF and CR, and counts them alike', () => {
    expect(short(split(bytes('a\r\n\r\nb\rc\n\nd')))).toEqual(['1:a', '3:b', '4:c', '6:d']);
  });

  it('finds the same records however the bytes arrive', () => {
    const file = fc.array(
      fc.oneof(
        fc.string({ unit: 'binary' }).map((text) => JSON.stringify({ text })),
        fc.constantFrom('', ' ', '[1, [2]]', '"a\\"]b"', '🦀', '{"a": "],["}'),
      ),
      { minLength: 1, maxLength: 5 },
    );
    fc.assert(
      fc.property(file, fc.boolean(), fc.integer({ min: 1, max: 9 }), (rows, list, chunk) => {
        const data = bytes(list ? `[${rows.join(',\n')}]` : rows.join('\r\n'));
        expect(split(data, true, chunk)).toEqual(split(data));
      }),
      { numRuns: 50 },
    );
  });

  it('cuts one JSON list into its elements, with the line where each begins', () => {
    const text = '\n [\n{"a": "x,]}\\"",\n "b": [1, 2]},\n\n  {"c": {}} ,"d"]\n ';
    expect(short(split(bytes(text)))).toEqual(['3:{"a": "x,]}\\"",\n "b": [1, 2]}', '6:{"c": {}}', '6:"d"']);
    expect(short(split(bytes('[{"a": 1},\n{"b"')))).toEqual([
      '1:{"a": 1}',
      '2:! the list has no end, so the file is incomplete',
    ]);
    expect(short(split(bytes('[1]\n\nrest')))).toEqual([
      '1:1',
      '3:! there is text after the end of the list',
    ]);
    expect(short(split(bytes('[1]\n'), false))).toEqual(['1:[1]']);
  });

  it('passes over records that are too long without keeping them', () => {
    const long = 'x'.repeat(5_000);
    expect(short(split(bytes(`a\n${long}\nb`), true, 7, 2_048))).toEqual([
      '1:a',
      '2:! it is longer than 2 kB',
      '3:b',
    ]);
  });

  it('spoils one line with damaged bytes and no other', () => {
    const data = new Uint8Array([...bytes('a\n'), 0xff, 0xe9, ...bytes('\nb')]);
    expect(short(split(data))).toEqual(['1:a', '2:! this is not UTF-8 text. Save the file as UTF-8', '3:b']);
  });
});

describe('reading a file', () => {
  it('takes byte order marks and UTF-16 in both orders, with a mark or without', async () => {
    const text = '{"a":"é🦀"}\n{"b":2}';
    const le = new Uint8Array(text.length * 2);
    const be = new Uint8Array(text.length * 2);
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      [le[2 * i], le[2 * i + 1]] = [unit & 255, unit >> 8];
      [be[2 * i], be[2 * i + 1]] = [unit >> 8, unit & 255];
    }
    const wanted = ['1:{"a":"é🦀"}', '2:{"b":2}'];
    expect(short(await read([new Uint8Array([0xef, 0xbb, 0xbf]), text]))).toEqual(wanted);
    expect(short(await read([new Uint8Array([0xff, 0xfe]), le]))).toEqual(wanted);
    expect(short(await read([new Uint8Array([0xfe, 0xff]), be]))).toEqual(wanted);
    expect(short(await read([le]))).toEqual(wanted);
    expect(short(await read([be]))).toEqual(wanted);
  });

  it.each([
    ['gzip', [0x1f, 0x8b, 8, 0]],
    ['zip', [0x50, 0x4b, 3, 4]],
    ['Parquet', [0x50, 0x41, 0x52, 0x31]],
  ])('names a %s file instead of parsing it', async (name, head) => {
    const error: unknown = await read([new Uint8Array(head), 'rest']).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(AppError);
    const { failure } = error as AppError;
    expect(failure).toMatchObject({ kind: 'bad-file', detail: expect.stringContaining(name) as string });
  });

  it('stops when asked', async () => {
    const stop = new AbortController();
    const file = new File(['a\n'.repeat(200_000)], 'x');
    const options = { maxRecordBytes: 10, lists: false, signal: stop.signal };
    let some = 0;
    const reading = (async () => {
      for await (const records of readRecords(file, options)) {
        some += records.length;
        stop.abort();
      }
    })();
    await expect(reading).rejects.toThrow(/abort/iu);
    expect(some).toBeLessThan(200_000);
  });
  it('reads an empty file as nothing', async () => {
    expect(await read([''])).toEqual([]);
  });
});
