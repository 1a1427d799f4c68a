/** The standard model as it stands in the project, put together from its pieces. Node only. */
import { openAsBlob } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { STANDARD_HASH } from './standard-texts';

const FOLDER = `public/models/${STANDARD_HASH}/`;

export async function standardModel(): Promise<Blob> {
  const { pieces } = JSON.parse(await readFile(`${FOLDER}manifest.json`, 'utf8')) as {
    readonly pieces: readonly { readonly sha256: string }[];
  };
  return new Blob(await Promise.all(pieces.map(({ sha256 }) => openAsBlob(`${FOLDER}${sha256}.bin`))));
}
