import { beforeEach, describe, expect, it } from 'vitest';
import type { SyncFile } from '../io/sync-file';
import { FileWriter } from '../models/file-writer';
import { databaseFolder, type Folder } from './database-folder';

const never = new AbortController().signal;
beforeEach(
  () =>
    new Promise<void>((resolve) => {
      indexedDB.deleteDatabase('self-instruct-files').onsuccess = () => resolve();
    }),
);
type Writable = FileSystemFileHandle & { createSyncAccessHandle(): Promise<SyncFile> };
async function put(folder: Folder, name: string, text: string, from = 0): Promise<string> {
  const file = await (
    (await folder.getFileHandle(name, { create: true })) as Writable
  ).createSyncAccessHandle();
  const writer = await FileWriter.open(file, { from, limit: 1_000 }, never, () => undefined);
  writer.append(new TextEncoder().encode(text));
  const { sha256 } = writer.finish();
  await file.close();
  return sha256;
}
const read = async (folder: Folder, name: string): Promise<string> =>
  (await (await folder.getFileHandle(name)).getFile()).text();
async function list(folder: Folder): Promise<string[]> {
  const names: string[] = [];
  for await (const entry of folder.values()) names.push(`${entry.kind} ${entry.name}`);
  return names.sort();
}

describe('a folder in the database', () => {
  it('keeps files and folders, and lists what lies in it', async () => {
    const models = await databaseFolder().getDirectoryHandle('models', { create: true });
    const one = await models.getDirectoryHandle('one', { create: true });
    await put(one, 'model.gguf', 'weights');
    await put(one, 'config.json', '{}');
    await put(models, 'note', 'n');
    expect(await list(databaseFolder())).toEqual(['directory models']);
    expect(await list(models)).toEqual(['directory one', 'file note']);
    expect(await read(one, 'model.gguf')).toBe('weights');
  });

  it('resumes a file, with the hash of all of it', async () => {
    const root = databaseFolder();
    const whole = await put(root, 'whole', 'weights and more');
    await put(root, 'cut', 'weights and something else');
    expect(await put(root, 'cut', 'more', 'weights and '.length)).toBe(whole);
    expect(await read(root, 'cut')).toBe('weights and more');
  });

  it('says what is not there, as the file system does', async () => {
    const root = databaseFolder();
    const missing = { name: 'NotFoundError' };
    await expect(root.getFileHandle('x')).rejects.toMatchObject(missing);
    await expect(root.getDirectoryHandle('x')).rejects.toMatchObject(missing);
    await expect(root.removeEntry('x')).rejects.toMatchObject(missing);
  });

  it('removes a file, and a folder with all that is in it and nothing else', async () => {
    const root = databaseFolder();
    const a = await root.getDirectoryHandle('a', { create: true });
    await put(a, 'one', '1');
    await put(a, 'two', '2');
    await put(root, 'ab', '3');
    await a.removeEntry('two');
    expect(await list(a)).toEqual(['file one']);
    await root.removeEntry('a', { recursive: true });
    expect(await list(root)).toEqual(['file ab']);
  });
});
