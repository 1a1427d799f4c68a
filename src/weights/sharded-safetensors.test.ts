import { describe, expect, it } from 'vitest';
import { readSafetensors, type TensorToWrite, writeSafetensors } from './safetensors';
import { joinShards, shardNames } from './sharded-safetensors';

const tensor = (name: string, values: readonly number[]): TensorToWrite => ({
  name,
  shape: [values.length],
  dtype: 'F32',
  bytes: new Uint8Array(Float32Array.from(values).buffer),
});
const [one, two] = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'] as const;
const files = new Map([
  [one, writeSafetensors([tensor('a', [1, 1])])],
  [two, writeSafetensors([tensor('b', [2, 2]), tensor('c', [3])])],
]);
const indexOf = (map: unknown): Blob =>
  new Blob([JSON.stringify({ metadata: { total_size: 20 }, weight_map: map })]);
const refuses = (work: Promise<unknown>, words: RegExp): Promise<void> =>
  expect(work).rejects.toMatchObject({
    failure: { kind: 'bad-file', detail: expect.stringMatching(words) as string },
  });

describe('weights in several files', () => {
  it('are read as one file', async () => {
    const index = indexOf({ c: two, a: one, b: two });
    expect(await shardNames(index)).toEqual([one, two]);
    const read = await readSafetensors(await joinShards(index, files));
    expect([...(await read.readTensor('a'))]).toEqual([1, 1]);
    expect([...(await read.readTensor('b'))]).toEqual([2, 2]);
    expect([...(await read.readTensor('c'))]).toEqual([3]);
  });

  it('are refused when a file is missing or damaged, or lacks a tensor', async () => {
    const index = indexOf({ a: one, b: two });
    await refuses(joinShards(index, new Map([[one, files.get(one)!]])), /missing: model-00002-of-00002/u);
    const cut = files.get(two)!.slice(0, -4);
    await refuses(joinShards(index, new Map([...files, [two, cut]])), /incomplete/u);
    await refuses(joinShards(indexOf({ a: two }), files), /does not have the tensor a/u);
  });

  it('are refused when the index is damaged, names other files, or too many', async () => {
    for (const index of [new Blob(['<html>']), new Blob(['{}']), indexOf({ a: 1 })]) {
      await refuses(shardNames(index), /model\.safetensors\.index\.json/u);
    }
    for (const name of [
      '../a.safetensors',
      '/a.safetensors',
      'https://x/a.safetensors',
      'a.bin',
      '..safetensors',
    ]) {
      await refuses(shardNames(indexOf({ a: name })), /is damaged/u);
    }
    const many = Array.from({ length: 201 }, (_, i) => [`t${i}`, `part-${i}.safetensors`]);
    await refuses(shardNames(indexOf(Object.fromEntries(many))), /in 201 files/u);
  });
});
