import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { addToMirror, checkMirror, manifestsOf } from '../../scripts/lib/mirror.mjs';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'mirror-'))));
afterEach(() => rm(folder, { recursive: true }));

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

it('cuts any file into pieces that make it again', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ minLength: 1, maxLength: 100 }),
      fc.integer({ min: 1, max: 40 }),
      async (content, pieceBytes) => {
        const file = join(folder, 'some.gguf');
        await writeFile(file, content);
        const models = join(folder, sha256(content));
        const manifest = await addToMirror(file, models, { name: 'Some', licence: 'MIT' }, pieceBytes);
        const pieces = await Promise.all(
          manifest.pieces.map((piece) => readFile(join(models, manifest.sha256, `${piece.sha256}.bin`))),
        );
        expect(Buffer.concat(pieces).equals(content)).toBe(true);
        expect(pieces.slice(0, -1).every((piece) => piece.length === pieceBytes)).toBe(true);
        expect(await checkMirror(models)).toEqual([]);
      },
    ),
    { numRuns: 30 },
  );
});

it('lists every model in its index, with what lies beside it', async () => {
  const licence = join(folder, 'LICENSE');
  await writeFile(licence, 'You may.');
  for (const name of ['one', 'two']) {
    await writeFile(join(folder, `${name}.gguf`), `weights of ${name}`);
    const about = { name, licence: 'MIT', beside: [licence] };
    await addToMirror(join(folder, `${name}.gguf`), join(folder, 'models'), about);
  }
  const index = JSON.parse(await readFile(join(folder, 'models/index.json'), 'utf8')) as {
    models: { name: string; sha256: string }[];
  };
  expect(index.models.map(({ name }) => name).sort()).toEqual(['one', 'two']);
  const [first] = index.models;
  expect(await readFile(join(folder, 'models', first?.sha256 ?? '', 'LICENSE'), 'utf8')).toBe('You may.');
});

it('names pieces that are damaged or missing', async () => {
  await writeFile(join(folder, 'a.gguf'), 'four and four');
  const models = join(folder, 'models');
  const { sha256: id, pieces } = await addToMirror(
    join(folder, 'a.gguf'),
    models,
    { name: 'A', licence: 'MIT' },
    5,
  );
  const path = (i: number): string => join(models, id, `${pieces[i]?.sha256 ?? ''}.bin`);
  await writeFile(path(0), 'fOur ');
  await rm(path(2));
  expect(await checkMirror(models)).toEqual([`${path(0)} is damaged`, `${path(2)} is missing`]);
});

it('has every model of this project whole', async () => {
  const models = join(import.meta.dirname, '../../public/models');
  expect(await checkMirror(models)).toEqual([]);
  const listed = JSON.parse(
    await readFile(join(models, 'index.json'), 'utf8').catch(() => '{"models":[]}'),
  ) as { models: unknown[] };
  expect(listed.models).toHaveLength((await manifestsOf(models)).length);
});
