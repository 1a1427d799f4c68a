/**
 * Models for web-llm: imported from a folder or a zip, or downloaded from its list; listed only once complete and checked;
 * exported as the files of one folder, for example onto a USB stick.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import * as v from 'valibot';
import { AppError } from '../core/errors';
import type { StoredFile, StoredModel } from '../core/models/stored-model';
import type { Progress } from '../core/ports';
import type { CatalogueModel } from './catalogue';
import { copyKey } from './copy-key';
import type { Downloader, WantedFile } from './download';
import { checkTokenizer, type MlcSettings, type MlcShard, readSettings, readShards } from './mlc-files';
import { checkLibrary } from './mlc-library';
import type { ModelStaging, ModelStore } from './model-store';
import { type ModelFile, storeFiles } from './store-files';
import { CHAT_CONFIG, LIBRARY, TENSORS, webLlmAddress } from './web-llm-cache';
import { WORDS } from './words';

/** One file of a folder or archive. */
export interface FolderFile {
  /** Path from the top, `/` between parts. */
  readonly name: string;
  readonly file: Blob;
}
/** A folder that was looked through and holds a whole model. */
export interface MlcFolder {
  readonly name: string;
  readonly style: 'base' | 'instruct';
  readonly licence: string | null;
  readonly settings: MlcSettings;
  readonly bytes: number;
  readonly files: readonly ModelFile[];
}
/** What is to be fetched for a model of web-llm's list. */
export interface MlcPlan {
  readonly entry: CatalogueModel;
  readonly settings: MlcSettings;
  readonly files: readonly WantedFile[];
  /** All that will be fetched; null when a server does not say. */
  readonly bytes: number | null;
}

/** Older versions of web-llm call the list of tensors so. */
const OLD_TENSORS = 'ndarray-cache.json';
/** Our own file in an exported model: its name, and the checksums of all files. */
export const MODEL_CARD = 'self-instruct-model.json';
const Card = v.object({
  name: v.pipe(v.string(), v.maxLength(200)),
  style: v.picklist(['base', 'instruct']),
  licence: v.nullish(v.pipe(v.string(), v.maxLength(200))),
  files: v.record(v.string(), v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/u))),
});
const MAX_CARD = 1024 * 1024;

/**
 * Checks a folder: all files are there with the right sizes, and the library has the right version. Hashes are checked
 * while it is stored.
 * @throws AppError bad-file that names what is missing or wrong
 */
export async function checkMlcFolder(given: readonly FolderFile[], folderName: string): Promise<MlcFolder> {
  const files = oneFolder(given, folderName);
  const need = (name: string, why: string): Blob => {
    const file = files.get(name);
    if (!file) throw bad(folderName, WORDS.webLlm.missing(name, why));
    return file;
  };
  const chatConfig = need(CHAT_CONFIG, WORDS.webLlm.why.settings);
  const settings = await readSettings(chatConfig, CHAT_CONFIG);
  const tensors = files.get(TENSORS) ?? need(OLD_TENSORS, WORDS.webLlm.why.tensors(TENSORS));
  const shards = await readShards(tensors, TENSORS);
  const tokenizer = need(settings.tokenizer, WORDS.webLlm.why.tokenizer);
  await checkTokenizer(tokenizer, settings.tokenizer);
  const weights = shards.map((shard) => {
    const file = need(shard.name, WORDS.webLlm.why.weights);
    if (file.size !== shard.bytes) {
      throw bad(folderName, WORDS.webLlm.shardSize(shard.name, file.size, shard.bytes));
    }
    return { ...shard, file };
  });
  const libraries = [...files].filter(([name]) => name.endsWith('.wasm'));
  const [library] = libraries;
  if (!library) throw bad(folderName, WORDS.webLlm.noLibrary);
  if (libraries.length > 1) throw bad(folderName, WORDS.webLlm.manyLibraries);
  await checkLibrary(library[1], library[0]);
  const card = await readCard(files.get(MODEL_CARD));
  const planned = (name: string, content: Blob, md5: string | null = null): ModelFile => {
    const hash = card?.files[name];
    return {
      ...{ name, content },
      ...(md5 === null ? {} : { md5 }),
      ...(hash === undefined ? {} : { sha256: hash }),
    };
  };
  const all = [
    planned(CHAT_CONFIG, chatConfig),
    planned(TENSORS, tensors),
    planned(settings.tokenizer, tokenizer),
    planned(LIBRARY, library[1]),
    ...weights.map((shard) => planned(shard.name, shard.file, shard.md5)),
  ];
  const base = /-base\b/iu.test(folderName) || !settings.hasTemplate;
  return {
    name: card?.name ?? folderName,
    style: card?.style ?? (base ? 'base' : 'instruct'),
    licence: card?.licence ?? null,
    settings,
    bytes: all.reduce((sum, { content }) => sum + content.size, 0),
    files: all,
  };
}

