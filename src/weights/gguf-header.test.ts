import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../core/errors';
import {
  type GgufHeader,
  brokenTextTokens,
  isFullPrecision,
  keyValueBytes,
  readGgufHeader,
  trainedContext,
} from './gguf-header';

const builtIn = await readFile(new URL('../../public/models/built-in/model.gguf', import.meta.url));
/** The metadata of the built-in model ends within this many bytes. */
const head = builtIn.subarray(0, 120_000);

class Writer {
  readonly #bytes: number[] = [];
  u8(value: number): this {
    this.#bytes.push(value & 255);
    return this;
  }
  u32(value: number): this {
    for (let i = 0; i < 4; i++) this.u8(value >>> (8 * i));
    return this;
  }
  u64(value: bigint): this {
    for (let i = 0n; i < 8n; i++) this.u8(Number((value >> (8n * i)) & 255n));
    return this;
  }
  text(value: string): this {
    const bytes = new TextEncoder().encode(value);
    this.u64(BigInt(bytes.length));
    for (const byte of bytes) this.u8(byte);
    return this;
  }
  raw(...bytes: readonly number[]): this {
    this.#bytes.push(...bytes);
    return this;
  }
  start(entries: bigint, version = 3): this {
    return this.u32(0x46554747).u32(version).u64(0n).u64(entries);
  }
  get file(): Blob {
    return new Blob([Uint8Array.from(this.#bytes)]);
  }
}
const write = (): Writer => new Writer();
const read = (writer: Writer): Promise<GgufHeader> => readGgufHeader(writer.file);
const bad = { failure: { kind: 'bad-file' } };

describe('the header of the built-in model', () => {
  it('says its context and which tokens break characters', async () => {
    const header = await readGgufHeader(new Blob([builtIn]));
    expect(header.version).toBe(3);
    expect(header.metadata.get('general.architecture')).toBe('llama');
    expect(trainedContext(header)).toBe(512);
    expect(header.metadata.get('tokenizer.ggml.tokens')).toHaveLength(4096);
    const broken = brokenTextTokens(header);
    expect(broken.length).toBeGreaterThan(100);
    const tokens = header.metadata.get('tokenizer.ggml.tokens') as readonly string[];
    for (const id of broken) expect(tokens[id]).toMatch(/[^ -~]/u);
    // Plain words are not banned, nor is the blank before a word.
    expect(broken).not.toContain(tokens.indexOf('ĠName'));
  });
});

describe('values', () => {
  it('of every type are read', async () => {
    const file = write().start(13n);
    const one = (key: string, type: number): Writer => file.text(key).u32(type);
    one('u8', 0).u8(200);
    one('i8', 1).u8(200);
    one('u16', 2).raw(1, 2);
    one('i16', 3).raw(255, 255);
    one('u32', 4).u32(0xffffffff);
    one('i32', 5).u32(0xffffffff);
    one('f32', 6).raw(0, 0, 128, 63);
    one('yes', 7).u8(1);
    one('text', 8).text('Grüße');
    one('list', 9).u32(0).u64(2n).u8(1).u8(2);
    one('u64', 10).u64(2n ** 64n - 1n);
    one('i64', 11).u64(2n ** 64n - 1n);
    one('f64', 12).raw(0, 0, 0, 0, 0, 0, 240, 63);
    const { metadata } = await read(file);
    expect(Object.fromEntries(metadata)).toEqual({
      u8: 200,
      i8: -56,
      u16: 513,
      i16: -1,
      u32: 4294967295,
      i32: -1,
      f32: 1,
      yes: true,
      text: 'Grüße',
      list: [1, 2],
      u64: 18446744073709551615n,
      i64: -1n,
      f64: 1,
    });
  });
  it('keep plain data plain', async () => {
    const { metadata } = await read(write().start(1n).text('__proto__').u32(8).text('x'));
    expect(metadata.get('__proto__')).toBe('x');
  });
});

describe('a file is refused', () => {
  const nested = (depth: number): Writer => {
    const file = write().start(1n).text('deep').u32(9);
    for (let i = 0; i < depth; i++) file.u32(9).u64(1n);
    return file.u32(0).u64(0n);
  };
  it.each([
    ['nothing', write()],
    ['a picture', write().raw(137, 80, 78, 71, 13, 10, 26, 10).u64(0n).u64(0n)],
    ['version 1', write().start(0n, 1)],
    ['version 9', write().start(0n, 9)],
    ['no end', write().u32(0x46554747).u32(3).u64(0n)],
    ['more entries than bytes', write().start(2n ** 63n)],
    [
      'entries that are not there',
      write()
        .start(3n)
        .raw(...new Array<number>(30).fill(0)),
    ],
    [
      'a key of 2^63 bytes',
      write()
        .start(1n)
        .u64(2n ** 63n),
    ],
    ['a key longer than the file', write().start(1n).u64(40n)],
    [
      'a list of 2^40 items',
      write()
        .start(1n)
        .text('a')
        .u32(9)
        .u32(0)
        .u64(2n ** 40n),
    ],
    ['an unknown type', write().start(1n).text('a').u32(99).u64(0n)],
    ['lists in lists in lists', nested(50)],
  ])('%s', async (_, file) => {
    await expect(read(file)).rejects.toMatchObject(bad);
  });
  it('when its lists would fill the memory', async () => {
    const count = 5_000_000;
    const header = write().start(1n).text('a').u32(9).u32(0).u64(BigInt(count));
    await expect(readGgufHeader(new Blob([header.file, new Uint8Array(count)]))).rejects.toMatchObject(bad);
    const entries = write().start(70_000n);
    await expect(readGgufHeader(new Blob([entries.file, new Uint8Array(2_000_000)]))).rejects.toMatchObject(
      bad,
    );
  });
  it('when it cannot be read', async () => {
    const gone = {
      slice: () => ({ arrayBuffer: () => Promise.reject(new Error('gone')) }),
    } as unknown as Blob;
    await expect(readGgufHeader(gone)).rejects.toMatchObject(bad);
  });
});

describe('what the model says of itself', () => {
  const header = (entries: readonly (readonly [string, unknown])[]): GgufHeader =>
    ({ version: 3, tensorCount: 0, metadata: new Map(entries), end: 0 }) as GgufHeader;
  it('is in F32 when it says so', () => {
    expect(isFullPrecision(header([['general.file_type', 0]]))).toBe(true);
    for (const entries of [[], [['general.file_type', 1]], [['general.file_type', 7]]] as const) {
      expect(isFullPrecision(header(entries))).toBe(false);
    }
  });
  it.each([
    [[], null],
    [[['general.architecture', 'llama']], null],
    [[['general.architecture', 5]], null],
    [
      [
        ['general.architecture', 'llama'],
        ['llama.context_length', 2048],
      ],
      2048,
    ],
    [
      [
        ['general.architecture', 'llama'],
        ['llama.context_length', 0],
      ],
      null,
    ],
    [
      [
        ['general.architecture', 'llama'],
        ['llama.context_length', -1],
      ],
      null,
    ],
    [
      [
        ['general.architecture', 'llama'],
        ['llama.context_length', NaN],
      ],
      null,
    ],
    [
      [
        ['general.architecture', 'llama'],
        ['llama.context_length', 'many'],
      ],
      null,
    ],
  ] as const)('%j: context %s', (entries, context) => expect(trainedContext(header(entries))).toBe(context));
  it('takes memory for each token by its layers and heads; of unknown ones, a usual amount', () => {
    const of = (...entries: readonly (readonly [string, unknown])[]): number =>
      keyValueBytes(header([['general.architecture', 'llama'], ...entries]));
    const shape = [
      ['llama.block_count', 32],
      ['llama.embedding_length', 960],
      ['llama.attention.head_count', 15],
    ] as const;
    // SmolLM2-360M: 32 layers, 5 heads of 64 for keys and as many for values, two bytes a number.
    expect(of(...shape, ['llama.attention.head_count_kv', 5])).toBe(32 * 5 * (64 + 64) * 2);
    expect(of(...shape)).toBe(32 * 15 * (64 + 64) * 2);
    expect(of(...shape, ['llama.attention.key_length', 32], ['llama.attention.value_length', 96])).toBe(
      32 * 15 * (32 + 96) * 2,
    );
    for (const entries of [[], [['llama.block_count', -1]], [['llama.block_count', 'x']]] as const) {
      expect(of(...entries)).toBe(100_000);
    }
  });
  it('bans no token of other vocabularies', () => {
    expect(brokenTextTokens(header([]))).toEqual([]);
    expect(
      brokenTextTokens(
        header([
          ['tokenizer.ggml.model', 'llama'],
          ['tokenizer.ggml.tokens', ['\u00c3']],
        ]),
      ),
    ).toEqual([]);
    expect(
      brokenTextTokens(
        header([
          ['tokenizer.ggml.model', 'gpt2'],
          ['tokenizer.ggml.tokens', ['a', 'Ã', 'Ġ', 'Ã¼', '<|日|>', 7]],
        ]),
      ),
    ).toEqual([1]);
  });
});

describe('a damaged file', () => {
  const survives = async (bytes: Uint8Array<ArrayBuffer>): Promise<void> => {
    try {
      const header = await readGgufHeader(new Blob([bytes]));
      trainedContext(header);
      brokenTextTokens(header);
    } catch (error) {
      expect(error).toBeInstanceOf(AppError);
      expect(error).toMatchObject(bad);
    }
  };
  it('with bytes changed anywhere is read or refused', async () => {
    const change = fc.tuple(fc.oneof(fc.nat(400), fc.nat(head.length - 1)), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 8 }), async (changes) => {
        const bytes = Uint8Array.from(head);
        for (const [at, value] of changes) bytes[at] = value;
        await survives(bytes);
      }),
      { numRuns: 150 },
    );
  });
  it('cut at any byte is read or refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.nat(400), fc.nat(head.length - 1)), async (end) =>
        survives(Uint8Array.from(head.subarray(0, end))),
      ),
      { numRuns: 100 },
    );
  });
  it('of random bytes after a right beginning is read or refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), fc.nat(40), async (tail, entries) =>
        survives(
          new Uint8Array(
            await new Blob([write().start(BigInt(entries)).file, Uint8Array.from(tail)]).arrayBuffer(),
          ),
        ),
      ),
      { numRuns: 300 },
    );
  });
});
