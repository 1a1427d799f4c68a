import { type GGUFParseOutput, gguf } from '@huggingface/gguf';
import fc from 'fast-check';
import { mkdtemp, openAsBlob, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { GgufReader, readGgufHeader } from './gguf-header';
import { interleavedRows } from './conversion';
import { fromHalf, toHalf } from './half-floats';
import { readLlamaConfig } from './llama-config';
import { ggufName, type LlamaToWrite, writeLlamaGguf } from './llama-gguf';
import { readSafetensors, writeSafetensors } from './safetensors';
import { tokenizerEntries } from './tokenizer-entries';
import { checkTokenizer } from './tokenizer-file';

// Millions of numbers are looked at one by one.
vi.setConfig({ testTimeout: 30_000 });

const FOLDER = 'public/models/built-in/';
const shipped = await openAsBlob(`${FOLDER}model.gguf`);
const tokenizerJson = JSON.parse(readFileSync(`${FOLDER}tokenizer.json`, 'utf8')) as Record<string, unknown>;
const tokenizer = checkTokenizer(tokenizerJson);
const model: LlamaToWrite = {
  name: 'tiny-base',
  config: readLlamaConfig(JSON.parse(readFileSync(`${FOLDER}config.json`, 'utf8'))),
  weights: await readSafetensors(await openAsBlob(`${FOLDER}model.safetensors`)),
};
const never = { signal: new AbortController().signal };

const folder = await new Promise<string>((done, fail) =>
  mkdtemp(join(tmpdir(), 'gguf-'), (error, path) => (error ? fail(error) : done(path))),
);
afterAll(() => rmSync(folder, { recursive: true }));
/** Read by a parser that is not ours. */
async function parsed(file: Blob): Promise<GGUFParseOutput> {
  const path = join(folder, `${crypto.randomUUID()}.gguf`);
  writeFileSync(path, new Uint8Array(await file.arrayBuffer()));
  return gguf(path, { allowLocalFile: true });
}
/** Bytes of each entry of the header, by key. */
async function entriesOf(file: Blob): Promise<Map<string, Uint8Array>> {
  const bytes = await file.arrayBuffer();
  const count = Number(new DataView(bytes).getBigUint64(16, true));
  const reader = new GgufReader(bytes, 24);
  return new Map(
    Array.from({ length: count }, () => {
      const start = reader.at;
      const key = reader.string();
      reader.value(reader.u32());
      return [key, new Uint8Array(bytes.slice(start, reader.at))];
    }),
  );
}
/** Bytes of each tensor, by name. */
async function contents(file: Blob, read: GGUFParseOutput): Promise<Map<string, Uint8Array>> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  return new Map(
    read.tensorInfos.map(({ name, shape, dtype, offset }) => {
      const size = shape.reduce((product, side) => product * Number(side), (dtype as number) === 1 ? 2 : 4);
      const start = Number(read.tensorDataOffset + offset);
      return [name, bytes.subarray(start, start + size)];
    }),
  );
}
const sortedInfos = ({ tensorInfos }: GGUFParseOutput): unknown[] =>
  tensorInfos
    .map(({ name, shape, dtype, n_dims }) => ({ name, shape, dtype, n_dims }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
async function expectSameTensors(one: Blob, other: Blob): Promise<void> {
  const [a, b] = [await parsed(one), await parsed(other)];
  expect(sortedInfos(a)).toEqual(sortedInfos(b));
  const [left, right] = [await contents(one, a), await contents(other, b)];
  for (const [name, bytes] of left) expect(Buffer.compare(bytes, right.get(name)!), name).toBe(0);
}
/** The shipped file has its norms in F32 from training; the safetensors beside it have them as halves. */
async function asShipped(): Promise<Blob> {
  const read = await parsed(shipped);
  const bytes = new Uint8Array(await shipped.arrayBuffer());
  for (const { name, shape, offset } of read.tensorInfos) {
    if (!name.includes('norm')) continue;
    const norm = new Float32Array(bytes.buffer, Number(read.tensorDataOffset + offset), Number(shape[0]));
    fromHalf(toHalf(norm), norm);
  }
  return new Blob([bytes]);
}

describe('the built-in model', () => {
  it('written in F16 is the one that is shipped', async () => {
    const progress: number[] = [];
    const written = await writeLlamaGguf(model, tokenizer, 'F16', {
      ...never,
      onProgress: (done, total) => progress.push(done / total),
    });
    const [ours, theirs] = [await readGgufHeader(written), await readGgufHeader(shipped)];
    expect(ours.metadata).toEqual(theirs.metadata);
    // The same entries in the same types: each lies in the file byte by byte as in the other.
    expect(await entriesOf(written)).toEqual(await entriesOf(shipped));
    expect((await parsed(written)).metadata).toEqual((await parsed(shipped)).metadata);
    await expectSameTensors(written, await asShipped());
    expect(progress.at(-1)).toBe(1);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
  });

  it('keeps its numbers in F32, and as they were when halves are made of them again', async () => {
    const wide = await writeLlamaGguf(model, tokenizer, 'F32', never);
    const read = await parsed(wide);
    expect(read.metadata).toHaveProperty(['general.file_type'], 0);
    expect(new Set(read.tensorInfos.map(({ dtype }) => dtype as number))).toEqual(new Set([0]));
    const tensors = [];
    for (const name of model.weights.names()) {
      const shape = model.weights.shape(name);
      const bytes = new Uint8Array((await model.weights.readTensor(name)).buffer);
      tensors.push({ name, shape, dtype: 'F32' as const, bytes });
    }
    const again = { ...model, weights: await readSafetensors(writeSafetensors(tensors)) };
    await expectSameTensors(await writeLlamaGguf(again, tokenizer, 'F32', never), wide);
    await expectSameTensors(await writeLlamaGguf(again, tokenizer, 'F16', never), await asShipped());
  });

  it('stops at the signal', async () => {
    const controller = new AbortController();
    const onProgress = (): void => controller.abort();
    await expect(
      writeLlamaGguf(model, tokenizer, 'F32', { signal: controller.signal, onProgress }),
    ).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('what cannot be written', () => {
  const bad = { failure: { kind: 'bad-file' } };
  it('numbers that are none, or too large for a half', async () => {
    for (const value of [NaN, Infinity, 70_000]) {
      const tensors = [];
      for (const name of model.weights.names()) {
        const shape = model.weights.shape(name);
        const values = await model.weights.readTensor(name);
        if (name.endsWith('layers.3.mlp.up_proj.weight')) values[17] = value;
        tensors.push({ name, shape, dtype: 'F32' as const, bytes: new Uint8Array(values.buffer) });
      }
      const broken = { ...model, weights: await readSafetensors(writeSafetensors(tensors)) };
      await expect(writeLlamaGguf(broken, tokenizer, 'F16', never)).rejects.toMatchObject(bad);
    }
  });
  it('weights that do not fit the configuration', async () => {
    const other = { ...model, config: { ...model.config, layers: model.config.layers + 1 } };
    await expect(writeLlamaGguf(other, tokenizer, 'F16', never)).rejects.toMatchObject(bad);
  });
});

describe('tokenizers', () => {
  const entry = (json: unknown, key: string): unknown =>
    tokenizerEntries(checkTokenizer(json), model.config).find((one) => one.key === `tokenizer.${key}`)?.value;
  const inner = tokenizerJson['model'] as Record<string, unknown>;
  const byteLevel = tokenizerJson['pre_tokenizer'] as Record<string, unknown>;
  const withModel = (change: object): unknown => ({ ...tokenizerJson, model: { ...inner, ...change } });

  it('of SmolLM and of Llama 3 are known by how they cut', () => {
    const digits = { type: 'Digits', individual_digits: true };
    const smol = { type: 'Sequence', pretokenizers: [digits, byteLevel] };
    expect(entry({ ...tokenizerJson, pre_tokenizer: smol }, 'ggml.pre')).toBe('smollm');
    const split = {
      type: 'Split',
      pattern: {
        Regex:
          "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
      },
      behavior: 'Isolated',
      invert: false,
    };
    const llama = { type: 'Sequence', pretokenizers: [split, { ...byteLevel, use_regex: false }] };
    const third = { ...(withModel({ ignore_merges: true }) as object), pre_tokenizer: llama };
    expect(entry(third, 'ggml.pre')).toBe('llama-bpe');
    expect(() => entry({ ...tokenizerJson, pre_tokenizer: llama }, 'ggml.pre')).toThrow();
  });

  it('keep all tokens: those that come later, those that no text leads to, those with odd names', () => {
    const vocab = Object.fromEntries(Object.entries(inner['vocab'] as object).slice(0, 4000));
    const added = [
      { id: 0, content: '<|endoftext|>', special: true },
      { id: 4090, content: '<note>', special: false },
    ];
    const json = {
      ...(withModel({ vocab: { ...vocab, constructor: 4091 } }) as object),
      added_tokens: added,
    };
    const tokens = entry(json, 'ggml.tokens') as string[];
    const types = entry(json, 'ggml.token_type') as number[];
    expect(tokens).toHaveLength(4096);
    expect([tokens[4090], types[4090]]).toEqual(['<note>', 4]);
    expect([tokens[4091], types[4091]]).toEqual(['constructor', 1]);
    expect([tokens[4095], types[4095]]).toEqual(['[PAD4095]', 5]);
    expect([types[0], types[1]]).toEqual([3, 1]);
  });

  it('merges come as texts or as pairs', () => {
    const pairs = (inner['merges'] as string[]).map((one) => one.split(' '));
    expect(entry(withModel({ merges: pairs }), 'ggml.merges')).toEqual(inner['merges']);
  });

  it('say whether a text begins with a token', () => {
    const single = [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }];
    const template = { type: 'TemplateProcessing', single };
    const begins = (post: unknown): unknown =>
      entry({ ...tokenizerJson, post_processor: post }, 'ggml.add_bos_token');
    expect(begins(template)).toBe(true);
    expect(begins({ type: 'Sequence', processors: [byteLevel, template] })).toBe(true);
    expect(begins(byteLevel)).toBe(false);
    expect(begins({ type: 'TemplateProcessing', single: single.slice(1) })).toBe(false);
  });

  it('that llama.cpp would read otherwise are refused', () => {
    const wrong: unknown[] = [
      null,
      {},
      { ...tokenizerJson, normalizer: { type: 'NFC' } },
      { ...tokenizerJson, pre_tokenizer: null },
      { ...tokenizerJson, pre_tokenizer: { ...byteLevel, add_prefix_space: true } },
      { ...tokenizerJson, pre_tokenizer: { ...byteLevel, use_regex: false } },
      { ...tokenizerJson, pre_tokenizer: { type: 'Sequence', pretokenizers: [byteLevel, byteLevel] } },
      withModel({ type: 'Unigram' }),
      withModel({ byte_fallback: true }),
      withModel({ ignore_merges: true }),
      withModel({ merges: ['a'] }),
      withModel({ merges: [['a b', 'c']] }),
      withModel({ vocab: [] }),
      withModel({ vocab: { a: -1 } }),
      withModel({ vocab: { a: 4096 } }),
      withModel({ vocab: { a: 1, b: 1 } }),
    ];
    for (const json of wrong) {
      expect(() => entry(json, 'ggml.pre')).toThrow(
        expect.objectContaining({
          failure: expect.objectContaining({ kind: 'bad-file' }) as object,
        }) as Error,
      );
    }
  });
});

it('rows of queries: what was half a head away is now the neighbour', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 8 }), (heads, half) => {
      const rows = heads * half * 2;
      const out = interleavedRows(
        Uint8Array.from({ length: rows * 3 }, (_, i) => i / 3),
        rows,
        half * 2,
      );
      for (let head = 0; head < heads; head++) {
        for (let i = 0; i < half; i++) {
          const at = head * half * 2;
          expect([out[(at + 2 * i) * 3], out[(at + 2 * i + 1) * 3]]).toEqual([at + i, at + half + i]);
        }
      }
    }),
  );
});

it('no name for tensors that llama.cpp does not have', () => {
  expect(ggufName('model.layers.12.self_attn.q_proj.weight')).toBe('blk.12.attn_q.weight');
  expect(ggufName('model.layers.12.self_attn.rotary_emb.inv_freq')).toBeNull();
  expect(ggufName('other')).toBeNull();
});
