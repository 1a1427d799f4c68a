/** Small archives for tests: made of texts or bytes, and read back. */
import { ZipArchive } from '../io/zip-reader';
import { writeZip } from '../io/zip-writer';

const never = new AbortController().signal;

/** @param stored puts the files in as they are, not packed */
export async function zipOf(
  files: Readonly<Record<string, BlobPart>>,
  name = 'x.zip',
  stored = false,
): Promise<File> {
  const inputs = Object.entries(files).map(([path, part]) => ({
    path,
    content: new Blob([part]),
    packed: stored,
  }));
  return new File([await writeZip(inputs, 1_700_000_000_000, never, () => undefined)], name);
}

/** The texts of an archive by their paths. */
export async function unzipTexts(archive: BlobPart): Promise<Readonly<Record<string, string>>> {
  const zip = await ZipArchive.open(new File([archive], 'x.zip'));
  const texts: Record<string, string> = {};
  for (const entry of zip.entries) texts[entry.name] = await (await zip.unpack(entry, never)).text();
  return texts;
}
