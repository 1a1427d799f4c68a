/** GGUF files, picked from disk or fetched: checked, stored, and from then on a model for llama.cpp. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { AppError } from '../core/errors';
import { GGUF_FILE, type ModelOrigin, type StoredFile, type StoredModel } from '../core/models/stored-model';
import type { Progress } from '../core/ports';
import { trainedContext } from '../weights/gguf-header';
import { readGgufTensors } from '../weights/gguf-tensors';
import { copyKey } from './copy-key';
import type { Downloader, WantedFile } from './download';
import { ggufId, knownGguf } from './gguf-catalogue';
import type { GgufFolder } from './gguf-folder';
import type { OpfsModelStore } from './opfs-model-store';
import { plainAddress } from '../storage/plain-address';
import { storeFiles } from './store-files';
import { WORDS } from './words';

/** What a GGUF file states about its model. */
export interface GgufFacts {
  readonly name: string;
  readonly architecture: string;
  readonly style: 'base' | 'instruct';
  /** Tokens; null when the file does not say. */
  readonly contextLength: number | null;
  readonly licence: string | null;
  readonly parameters: number;
}

/** llama.cpp in a page has 4 GiB at most, for weights, context and itself. */
const MAX_BYTES = 3_900_000_000;
const MAX_TEXT = 200;
/** Kinds of models in this format that do not write text from left to right. */
const NO_WRITERS: readonly (readonly [RegExp, string])[] = [
  [/^clip$/u, WORDS.gguf.vision],
  [/bert/u, WORDS.gguf.embedding],
  [/^t5/u, WORDS.gguf.encoderDecoder],
  [/^(?:whisper|wavtokenizer)/u, WORDS.gguf.speech],
];

/**
 * @param fileName for messages
 * @throws AppError bad-file with the reason
 */
export async function checkGguf(file: Blob, fileName: string): Promise<GgufFacts> {
  const { header, tensors } = await readGgufTensors(file);
  const text = (key: string): string | null => {
    const value = header.metadata.get(key);
    return typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, MAX_TEXT) : null;
  };
  const architecture = text('general.architecture');
  if (architecture === null) throw bad(fileName, WORDS.gguf.noKind);
  if (text('general.type') === 'adapter') throw bad(fileName, WORDS.gguf.adapter);
  const other = NO_WRITERS.find(([pattern]) => pattern.test(architecture));
  if (other) throw bad(fileName, WORDS.gguf.cannotWrite(other[1]));
  const parts = header.metadata.get('split.count');
  if (typeof parts === 'number' && parts > 1) {
    throw bad(fileName, WORDS.gguf.part(parts));
  }
  if (tensors.length === 0) throw bad(fileName, WORDS.gguf.noWeights);
  if (text('tokenizer.ggml.model') === null) throw bad(fileName, WORDS.gguf.noTokenizer);
  if (file.size > MAX_BYTES) throw bad(fileName, WORDS.gguf.memory);
  const said = text('general.name');
  return {
    name: said ?? fileName.replace(/\.gguf$/iu, ''),
    architecture,
    style: styleOf(
      [fileName, said, text('general.finetune')],
      header.metadata.has('tokenizer.chat_template'),
    ),
    contextLength: trainedContext(header),
    licence: text('general.license'),
    parameters: tensors.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0),
  };
}

/**
 * Checks a picked file and stores a copy of it.
 * @param from the folder that it was in
 * @throws AppError bad-file, storage-full, storage-unavailable; AbortError
 */
export async function storeGguf(
  store: OpfsModelStore,
  file: File,
  now: number,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
  { beside = [], sha256: promised = null }: Partial<Pick<GgufFolder, 'beside' | 'sha256'>> = {},
): Promise<StoredModel> {
  const facts = await checkGguf(file, file.name);
  return storeFiles(
    await store.stage(copyKey(`${short(file.name)} ${file.size}`), file.name),
    [{ name: GGUF_FILE, content: file, ...(promised === null ? {} : { sha256: promised }) }, ...beside],
    (written) => described(facts, written, { origin: 'file', source: file.name, storedAt: now }),
    signal,
    (progress) => onProgress({ ...progress, label: file.name }),
  );
}

