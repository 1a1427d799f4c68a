/** A folder that the user picked, in browsers that have such a thing: what may be done there, and writing a file whole. */
import { AppError } from '../../core/errors';
import type { StopSignal } from '../../core/signal';
import { WORDS } from './words';

export type PickedFolder = FileSystemDirectoryHandle;
/** https://wicg.github.io/file-system-access/#permissions, in Chromium. */
interface Asked {
  queryPermission(of: { readonly mode: 'readwrite' }): Promise<PermissionState>;
  requestPermission(of: { readonly mode: 'readwrite' }): Promise<PermissionState>;
}
const MODE = { mode: 'readwrite' } as const;

/** Whether files may be written there without asking the user. */
export const isOpen = async (folder: PickedFolder): Promise<boolean> =>
  (await (folder as PickedFolder & Asked).queryPermission(MODE)) === 'granted';
/** Asks the user. Called by a click: browsers ask at no other time. */
export const askFor = async (folder: PickedFolder): Promise<boolean> =>
  (await (folder as PickedFolder & Asked).requestPermission(MODE)) === 'granted';

/**
 * Writes a file of this name in the place of one that is there; that one stays until the new one is whole.
 * @throws AppError folder-not-written when the folder is gone, full or not allowed; AbortError when stopped
 */
export async function writeInto(
  folder: PickedFolder,
  name: string,
  file: Blob,
  signal: AbortSignal,
): Promise<void> {
  try {
    const handle = await folder.getFileHandle(name, { create: true });
    await file.stream().pipeTo(await handle.createWritable(), { signal });
  } catch (error) {
    signal.throwIfAborted();
    const said = error instanceof Error ? error.message : String(error);
    throw new AppError(
      { kind: 'folder-not-written', detail: WORDS.folder.notWritten(folder.name, said) },
      { cause: error },
    );
  }
}

/** The files of one kind in a folder. @param ending with its dot */
export async function filesIn(folder: PickedFolder, ending: string, signal: StopSignal): Promise<File[]> {
  const files: File[] = [];
  for await (const handle of folder.values()) {
    signal.throwIfAborted();
    if (handle.kind === 'file' && handle.name.endsWith(ending)) files.push(await handle.getFile());
  }
  return files;
}
