import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { manifestsOf } from '../../scripts/lib/mirror.mjs';
import { STANDARD_MODEL } from '../core/models/standard-model';
import { ggufId, GGUF_MODELS } from './gguf-catalogue';
import { ggufOffers, wantedGguf } from './offers';

const models = new URL('../../public/models/', import.meta.url);

it('begins with the standard model, as it lies beside the page and as screens name it', async () => {
  const manifests = (await manifestsOf(models.pathname)) as unknown[];
  const [first] = GGUF_MODELS;
  const { id, name, bytes, sha256 } = STANDARD_MODEL;
  expect(manifests[0]).toMatchObject({ name, bytes, sha256, file: first?.file, licence: first?.licence });
  expect(first).toMatchObject({ id, name, bytes, sha256, exact: true, loaded: true });
});

it('has one id for each model, and addresses that a page may fetch', () => {
  expect(new Set(GGUF_MODELS.map(({ id }) => id)).size).toBe(GGUF_MODELS.length);
  for (const { url } of GGUF_MODELS) expect(url).toMatch(/^https:\/\/[^ ]+$/u);
  for (const { file } of GGUF_MODELS) expect(file).toMatch(/^[\w.-]+\.gguf$/u);
});

it('offers what only the mirror has, and says which of the others lie there', async () => {
  const index = JSON.parse(await readFile(new URL('index.json', models), 'utf8')) as {
    models: { sha256: string; name: string; bytes: number; licence: string }[];
  };
  const own = { sha256: 'ab'.repeat(32), name: 'Own', bytes: 5, licence: 'MIT' };
  const offers = ggufOffers([...index.models, own]);
  expect(offers.filter(({ from }) => from === 'here').map(({ name }) => name)).toEqual([
    STANDARD_MODEL.name,
    'Own',
  ]);
  expect(wantedGguf(ggufId(own.sha256), [own])).toMatchObject({ url: null, sha256: own.sha256 });
  expect(wantedGguf(ggufId(own.sha256), [])).toBeNull();
});
