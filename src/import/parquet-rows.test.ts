import fc from 'fast-check';
import {
  type DataType,
  Field,
  List,
  Struct as StructType,
  Table as ArrowTable,
  Utf8,
  tableToIPC,
  vectorFromArray,
} from 'apache-arrow';
import { ByteWriter, parquetWriteBuffer } from 'hyparquet-writer';
import { writeRleBitPackedHybrid } from 'hyparquet-writer/src/encoding.js';
import {
  Compression,
  Encoding,
  Table,
  WriterPropertiesBuilder,
  WriterVersion,
  writeParquet,
} from 'parquet-wasm/node';
import { describe, expect, it } from 'vitest';
import { complaint } from '../testing/complaint';
import { type Struct, putTogether, takeApart } from '../testing/parquet-parts';
import { readByPrefix, readRuns } from './parquet-values';
import { parquetRows } from './parquet-rows';

const never = new AbortController().signal;
type Bytes = ArrayBuffer | Uint8Array<ArrayBuffer>;
async function read(bytes: Bytes): Promise<unknown[]> {
  const rows: unknown[] = [];
  for await (const page of parquetRows(new File([bytes], 'x.parquet'), never)) rows.push(...page.rows);
  return rows;
}
const text = (name: string, data: readonly (string | null)[]) => ({
  name,
  data: [...data],
  type: 'STRING' as const,
});
const plain = (columnData: Parameters<typeof parquetWriteBuffer>[0]['columnData']): ArrayBuffer =>
  parquetWriteBuffer({ columnData, codec: 'UNCOMPRESSED' });

describe('other writers', () => {
  const texts = Array.from({ length: 3_000 }, (_, i) => `Name ${i % 7 === 0 ? '👩‍👩‍👧' : 'a bird'} ${i % 90}.`);
  const outputs = texts.map((one, i) => (i % 5 === 0 ? null : one));
  const table = (): Table =>
    Table.fromIPCStream(
      tableToIPC(
        new ArrowTable({
          instruction: vectorFromArray(texts, new Utf8()),
          output: vectorFromArray(outputs, new Utf8()),
          id: vectorFromArray(BigInt64Array.from(texts, (_, i) => BigInt(i) + 2n ** 40n)),
        }),
        'stream',
      ),
    );
  const wanted = texts.map((instruction, i) => ({
    value: { instruction, output: outputs[i], id: i + 2 ** 40 },
  }));
  it.each([
    ['SNAPPY', Compression.SNAPPY],
    ['GZIP', Compression.GZIP],
    ['BROTLI', Compression.BROTLI],
    ['ZSTD', Compression.ZSTD],
    ['LZ4', Compression.LZ4_RAW],
    ['no codec', Compression.UNCOMPRESSED],
  ])('%s, both versions, with a dictionary and without', async (_, codec) => {
    for (const version of [WriterVersion.V1, WriterVersion.V2]) {
      for (const dictionary of [true, false]) {
        const properties = new WriterPropertiesBuilder()
          .setCompression(codec)
          .setWriterVersion(version)
          .setDictionaryEnabled(dictionary)
          .setMaxRowGroupSize(700)
          .setDataPageSizeLimit(2_000)
          .build();
        expect(await read(new Uint8Array(writeParquet(table(), properties)))).toEqual(wanted);
      }
    }
  });
  it.each([
    ['prefixes', Encoding.DELTA_BYTE_ARRAY],
    ['lengths', Encoding.DELTA_LENGTH_BYTE_ARRAY],
  ])('texts by their %s, numbers by their differences', async (_, encoding) => {
    const properties = new WriterPropertiesBuilder()
      .setWriterVersion(WriterVersion.V2)
      .setDictionaryEnabled(false)
      .setColumnEncoding('instruction', encoding)
      .setColumnEncoding('id', Encoding.DELTA_BINARY_PACKED)
      .build();
    expect(await read(new Uint8Array(writeParquet(table(), properties)))).toEqual(wanted);
  });
  it('conversations as lists of structs', async () => {
    const field = <T extends DataType>(name: string, type: T): Field<T> => new Field(name, type, true);
    const turn = new StructType([field('role', new Utf8()), field('content', new Utf8())]);
    const messages = Array.from({ length: 40 }, (_, i) => [
      { role: 'user', content: `Count to ${i}.` },
      ...(i % 3 === 0 ? [] : [{ role: 'assistant', content: '1, 2, 3' }]),
    ]);
    const properties = new WriterPropertiesBuilder().setDataPageSizeLimit(64).build();
    const rows = Table.fromIPCStream(
      tableToIPC(
        new ArrowTable({ messages: vectorFromArray(messages, new List(field('item', turn))) }),
        'stream',
      ),
    );
    const found = await read(new Uint8Array(writeParquet(rows, properties)));
    expect(found).toEqual(messages.map((value) => ({ value: { messages: value } })));
  });
  it('a number of 64 bits is kept exactly', async () => {
    const ids = [1n, 2n ** 53n + 1n, -(2n ** 63n)];
    const file = plain([{ name: 'id', data: ids, type: 'INT64' }, text('instruction', ['a', 'b', 'c'])]);
    expect(await read(file)).toEqual([
      { value: { id: 1, instruction: 'a' } },
      { value: { id: '9007199254740993', instruction: 'b' } },
      { value: { id: '-9223372036854775808', instruction: 'c' } },
    ]);
  });
});

