/** Writes files as one new folder into a folder that the user picked; an unfinished one is removed. */
import { AppError } from '../core/errors';
import type { Progress } from '../core/ports';
import type { FolderFile } from './mlc-models';
import { WORDS } from './words';

/**
 * @param into the folder that the user picked
 * @throws AppError folder-not-written when there is such a folder already, or it cannot be written to; AbortError
 */
export async function writeFolder(
  into: FileSystemDirectoryHandle,
  name: string,
  files: readonly FolderFile[],
  signal: AbortSignal,
  tell: (progress: Progress) => void,
): Promise<void> {
  if (await exists(into, name)) throw cannot(name, WORDS.files.folderExists);
  const total = files.reduce((sum, { file }) => sum + file.size, 0);
  let done = 0;
  try {
    const folder = await into.getDirectoryHandle(name, { create: true });
    for (const { name: path, file } of files) {
      signal.throwIfAborted();
      const handle = await folder.getFileHandle(path, { create: true });
      const counted = new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          done += chunk.length;
          tell({ label: path, done, total });
          controller.enqueue(chunk);
        },
      });
      await file
        .stream()
        .pipeThrough(counted)
        .pipeTo(await handle.createWritable(), { signal });
    }
  } catch (error) {
    await into.removeEntry(name, { recursive: true }).catch(() => undefined);
    signal.throwIfAborted();
    const said = error instanceof Error ? error.message : String(error);
    throw cannot(name, said, error);
  }
}

async function exists(into: FileSystemDirectoryHandle, name: string): Promise<boolean> {
  try {
    await into.getDirectoryHandle(name);
    return true;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotFoundError') return false;
    // A file of this name, or no right to look.
    if (error instanceof DOMException && error.name === 'TypeMismatchError') return true;
    throw cannot(name, error instanceof Error ? error.message : String(error), error);
  }
}

const cannot = (name: string, detail: string, cause?: unknown): AppError =>
  new AppError({ kind: 'folder-not-written', detail: WORDS.files.notWritten(name, detail) }, { cause });
