/** The files of a model in a zip: stored ones stay where they are, however large; packed ones are unpacked. */
import type { Progress } from '../core/ports';
import type { StopSignal } from '../core/signal';
import { ZipArchive } from '../io/zip-reader';
import type { FolderFile } from './mlc-models';

/** Weights hardly shrink, so large files are stored as they are; what is packed all the same must fit on the device. */
const MOST_UNPACKED = 8 * 1024 * 1024 * 1024;

/** @throws AppError bad-file when it cannot be read, or unpacks to more than a model has; AbortError */
export async function filesOfZip(
  archive: File,
  signal: StopSignal,
  tell: (progress: Progress) => void = () => undefined,
): Promise<readonly FolderFile[]> {
  const zip = await ZipArchive.open(archive, MOST_UNPACKED);
  const total = zip.entries.reduce((sum, { packed }) => sum + packed, 0);
  const files: FolderFile[] = [];
  let done = 0;
  for (const entry of zip.entries) {
    signal.throwIfAborted();
    files.push({ name: entry.name, file: (await zip.slice(entry)) ?? (await zip.unpack(entry, signal)) });
    done += entry.packed;
    tell({ label: entry.name, done, total });
  }
  return files;
}
