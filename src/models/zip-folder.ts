/** The files of a model in a zip: stored ones stay where they are, however large; packed ones are unpacked. */
import type { StopSignal } from '../core/signal';
import { ZipArchive } from '../import/unzip';
import type { FolderFile } from './mlc-models';

/** @throws AppError bad-file when it cannot be read, or unpacks to more than memory should hold; AbortError */
export async function filesOfZip(archive: File, signal: StopSignal): Promise<readonly FolderFile[]> {
  const zip = await ZipArchive.open(archive);
  const files: FolderFile[] = [];
  for (const entry of zip.entries) {
    signal.throwIfAborted();
    if (entry.name.endsWith('/')) continue;
    files.push({ name: entry.name, file: (await zip.slice(entry)) ?? (await zip.unpack(entry, signal)) });
  }
  return files;
}
