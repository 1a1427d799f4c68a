import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { failureOf } from '../testing/failure-of';
import { ggufOfFolder } from './gguf-folder';

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const parts = ['GGUF and ', 'the rest'];
const manifest = {
  format: 1,
  name: 'A model',
  file: 'a.gguf',
  bytes: parts.join('').length,
  sha256: hashOf(parts.join('')),
  licence: 'MIT',
  pieces: parts.map((part) => ({ sha256: hashOf(part), bytes: part.length })),
};
const file = (name: string, content: string) => ({ name, file: new Blob([content]) });
const pieces = parts.map((part) => file(`stick/${hashOf(part)}.bin`, part));

it('finds a file with its licence, however deep it lies', async () => {
  const found = await ggufOfFolder(
    [file('x/y/m.gguf', 'GGUF'), file('x/y/LICENSE', 'You may.'), file('x/photo.png', 'P')],
    'x',
  );
  expect([found?.file.name, await found?.file.text(), found?.sha256]).toEqual(['m.gguf', 'GGUF', null]);
  expect(found?.beside.map(({ name }) => name)).toEqual(['LICENSE']);
});

it('joins the pieces of a mirror, whose hash is then known', async () => {
  const given = [...pieces].reverse();
  const found = await ggufOfFolder(
    [file('stick/manifest.json', JSON.stringify(manifest)), ...given],
    'stick',
  );
  expect(await found?.file.text()).toBe(parts.join(''));
  expect(found?.sha256).toBe(manifest.sha256);
});

it('names a piece that is missing', async () => {
  const given = [file('stick/manifest.json', JSON.stringify(manifest)), ...pieces.slice(1)];
  expect(await failureOf(ggufOfFolder(given, 'stick'))).toMatchObject({
    kind: 'bad-file',
    detail: expect.stringContaining(hashOf(parts[0] ?? '').slice(0, 12)) as unknown,
  });
});

it('does not choose between several models', async () => {
  const given = [file('a.gguf', 'GGUF'), file('b.gguf', 'GGUF')];
  expect(await failureOf(ggufOfFolder(given, 'x'))).toMatchObject({ kind: 'bad-file' });
});

it.each([
  ['of web-llm', [file('m/mlc-chat-config.json', '{}'), file('m/manifest.json', JSON.stringify(manifest))]],
  ['with another manifest', [file('m/manifest.json', '{"name":"app"}')]],
  ['without a model', [file('photo.png', 'P')]],
])('leaves a folder %s to others', async (_, given) => {
  expect(await ggufOfFolder(given, 'm')).toBeNull();
});
