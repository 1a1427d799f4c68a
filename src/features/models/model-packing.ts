/** Saves the files of a stored model: a GGUF file as it is, several files as one zip or one folder. */
import type { Progress } from '../../core/ports';
import { fileName } from '../../io/file-name';
import { writeFolder } from '../../models/folder-writer';
import type { ModelLibrary } from '../../models/model-library';
import type { ModelLine } from '../../models/model-lines';

/** Weights hardly shrink: packing them would be work for nothing. */
const LARGE = 1_000_000;

type Line = Pick<ModelLine, 'id' | 'name'>;
type Tell = (progress: Progress) => void;

/** @throws AppError model-file-missing; AbortError */
export async function packModel(
  library: Pick<ModelLibrary, 'files'>,
  { id, name }: Line,
  now: number,
  signal: AbortSignal,
  tell: Tell,
): Promise<{ readonly name: string; readonly content: Blob }> {
  const files = await library.files(id);
  const [only] = files;
  const plain = fileName(name);
  if (files.length === 1 && only) return { name: `${plain}.gguf`, content: only.file };
  const total = files.reduce((sum, { file }) => sum + file.size, 0);
  const { writeZip } = await import('../../io/zip-writer');
  const inputs = files.map((entry) => ({
    path: `${plain}/${entry.name}`,
    content: entry.file,
    packed: entry.file.size > LARGE,
  }));
  const content = await writeZip(inputs, now, signal, (done) => tell({ label: name, done, total }));
  return { name: `${plain}.zip`, content };
}

/** Writes a folder of the model's name, of any size, into one that the user picked. @throws as `writeFolder` */
export async function saveAsFolder(
  library: Pick<ModelLibrary, 'files'>,
  { id, name }: Line,
  into: FileSystemDirectoryHandle,
  signal: AbortSignal,
  tell: Tell,
): Promise<void> {
  await writeFolder(into, fileName(name), await library.files(id), signal, tell);
}