/** A GGUF file to be fetched; one without an address is in the mirror alone. */
export interface WantedGguf extends Pick<WantedFile, 'url' | 'bytes' | 'sha256'> {
  /** Its name there; absent: the last part of the address. */
  readonly file?: string;
  /** Under which an unfinished download is found again; absent: by its address. */
  readonly key?: string;
}

/**
 * Downloads a file and checks it. When it is stopped or fails, the received part stays, and the next call resumes.
 * @throws AppError model-file-missing, bad-file, storage-full, storage-unavailable; AbortError
 */
export async function fetchGguf(
  store: OpfsModelStore,
  downloader: Downloader,
  wanted: WantedGguf,
  now: number,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<StoredModel> {
  const fileName = wanted.file ?? nameIn(wanted.url ?? '');
  // The same file with another token is the same download.
  const source = wanted.url === null ? fileName : plainAddress(wanted.url);
  const byAddress = `fetch ${bytesToHex(sha256(utf8ToBytes(source))).slice(0, 16)} ${short(fileName)}`;
  const staging = await store.stage(wanted.key ?? byAddress, source);
  const file: WantedFile = { ...wanted, name: GGUF_FILE };
  const [stored] = await downloader.fetchAll([file], staging, signal, (progress) =>
    onProgress({ ...progress, label: fileName }),
  );
  try {
    const facts = await checkGguf(await staging.open(GGUF_FILE), fileName);
    const beside = await downloader.besideMirrored(file, staging, signal);
    const from = { origin: 'download', source, storedAt: now } as const;
    return await staging.publish(described(facts, [...(stored ? [stored] : []), ...beside], from));
  } catch (error) {
    if (error instanceof AppError && error.failure.kind === 'bad-file') await staging.discard();
    throw error;
  } finally {
    await downloader.forget([file]);
  }
}

function described(
  { name, style, contextLength, licence }: GgufFacts,
  written: readonly StoredFile[],
  from: { readonly origin: ModelOrigin; readonly source: string; readonly storedAt: number },
): Omit<StoredModel, 'files'> {
  const file = written.find((one) => one.name === GGUF_FILE);
  if (!file) throw new Error('nothing was stored');
  const known = knownGguf({ hash: file.sha256, source: from.source });
  return {
    id: ggufId(file.sha256),
    name: known?.name ?? name,
    engine: 'llama.cpp',
    style: known?.style ?? style,
    ...(known ? { ask: known.ask } : {}),
    bytes: file.bytes,
    contextLength,
    licence: known?.licence ?? licence,
    ...(known ? { languages: known.languages } : {}),
    hash: file.sha256,
    ...from,
  };
}

/** Names say it more often than anything else; a chat template alone is in many base models too. */
function styleOf(names: readonly (string | null)[], hasTemplate: boolean): 'base' | 'instruct' {
  const all = names.join(' ');
  if (/instruct|chat|assistant|(?:^|[-_ .])it(?:[-_ .]|$)/iu.test(all)) return 'instruct';
  if (/(?:^|[-_ .])(?:base|pretrained|pt)(?:[-_ .]|$)/iu.test(all)) return 'base';
  return hasTemplate ? 'instruct' : 'base';
}

/** The last part of an address, as a name. */
function nameIn(url: string): string {
  const path = URL.canParse(url) ? new URL(url).pathname : '';
  const last = path.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(last).slice(0, MAX_TEXT) || 'model.gguf';
  } catch {
    return last.slice(0, MAX_TEXT);
  }
}

/** Short enough for the name of a folder, whatever its letters are. */
const short = (name: string): string => name.replaceAll(/[^\w.-]+/gu, '_').slice(0, 60);

const bad = (fileName: string, detail: string): AppError =>
  new AppError({ kind: 'bad-file', detail: WORDS.notUsable(fileName.slice(0, MAX_TEXT), detail) });
