/** Snapshots of the test page's origin, without the product's own code. */
const FOLDER = 'snapshots';

const root = (): Promise<FileSystemDirectoryHandle> => navigator.storage.getDirectory();

export async function clearSnapshots(): Promise<void> {
  await (await root()).removeEntry(FOLDER, { recursive: true }).catch(() => undefined);
}

/** The oldest first. */
export async function snapshotFiles(): Promise<readonly File[]> {
  const files: File[] = [];
  const folder = await (await root()).getDirectoryHandle(FOLDER, { create: true });
  for await (const handle of folder.values()) {
    if (handle.kind === 'file') files.push(await handle.getFile());
  }
  return files.sort((a, b) => a.name.localeCompare(b.name));
}

/** Changes the bytes of a snapshot; `change` gets a copy. */
export async function rewriteSnapshot(
  name: string,
  change: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>,
): Promise<void> {
  const handle = await (await (await root()).getDirectoryHandle(FOLDER)).getFileHandle(name);
  const bytes = new Uint8Array(await (await handle.getFile()).arrayBuffer());
  const writable = await handle.createWritable();
  await writable.write(change(bytes));
  await writable.close();
}
