/**
 * The folders of models in the origin's private file system: `models/<folder>/...` and, for each unfinished one, an empty
 * file `models-staging/<folder>`. Nothing is ever moved: a model exists once its row refers to its folder.
 */
import { AppError } from '../core/errors';
import { databaseFolder } from '../storage/database-folder';
import { storageFailure } from '../storage/open-database';
import { WORDS } from './words';

const MODELS = 'models';
const STAGING = 'models-staging';
/** Encoded; file systems end names at 255. */
const MAX_NAME = 200;

/** A place inside the file system, as it crosses to a worker. */
export interface FilePlace {
  readonly folder: string;
  /** Path inside the folder, `/` between parts. */
  readonly name: string;
}

/** @throws AppError bad-file when the id is too long to name a folder */
export function newFolder(modelId: string): string {
  const encoded = encodeURIComponent(modelId);
  if (encoded.length > MAX_NAME) throw new AppError({ kind: 'bad-file', detail: WORDS.files.longName });
  return `${encoded}@${crypto.randomUUID().slice(0, 8)}`;
}

/** The model a folder was made for. The encoding leaves no `@` in an id. */
export const modelOf = (folder: string): string => {
  const encoded = folder.slice(0, Math.max(0, folder.lastIndexOf('@')));
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
};

/** The parts of a file's path. @throws AppError bad-file when it would leave its folder or cannot be stored. */
export function pathParts(name: string): readonly string[] {
  const parts = name.split('/');
  const good = parts.every(
    // eslint-disable-next-line no-control-regex
    (part) => part !== '' && part.length <= MAX_NAME && !/^\.|[\\\u0000-\u001f]/u.test(part),
  );
  if (!good || parts.length > 8) {
    throw new AppError({ kind: 'bad-file', detail: WORDS.files.badName(name.slice(0, MAX_NAME)) });
  }
  return parts;
}

/** The file itself. @throws AppError storage-unavailable, storage-full; NotFoundError when it may not be made */
export async function fileHandle(place: FilePlace, create: boolean): Promise<FileSystemFileHandle> {
  const parts = pathParts(place.name);
  let folder = await root(MODELS);
  for (const part of [place.folder, ...parts.slice(0, -1)]) {
    folder = await folder.getDirectoryHandle(part, { create });
  }
  return folder.getFileHandle(parts.at(-1) ?? '', { create });
}

/** Null when there is no such file. @throws AppError storage-unavailable */
export async function openFile(place: FilePlace): Promise<File | null> {
  return unlessMissing(async () => (await fileHandle(place, false)).getFile());
}

/** @throws AppError storage-unavailable */
export async function removeFile(place: FilePlace): Promise<void> {
  const parts = pathParts(place.name);
  await unlessMissing(async () => {
    let folder = await root(MODELS);
    for (const part of [place.folder, ...parts.slice(0, -1)]) folder = await folder.getDirectoryHandle(part);
    await folder.removeEntry(parts.at(-1) ?? '');
  });
}

/** All folders that lie there, whether a row names them or not. */
export async function folders(): Promise<readonly string[]> {
  return names(await root(MODELS));
}

/** Removes a folder with all its files, if it exists. */
export async function removeFolder(folder: string): Promise<void> {
  await unlessMissing(async () => (await root(MODELS)).removeEntry(folder, { recursive: true }));
}

/** Removes all files of a folder but these. */
export async function keepOnly(folder: string, names: ReadonlySet<string>): Promise<void> {
  const prune = async (directory: FileSystemDirectoryHandle, path: string): Promise<void> => {
    const others: string[] = [];
    for await (const entry of directory.values()) {
      if (entry.kind === 'directory') await prune(entry, `${path}${entry.name}/`);
      else if (!names.has(path + entry.name)) others.push(entry.name);
    }
    for (const name of others) await directory.removeEntry(name);
  };
  await unlessMissing(async () => prune(await (await root(MODELS)).getDirectoryHandle(folder), ''));
}

/** Folders of models that are being put together. */
export async function stagings(): Promise<readonly string[]> {
  return names(await root(STAGING));
}

/** Notes that a model is put together in this folder, so that a reload finds it. @throws AppError storage-unavailable */
export async function markStaging(folder: string): Promise<void> {
  await mapped(async () => (await root(STAGING)).getFileHandle(folder, { create: true }));
}

/** Removes the note, if there is one. */
export async function unmarkStaging(folder: string): Promise<void> {
  await unlessMissing(async () => (await root(STAGING)).removeEntry(folder));
}

/** Bytes of all files in a folder. */
export async function folderBytes(folder: string): Promise<number> {
  const sum = async (directory: FileSystemDirectoryHandle): Promise<number> => {
    let bytes = 0;
    for await (const entry of directory.values()) {
      bytes += entry.kind === 'file' ? (await entry.getFile()).size : await sum(entry);
    }
    return bytes;
  };
  return (await unlessMissing(async () => sum(await (await root(MODELS)).getDirectoryHandle(folder)))) ?? 0;
}

async function root(name: string): Promise<FileSystemDirectoryHandle> {
  const storage = (navigator as { readonly storage?: Partial<StorageManager> }).storage;
  // Pages of plain-http addresses have no file system: there the database keeps the files.
  const directory = await mapped(async () =>
    storage?.getDirectory ? navigator.storage.getDirectory() : databaseFolder(),
  );
  return mapped(() => directory.getDirectoryHandle(name, { create: true }));
}

async function names(directory: FileSystemDirectoryHandle): Promise<string[]> {
  const found: string[] = [];
  await mapped(async () => {
    for await (const entry of directory.values()) found.push(entry.name);
  });
  return found.sort();
}

/** Browsers offer locks on the same pages as the file system. @throws AppError storage-unavailable */
export function fileLocks(): LockManager {
  const { locks } = navigator as { readonly locks?: LockManager };
  if (!locks) throw noFiles();
  return locks;
}

const noFiles = (): AppError => {
  const detail = WORDS.files.noFileSystem;
  return new AppError({ kind: 'storage-unavailable', detail });
};

/** Null when the file or its folder does not exist. */
async function unlessMissing<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotFoundError') return null;
    throw failed(error);
  }
}

async function mapped<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw failed(error);
  }
}

/** What the file system says as an AppError; what is thrown by anything else stays as it is. */
export function failed(error: unknown): Error {
  if (!(error instanceof DOMException)) return error instanceof Error ? error : new Error(String(error));
  if (error.name === 'NoModificationAllowedError') {
    const detail = WORDS.files.inUse;
    return new AppError({ kind: 'storage-unavailable', detail }, { cause: error });
  }
  return new AppError(storageFailure(error), { cause: error });
}