/**
 * Stores a checked folder; removes everything when it fails.
 * @throws AppError bad-file when a checksum differs, storage-full, storage-unavailable; AbortError
 */
export async function storeMlcFolder(
  store: ModelStore,
  folder: MlcFolder,
  now: number,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<StoredModel> {
  const describe = (files: readonly StoredFile[]): Omit<StoredModel, 'files'> => {
    const hash = hashOfFiles(files);
    const library = files.find((file) => file.name === LIBRARY)?.sha256 ?? '';
    return {
      id: `mlc-${hash.slice(0, 16)}`,
      name: folder.name,
      engine: 'web-llm',
      origin: 'file',
      style: folder.style,
      bytes: folder.bytes,
      contextLength: folder.settings.contextLength,
      licence: folder.licence,
      hash,
      source: folder.name,
      storedAt: now,
      webLlm: { model: webLlmAddress(hash), library: webLlmAddress(library, LIBRARY) },
    };
  };
  const staging = await store.stage(copyKey(hashOfText(folder.name).slice(0, 16)), folder.name);
  return storeFiles(staging, folder.files, describe, signal, onProgress);
}

/**
 * What has to be downloaded for a model of web-llm's list. Downloads its list of tensors and its settings, which are small.
 * @throws AppError model-file-missing, bad-file, storage-unavailable; AbortError
 */
export async function planMlcDownload(
  store: ModelStore,
  downloader: Downloader,
  entry: CatalogueModel,
  signal: AbortSignal,
): Promise<{ readonly plan: MlcPlan; readonly staging: ModelStaging }> {
  const at = (name: string): string => `${entry.model}/resolve/main/${name}`;
  const staging = await store.stage(entry.id, entry.id);
  const small = [CHAT_CONFIG, TENSORS].map((name): WantedFile => ({ url: at(name), name }));
  await downloader.fetchAll(small, staging, signal, () => undefined);
  const settings = await readSettings(await staging.open(CHAT_CONFIG), CHAT_CONFIG);
  const shards = await readShards(await staging.open(TENSORS), TENSORS);
  const files: WantedFile[] = [
    { url: at(settings.tokenizer), name: settings.tokenizer },
    { url: entry.library, name: LIBRARY },
    ...shards.map(({ name, bytes, md5 }: MlcShard): WantedFile => ({
      url: at(name),
      name,
      bytes,
      ...(md5 === null ? {} : { md5 }),
    })),
  ];
  const all = [...small, ...files];
  return { plan: { entry, settings, files: all, bytes: await downloader.size(all, signal) }, staging };
}

/**
 * Downloads what was planned; the model exists once all of it is stored. When stopped or failed, the next plan resumes it.
 * @throws AppError model-file-missing, bad-file, storage-full, storage-unavailable; AbortError
 */
export async function fetchMlcModel(
  { plan, staging }: { readonly plan: MlcPlan; readonly staging: ModelStaging },
  downloader: Downloader,
  now: number,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<StoredModel> {
  const { entry, settings } = plan;
  // First what is small and may be wrong.
  const small = plan.files.filter(({ name }) => !name.endsWith('.bin'));
  const first = await downloader.fetchAll(small, staging, signal, (progress) =>
    onProgress({ ...progress, total: plan.bytes }),
  );
  try {
    await checkTokenizer(await staging.open(settings.tokenizer), settings.tokenizer);
    await checkLibrary(await staging.open(LIBRARY), entry.library.split('/').at(-1) ?? LIBRARY);
  } catch (error) {
    // They are downloaded again the next time.
    await downloader.forget(small);
    throw error;
  }
  const before = first.reduce((sum, { bytes }) => sum + bytes, 0);
  const shards = plan.files.filter(({ name }) => name.endsWith('.bin'));
  const rest = await downloader.fetchAll(shards, staging, signal, ({ label, done }) =>
    onProgress({ label, done: before + done, total: plan.bytes }),
  );
  const model = await staging.publish({
    id: entry.id,
    name: entry.title,
    engine: 'web-llm',
    origin: 'download',
    style: entry.style,
    bytes: null,
    contextLength: entry.contextLength,
    licence: entry.licence,
    hash: hashOfFiles([...first, ...rest]),
    source: entry.model,
    storedAt: now,
    webLlm: { model: entry.model, library: entry.library, overrides: entry.overrides },
  });
  await downloader.forget(plan.files);
  return model;
}

/**
 * The files of a stored model as one folder that can be imported elsewhere, with the list of tensors also under its old
 * name, for other programs. They stay on disk: none is copied into memory.
 * @throws AppError model-file-missing
 */
export async function mlcFolderFiles(store: ModelStore, model: StoredModel): Promise<readonly FolderFile[]> {
  const files: FolderFile[] = [];
  for (const { name } of model.files) {
    const file = await store.file(model.id, name);
    files.push({ name, file });
    if (name === TENSORS) files.push({ name: OLD_TENSORS, file });
  }
  const { name, style, licence } = model;
  const sums = Object.fromEntries(model.files.map((file) => [file.name, file.sha256]));
  const card: v.InferOutput<typeof Card> = { name, style, licence, files: sums };
  return [...files, { name: MODEL_CARD, file: new Blob([JSON.stringify(card, null, 2)]) }];
}

/** The files that lie beside mlc-chat-config.json, wherever that is. */
function oneFolder(given: readonly FolderFile[], folderName: string): Map<string, Blob> {
  const configs = given.filter(({ name }) => name.split('/').at(-1) === CHAT_CONFIG);
  const [config] = configs;
  if (!config) throw bad(folderName, WORDS.webLlm.missing(CHAT_CONFIG, WORDS.webLlm.why.settings));
  if (configs.length > 1) throw bad(folderName, WORDS.webLlm.manyModels);
  const top = config.name.slice(0, config.name.length - CHAT_CONFIG.length);
  const files = new Map<string, Blob>();
  for (const { name, file } of given) {
    const rest = name.startsWith(top) ? name.slice(top.length) : '';
    if (rest !== '' && !rest.includes('/')) files.set(rest, file);
  }
  return files;
}

async function readCard(file: Blob | undefined): Promise<v.InferOutput<typeof Card> | null> {
  if (!file) return null;
  try {
    if (file.size > MAX_CARD) throw new Error(WORDS.webLlm.tooLarge);
    return v.parse(Card, JSON.parse(await file.text()));
  } catch (error) {
    throw new AppError({ kind: 'bad-file', detail: WORDS.webLlm.badCard(MODEL_CARD) }, { cause: error });
  }
}

const hashOfText = (text: string): string => bytesToHex(sha256(utf8ToBytes(text)));

/** One hash for all of a model, whatever the order of its files. */
const hashOfFiles = (files: readonly StoredFile[]): string =>
  hashOfText(
    files
      .map((file) => `${file.sha256} ${file.name}\n`)
      .sort()
      .join(''),
  );

const bad = (folderName: string, detail: string): AppError =>
  new AppError({
    kind: 'bad-file',
    detail: WORDS.webLlm.notWhole(folderName.slice(0, 200), detail),
  });
