import { readFile } from 'node:fs/promises';
import { gguf } from '@huggingface/gguf';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AppError } from '../core/errors';
import { readGgufTensors } from './gguf-tensors';

const path = new URL('../../public/models/built-in/model.gguf', import.meta.url);
const builtIn = await readFile(path);

it('finds the same tensors as another reader, and the last one ends with the file', async () => {
  const { tensors } = await readGgufTensors(new Blob([builtIn]));
  const { tensorInfos } = await gguf(path.pathname, { allowLocalFile: true });
  expect(tensors.map(({ name, shape, type }) => ({ name, shape, type }))).toEqual(
    tensorInfos.map(({ name, shape, dtype }) => ({ name, shape: shape.map(Number), type: dtype })),
  );
  const ends = tensors.map(({ at, bytes }) => at + (bytes ?? NaN));
  expect(builtIn.length - Math.max(...ends)).toBeLessThan(32);
  // None shares its bytes with another.
  const sorted = [...tensors].sort((a, b) => a.at - b.at);
  sorted.slice(1).forEach(({ at }, i) => {
    expect(at).toBeGreaterThanOrEqual((sorted[i]?.at ?? 0) + (sorted[i]?.bytes ?? NaN));
  });
});

it('refuses the file wherever it is cut, and never fails in another way when bytes differ', async () => {
  const lengths = fc.integer({ min: 0, max: builtIn.length - 32 });
  await fc.assert(
    fc.asyncProperty(lengths, async (length) => {
      await expect(readGgufTensors(new Blob([builtIn.subarray(0, length)]))).rejects.toMatchObject({
        failure: { kind: 'bad-file' },
      });
    }),
    { numRuns: 40 },
  );
  const { tensors } = await readGgufTensors(new Blob([builtIn]));
  const end = Math.min(...tensors.map(({ at }) => at));
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: end - 1 }),
      fc.integer({ min: 1, max: 255 }),
      async (at, by) => {
        const changed = Uint8Array.from(builtIn);
        changed[at] = (changed[at] ?? 0) ^ by;
        const error: unknown = await readGgufTensors(new Blob([changed])).catch((thrown: unknown) => thrown);
        if (error instanceof Error) expect(error).toBeInstanceOf(AppError);
      },
    ),
    { numRuns: 60 },
  );
});
