/** A GGUF model in a folder or zip, as on a USB stick: the file itself, or the pieces of a mirror. */
import { AppError } from '../core/errors';
import { readManifest } from './mirror';
import type { FolderFile } from './mlc-models';
import type { ModelFile } from './store-files';
import { CHAT_CONFIG } from './web-llm-cache';
import { WORDS } from './words';

/** What was found in it. */
export interface GgufFolder {
  readonly file: File;
  /** Hex; null where nothing says what it must be. */
  readonly sha256: string | null;
  /** Licence and notes. */
  readonly beside: readonly ModelFile[];
}

const TEXTS = /^(?:LICEN[CS]E|NOTICE|README)[\w.-]*$/iu;
const MAX_TEXT_BYTES = 1_000_000;

/**
 * @returns null when it holds no GGUF model
 * @throws AppError bad-file when it holds several, or not all pieces of one
 */
export async function ggufOfFolder(
  given: readonly FolderFile[],
  folderName: string,
): Promise<GgufFolder | null> {
  const files = given.map(({ name, file }) => ({ name: name.split('/').at(-1) ?? name, file }));
  if (files.some(({ name }) => name === CHAT_CONFIG)) return null;
  const beside = files
    .filter(({ name, file }) => TEXTS.test(name) && file.size <= MAX_TEXT_BYTES)
    .map(({ name, file }) => ({ name, content: file }));
  const [gguf, ...more] = files.filter(({ name }) => /\.gguf$/iu.test(name));
  if (more.length > 0) throw bad(folderName, WORDS.gguf.several);
  if (gguf) return { file: new File([gguf.file], gguf.name), sha256: null, beside };
  const description = files.find(({ name }) => name === 'manifest.json');
  const manifest = description ? await readManifest(description.file) : null;
  if (!manifest) return null;
  const pieces = manifest.pieces.map(({ sha256, bytes }) => {
    const piece = files.find(({ name, file }) => name === `${sha256}.bin` && file.size === bytes);
    if (!piece) throw bad(folderName, WORDS.gguf.noPiece(sha256));
    return piece.file;
  });
  // Parts of a file are not copied until they are read.
  return { file: new File(pieces, manifest.file), sha256: manifest.sha256, beside };
}

const bad = (folder: string, detail: string): AppError =>
  new AppError({ kind: 'bad-file', detail: WORDS.notUsable(folder, detail) });
