import { safetensors as loaders } from '@jax-js/loaders';
import fc from 'fast-check';
import { openAsBlob } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readSafetensors, writeSafetensors, type TensorToWrite } from './safetensors';

const bytes = (values: ArrayLike<number>): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Float32Array.from(values).buffer);
const tensor = (name: string, shape: number[], fill = 1): TensorToWrite => ({
  name,
  shape,
  dtype: 'F32',
  bytes: bytes(new Array<number>(shape.reduce((a, b) => a * b, 1)).fill(fill)),
});
/** A file with this header and so many bytes of data. */
function file(header: unknown, data: number, length?: bigint): Blob {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const head = new Uint8Array(8);
  new DataView(head.buffer).setBigUint64(0, length ?? BigInt(json.length), true);
  return new Blob([head, json, new Uint8Array(data)]);
}
const refuses = (blob: Blob, words: RegExp): Promise<void> =>
  expect(readSafetensors(blob)).rejects.toMatchObject({
    failure: { kind: 'bad-file', detail: expect.stringMatching(words) as string },
  });
const f32 = (shape: number[], from: number, to: number) => ({
  dtype: 'F32',
  shape,
  data_offsets: [from, to],
});

describe('what is written', () => {
  it('is read back', async () => {
    const half = new Uint8Array(Uint16Array.of(0x3c00, 0xc000, 0x0001).buffer);
    const brain = new Uint8Array(Uint16Array.of(0x3f80, 0xc000).buffer);
    const written = writeSafetensors(
      [
        { name: 'half', shape: [3], dtype: 'F16', bytes: half },
        tensor('matrix', [2, 3], 0.5),
        { name: 'brain', shape: [2, 1], dtype: 'BF16', bytes: new Blob([brain]) },
        { name: 'empty', shape: [0, 7], dtype: 'F32', bytes: new Uint8Array() },
        { name: '__proto__', shape: [], dtype: 'F32', bytes: bytes([7]) },
      ],
      { format: 'pt', note: 'ü' },
    );
    const read = await readSafetensors(written);
    expect(read.metadata.get('note')).toBe('ü');
    expect(read.tensors.get('matrix')).toMatchObject({ dtype: 'F32', shape: [2, 3] });
    expect([...(await read.readTensor('matrix'))]).toEqual(new Array(6).fill(0.5));
    expect([...(await read.readTensor('half'))]).toEqual([1, -2, 2 ** -24]);
    expect([...(await read.readTensor('brain'))]).toEqual([1, -2]);
    expect(await read.readTensor('empty')).toHaveLength(0);
    expect([...(await read.readTensor('__proto__'))]).toEqual([7]);
    for (const { dtype, start } of read.tensors.values()) expect(start % (dtype === 'F32' ? 4 : 2)).toBe(0);
  });

  // Its half floats need a browser: round-trip.browser.test.ts.
  it('is read by a second reader', async () => {
    const written = writeSafetensors([tensor('matrix', [2, 3], 0.5), tensor('one', [1], 7)]);
    const { tensors, metadata } = loaders.parse(new Uint8Array(await written.arrayBuffer()));
    expect(metadata).toEqual({ format: 'pt' });
    expect(tensors['matrix']).toMatchObject({ dtype: 'F32', shape: [2, 3] });
    expect([...(tensors['matrix']!.data as Float32Array)]).toEqual(new Array(6).fill(0.5));
    expect([...(tensors['one']!.data as Float32Array)]).toEqual([7]);
  });

  it('keeps any floats, any shapes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.string({ minLength: 1 }), fc.float32Array({ maxLength: 40 }), { maxKeys: 8 }),
        async (all) => {
          const names = Object.keys(all).filter((name) => name !== '__metadata__');
          const read = await readSafetensors(
            writeSafetensors(
              names.map((name) => ({
                name,
                shape: [all[name]!.length],
                dtype: 'F32' as const,
                bytes: bytes(all[name]!),
              })),
            ),
          );
          expect([...read.tensors.keys()].sort()).toEqual(names.sort());
          for (const name of names) expect(await read.readTensor(name)).toEqual(all[name]);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('foreign and damaged files', () => {
  it('are refused with a reason', async () => {
    await refuses(new Blob(['short']), /too short/);
    await refuses(new Blob(['GGUF a file of another kind']), /header is too long/);
    await refuses(file('{{{', 0), /not JSON/);
    await refuses(file('[1]', 10), /has no tensors/);
    await refuses(file({ a: f32([1], 0, 4) }, 4, 2n ** 63n), /header is too long/);
    await refuses(file({ a: f32([2], 0, 8) }, 4), /incomplete/);
    await refuses(file({ a: f32([2], 0, 4) }, 4), /does not match its shape/);
    await refuses(file({ a: f32([2], 8, 0) }, 8), /does not match its shape/);
    await refuses(file({ a: f32([-1, -1], 0, 4) }, 4), /damaged at the tensor a/);
    await refuses(file({ a: f32([2 ** 40, 2 ** 40], 0, 4) }, 4), /does not match its shape/);
    await refuses(file({ a: f32([1], 0, 4), b: f32([1], 0, 4) }, 8), /overlap or leave gaps/);
    await refuses(file({ a: f32([1], 0, 4), b: f32([1], 8, 12) }, 12), /overlap or leave gaps/);
    await refuses(file({ a: f32([1], 0, 4) }, 8), /longer than its header/);
    await refuses(file({ a: { ...f32([1], 0, 4), dtype: 'Q9' } }, 4), /unknown type: Q9/);
    await refuses(file({ __metadata__: { n: 1 } }, 2), /metadata are not texts/);
  });

  it('cut anywhere: refused, never read wrongly', async () => {
    const whole = new Uint8Array(
      await writeSafetensors([tensor('a', [4]), tensor('b', [3, 2])]).arrayBuffer(),
    );
    for (let cut = 0; cut < whole.length; cut++) {
      await expect(readSafetensors(new Blob([whole.slice(0, cut)]))).rejects.toMatchObject({
        failure: { kind: 'bad-file' },
      });
    }
  });

  it('say which tensor is missing or of a type of no use', async () => {
    const read = await readSafetensors(
      writeSafetensors([{ name: 'n', shape: [1], dtype: 'I64', bytes: new Uint8Array(8) }]),
    );
    await expect(read.readTensor('n')).rejects.toMatchObject({ failure: { kind: 'bad-file' } });
    await expect(read.readTensor('m')).rejects.toMatchObject({ failure: { kind: 'bad-file' } });
  });
});

describe('the built-in model', () => {
  it('is read', async () => {
    const read = await readSafetensors(await openAsBlob('public/models/built-in/model.safetensors'));
    const norm = await read.readTensor('model.norm.weight');
    expect(norm).toHaveLength(read.tensor('model.norm.weight').shape[0]!);
    expect(norm.every(Number.isFinite)).toBe(true);
  });
});
