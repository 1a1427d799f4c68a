/**
 * The mirror: models cut into pieces that are named by their hash, so that any server of files hands them out, a page
 * trusts each piece by itself, and only what is broken is fetched again.
 *
 *     models/index.json           which models there are
 *     models/<sha256>/            one model, named by the hash of its file
 *       manifest.json             name, size, licence, and the pieces in their order
 *       <sha256>.bin              a piece, named by its hash
 *       LICENSE, NOTICE, ...      what was given with it
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** Small enough for hosts that limit files (25 MiB), and for a second try on a bad network. */
const PIECE_BYTES = 16 * 1024 * 1024;
const HASH = /^[0-9a-f]{64}$/u;
const pieceName = (sha256) => `${sha256}.bin`;
const hashOf = (bytes) => createHash('sha256').update(bytes).digest('hex');
const written = (value) => `${JSON.stringify(value, null, 2)}\n`;

async function hashOfFile(path) {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}

/** Appears whole or not at all: a mirror may be served while it is written. */
async function put(path, content) {
  await writeFile(`${path}.draft`, content);
  await rename(`${path}.draft`, path);
}

/**
 * Cuts a file and writes its folder and the index. The manifest comes last, so that a folder without one was not finished.
 * @param {string} file
 * @param {string} models the folder `models`
 * @param {{ name: string, licence: string, beside?: readonly string[] }} about what the file does not say, and files to
 * lie beside the pieces
 * @param {number} pieceBytes
 */
export async function addToMirror(file, models, { name, licence, beside = [] }, pieceBytes = PIECE_BYTES) {
  const sha256 = await hashOfFile(file);
  const folder = join(models, sha256);
  await mkdir(folder, { recursive: true });
  const pieces = [];
  const handle = await open(file);
  try {
    for await (const piece of piecesOf(handle, pieceBytes)) {
      const hash = hashOf(piece);
      await put(join(folder, pieceName(hash)), piece);
      pieces.push({ sha256: hash, bytes: piece.length });
    }
  } finally {
    await handle.close();
  }
  const texts = [];
  for (const path of beside) {
    const content = await readFile(path);
    await put(join(folder, basename(path)), content);
    texts.push({ name: basename(path), sha256: hashOf(content), bytes: content.length });
  }
  const { size: bytes } = await stat(file);
  const manifest = { format: 1, name, file: basename(file), bytes, sha256, licence, pieces, beside: texts };
  await put(join(folder, 'manifest.json'), written(manifest));
  await writeIndex(models);
  return manifest;
}

/** @param {import('node:fs/promises').FileHandle} handle @param {number} pieceBytes */
async function* piecesOf(handle, pieceBytes) {
  for (let at = 0; ;) {
    const piece = Buffer.allocUnsafe(pieceBytes);
    let used = 0;
    while (used < pieceBytes) {
      const { bytesRead } = await handle.read(piece, used, pieceBytes - used, at + used);
      if (bytesRead === 0) break;
      used += bytesRead;
    }
    if (used > 0) yield piece.subarray(0, used);
    if (used < pieceBytes) return;
    at += used;
  }
}

/** The manifests of all finished models of a mirror. @param {string} models */
export async function manifestsOf(models) {
  const names = (await readdir(models).catch(() => [])).filter((name) => HASH.test(name)).sort();
  const found = await Promise.all(
    names.map((name) => readFile(join(models, name, 'manifest.json'), 'utf8').catch(() => null)),
  );
  return found.flatMap((text) => (text === null ? [] : [JSON.parse(text)]));
}

/** Lists the models in the folder, also those that were copied into it by hand. @param {string} models */
export async function writeIndex(models) {
  const list = (await manifestsOf(models)).map(({ sha256, name, bytes, licence }) => ({
    sha256,
    name,
    bytes,
    licence,
  }));
  await put(join(models, 'index.json'), written({ format: 1, models: list }));
}

/** Hashes every piece and every model again; one line for each fault. @param {string} models @returns {Promise<string[]>} */
export async function checkMirror(models) {
  const faults = [];
  for (const { sha256, bytes, pieces, beside } of await manifestsOf(models)) {
    const before = faults.length;
    const whole = createHash('sha256');
    let size = 0;
    for (const piece of pieces) {
      const path = join(models, sha256, pieceName(piece.sha256));
      const content = await readFile(path).catch(() => null);
      if (content === null) faults.push(`${path} is missing`);
      else if (content.length !== piece.bytes || hashOf(content) !== piece.sha256)
        faults.push(`${path} is damaged`);
      else {
        whole.update(content);
        size += content.length;
      }
    }
    for (const text of beside) {
      const content = await readFile(join(models, sha256, text.name)).catch(() => null);
      if (content === null || hashOf(content) !== text.sha256)
        faults.push(`${join(models, sha256, text.name)} is missing or changed`);
    }
    if (faults.length === before && (size !== bytes || whole.digest('hex') !== sha256))
      faults.push(`${join(models, sha256)}: the pieces do not make the file of its name`);
  }
  return faults;
}