describe('a file that turns into more than it is', () => {
  it('one long text in every row is refused with the row', async () => {
    const long = 'a'.repeat(1_000_000);
    const file = parquetWriteBuffer({
      columnData: [
        text('instruction', Array<string>(1_500).fill(long)),
        text('output', ['b', ...Array<string>(1_499).fill('c')]),
      ],
    });
    expect(file.byteLength).toBeLessThan(100_000);
    expect(await complaint(read(file))).toBe(
      '“x.parquet” cannot be read: up to row 68 it unpacks to more than 200 times its size, as no data set does. Nothing was imported.',
    );
  });
  it('a page that states more values than memory holds is refused before memory is taken', async () => {
    const parts = takeApart(new Uint8Array(plain([text('instruction', ['a', 'b'])])));
    const header = parts.columns[0]?.pages[0]?.header.field_8 as Struct;
    header.field_1 = 2 ** 31 - 1;
    expect(await complaint(read(putTogether(parts)))).toContain('up to row 1 it unpacks to more than 200');
  });
  it('a page that states more bytes than it has is refused before memory is taken', async () => {
    const parts = takeApart(
      new Uint8Array(parquetWriteBuffer({ columnData: [text('instruction', ['a', 'b'])] })),
    );
    const [page] = parts.columns[0]?.pages ?? [];
    if (page) page.header.field_2 = 2 ** 31 - 1;
    expect(await complaint(read(putTogether(parts)))).toContain('up to row 1 it unpacks to more than 200');
  });
  it('a run of two thousand million equal values ends at the values of its page', () => {
    const run = new Uint8Array([0xfe, 0xff, 0xff, 0xff, 0x0f, 1]);
    const reader = { view: new DataView(run.buffer), offset: 0 };
    expect(readRuns(reader, 1, 5, run.length)).toEqual([1, 1, 1, 1, 1]);
    // Bit-packed values without bits.
    const packed = new Uint8Array([0xff, 0xff, 0xff, 0xff, 0x0f]);
    expect(readRuns({ view: new DataView(packed.buffer), offset: 0 }, 0, 3, packed.length)).toEqual([
      0, 0, 0,
    ]);
  });
  it('texts that repeat the one before are counted before they are copied', () => {
    // Blocks of 8 in one part: four values, the first, then differences of one bit above the least, zigzag.
    const differences = (first: number, least: number, bits: number): number[] => [
      8,
      1,
      4,
      first * 2,
      least,
      1,
      bits,
    ];
    // Prefixes 0, 1, 1, 1 and lengths 1, 0, 0, 0: a text of one byte, three times again.
    const bytes = new Uint8Array([...differences(0, 0, 0b001), ...differences(1, 1, 0b110), 97]);
    const all = readByPrefix({ view: new DataView(bytes.buffer), offset: 0 }, 4, () => undefined);
    expect(all.map((one) => [...one])).toEqual([[97], [97], [97], [97]]);
    let copied = 0;
    expect(() =>
      readByPrefix({ view: new DataView(bytes.buffer), offset: 0 }, 4, (size) => {
        copied += size;
        if (copied > 2) throw new Error('enough');
      }),
    ).toThrow('enough');
  });
  it('runs are read as they were written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.array(fc.nat(), { minLength: 1 }), (width, some) => {
        const values = some.flatMap((value, i) => Array<number>((i % 11) + 1).fill(value % 2 ** width));
        const writer = new ByteWriter();
        writeRleBitPackedHybrid(writer, values, width);
        const bytes = writer.getBytes().slice();
        const reader = { view: new DataView(bytes.buffer), offset: 0 };
        expect(readRuns(reader, width, values.length, bytes.length)).toEqual(values);
      }),
    );
  });
});

describe('a damaged file', () => {
  it('names the row from which it cannot be read, and how', async () => {
    const rows = Array.from({ length: 1_000 }, (_, i) => `Name ${i}.`);
    const parts = takeApart(
      new Uint8Array(
        parquetWriteBuffer({
          columnData: [text('instruction', rows)],
          rowGroupSize: 500,
          codec: 'UNCOMPRESSED',
        }),
      ),
    );
    const page = parts.columns[1]?.pages.at(-1);
    if (page) page.body = page.body.fill(255);
    expect(await complaint(read(putTogether(parts)))).toBe(
      '“x.parquet” cannot be read: it is damaged: the rows from row 501 on cannot be read.',
    );
  });
  it('with a column without a name is refused', async () => {
    const parts = takeApart(new Uint8Array(plain([text('instruction', ['a'])])));
    const [, column] = parts.footer.field_2 as Struct[];
    delete column?.field_4;
    expect(await complaint(read(putTogether(parts)))).toContain('columns and row groups is damaged');
  });
  it('bytes that are no UTF-8 make a bad row, not other text', async () => {
    const parts = takeApart(
      new Uint8Array(plain([text('instruction', ['abc', 'def']), text('output', ['x', 'y'])])),
    );
    const body = parts.columns[0]?.pages[0]?.body;
    if (body) body[body.length - 1] = 0xff;
    expect(await read(putTogether(parts))).toEqual([
      { value: { instruction: 'abc', output: 'x' } },
      { problem: expect.stringContaining('not UTF-8') as string },
    ]);
  });
  it('a column with fewer values than rows is refused: they would look like empty cells', async () => {
    const parts = takeApart(
      new Uint8Array(plain([text('instruction', ['a', 'b']), text('output', ['x', 'y'])])),
    );
    parts.columns[1]?.pages.pop();
    expect(await complaint(read(putTogether(parts)))).toContain('it is damaged: the rows from row 1 on');
  });
});
