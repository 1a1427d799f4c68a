import { BlobReader, ZipWriter } from '@zip.js/zip.js/lib/zip-core-custom.js';
import { describe, expect, it } from 'vitest';
import { AppError } from '../core/errors';
import { checkDataFile } from '../import/data-file';
import { unzipTexts, zipOf } from '../testing/zip-files';
import { ZipArchive } from './zip-reader';
import { writeZip } from './zip-writer';

const never = new AbortController().signal;
const FAR = 5 * 1024 ** 3;
const CENTRAL = 0x02014b50;
const fileOf = (...parts: BlobPart[]): File => new File(parts, 'x.zip');
const bytesOf = async (file: Blob): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await file.arrayBuffer());
const base64 = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(text, 'base64'));

async function complaint(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.catch((e: unknown) => e);
  if (error instanceof AppError && error.failure.kind === 'bad-file') return error.failure.detail;
  throw new Error(`not refused: ${String(error)}`);
}
const refusal = (file: File): Promise<string> => complaint(checkDataFile(file, never));
/** Changes the entries of the list of files. */
function inDirectory(
  bytes: Uint8Array<ArrayBuffer>,
  change: (view: DataView, at: number, i: number) => void,
): File {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  let seen = 0;
  for (let at = 0; at + 46 < bytes.length; at++) {
    if (view.getUint32(at, true) === CENTRAL) change(view, at, seen++);
  }
  return fileOf(bytes);
}
/** As if it lay behind five gigabytes of something else. */
function farAway(blob: Blob): File {
  const file = fileOf(blob);
  const slice = (from: number, to: number): Blob =>
    new Blob([
      new Uint8Array(Math.max(0, Math.min(to, FAR) - from)),
      blob.slice(Math.max(0, from - FAR), Math.max(0, to - FAR)),
    ]);
  return Object.defineProperties(file, { size: { value: FAR + blob.size }, slice: { value: slice } });
}
async function zip64(): Promise<Blob> {
  const { readable, writable } = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>();
  const blob = new Response(readable).blob();
  const zip = new ZipWriter(writable, { zip64: true, level: 0, useWebWorkers: false });
  await zip.add('rows.jsonl', new BlobReader(new Blob([ROW])));
  await zip.close();
  return blob;
}
const ROW = JSON.stringify({ instruction: 'Name a bird.', input: '', output: 'Robin' });
const ROWS = `{"instruction": "Name a bird.", "input": "", "output": "Robin"}\n`.repeat(3);
/** From Python's zipfile: three rows deflated, and a stored file with a name in UTF-8. */
const FROM_PYTHON = base64(
  'UEsDBBQAAAAIAIMYIljPnlDfOwAAAMAAAAAKAAAAcm93cy5qc29ubKtWyswrLikqTS7JzM9TslJQ8kvMTVVIVEjKLErRU9JRAEoXlJaAJECc/' +
    'NISKC8oPykzT6mWq3qA9QMAUEsDBBQAAAgAAIMYIlgL+UNWBgAAAAYAAAALAAAAZ3LDtsOfZS50eHRzdG9yZWRQSwECFAMUAAAACACDGCJYz55Q3zsA' +
    'AADAAAAACgAAAAAAAAAAAAAAgAEAAAAAcm93cy5qc29ubFBLAQIUAxQAAAgAAIMYIlgL+UNWBgAAAAYAAAALAAAAAAAAAAAAAACAAWMAAABncsO2w59l' +
    'LnR4dFBLBQYAAAAAAgACAHEAAACSAAAAAAA=',
);
/** From `cat rows.jsonl | zip - -`: a zip64, with sizes behind the data. */
const FROM_A_PIPE = base64(
  'UEsDBC0AAAAIABmlfV3PnlDf//////////8BABQALQEAEADAAAAAAAAAADsAAAAAAAAAq1bKzCsuKSpNLsnMz1OyUlDyS8xNVUhU' +
    'SMosStFT0lEASheUloAkQJz80hIoLyg/KTNPqZareoD1AwBQSwECHgMtAAAACAAZpX1dz55Q3zsAAADAAAAAAQAAAAAAAAABAAAA' +
    'gBEAAAAALVBLBgYsAAAAAAAAAB4DLQAAAAAAAAAAAAEAAAAAAAAAAQAAAAAAAAAvAAAAAAAAAG4AAAAAAAAAUEsGBwAAAACdAAAA' +
    'AAAAAAEAAABQSwUGAAAAAAEAAQAvAAAAbgAAAAAA',
);
/** From `zip -P secret`. */
const LOCKED = base64(
  'UEsDBBQACQAIABmlfV3PnlDfRwAAAMAAAAAKAAAAcm93cy5qc29ubBXXF3LeHDES8fxcaKZOhut1g8edSC2uLfFu2JIMjh+dasz8' +
    'V3eOZsYc4AJHSUZiftktQkSvh8twQsIvErx+BtrfEAUx/+tjUEsHCM+eUN9HAAAAwAAAAFBLAQIeAxQACQAIABmlfV3PnlDfRwAA' +
    'AMAAAAAKAAAAAAAAAAEAAACkgQAAAAByb3dzLmpzb25sUEsFBgAAAAABAAEAOAAAAH8AAAAAAA==',
);

describe('an archive from outside', () => {
  it('is read entry by entry, packed or not', async () => {
    expect(await unzipTexts(await zipOf({ a: 'one', 'b/c': 'two' }))).toEqual({ a: 'one', 'b/c': 'two' });
    const stored = await zipOf({ a: 'one', b: 'two' }, 'x.zip', true);
    expect(await unzipTexts(stored)).toEqual({ a: 'one', b: 'two' });
    const { entries } = await ZipArchive.open(stored);
    expect(entries.map(({ name, packed }) => [name, packed])).toEqual([
      ['a', 3],
      ['b', 3],
    ]);
  });

  it('made by other programs is read', async () => {
    expect(await unzipTexts(FROM_PYTHON)).toEqual({ 'rows.jsonl': ROWS, 'größe.txt': 'stored' });
    expect(await unzipTexts(FROM_A_PIPE)).toEqual({ '-': ROWS });
    await expect(checkDataFile(fileOf(FROM_PYTHON), never)).resolves.toMatchObject({ rows: 3 });
  });

  it('of the kind for more than 4 GB is read, and stored files stay where they are', async () => {
    const archive = farAway(await zip64());
    const zip = await ZipArchive.open(archive);
    const [entry] = zip.entries;
    if (!entry) throw new Error('no entry');
    expect(await (await zip.slice(entry))?.text()).toBe(ROW);
    expect(await (await zip.unpack(entry, never)).text()).toBe(ROW);
  });

  it('that unpacks to much more than its size is stopped by what comes out', async () => {
    const bomb = await zipOf({ 'rows.jsonl': new Uint8Array(64 * 1024 * 1024) });
    expect(bomb.size).toBeLessThan(100_000);
    expect(await refusal(bomb)).toContain('unpacks to more than 200 times its size');
    // The size it declares is a lie, which ends it before the limit.
    const liar = inDirectory(await bytesOf(bomb), (view, at) => view.setUint32(at + 24, 10, true));
    expect(await refusal(liar)).toContain('“rows.jsonl” is damaged');
    const two = await ZipArchive.open(await zipOf({ a: 'x'.repeat(30), b: 'y'.repeat(30) }), 50);
    const [a, b] = two.entries;
    if (!a || !b) throw new Error('no entries');
    await two.unpack(a, never);
    expect(await complaint(two.unpack(b, never))).toContain('its files are larger than');
  });

  it('with too many files, or files that share their bytes, is refused', async () => {
    const many = Object.fromEntries(Array.from({ length: 1_001 }, (_, i) => [`${i}`, '']));
    expect(await refusal(await zipOf(many))).toContain('more than 1000 files');
    const two = await bytesOf(await zipOf({ a: ROW, b: ROW }, 'x.zip', true));
    // The second entry points to the first one's bytes.
    const shared = inDirectory(two, (view, at, i) => {
      if (i === 1) view.setUint32(at + 42, 0, true);
    });
    expect(await refusal(shared)).toContain('some of its files overlap');
    const zip = await ZipArchive.open(shared);
    const [a, b] = zip.entries;
    if (!a || !b) throw new Error('no entries');
    await zip.slice(a);
    expect(await complaint(zip.slice(b))).toContain('some of its files overlap');
  });

  it('inside an archive is not opened, and names are no paths', async () => {
    const inner = await zipOf({ 'rows.jsonl': ROW });
    expect(await refusal(await zipOf({ 'inner.zip': inner, 'x.txt': 'hello' }))).toContain(
      'contains no readable data set',
    );
    const tricky = await zipOf({ '../../etc/passwd': ROW, 'C:\\x': 'diary' });
    await expect(checkDataFile(tricky, never)).resolves.toMatchObject({ tasks: 1 });
  });

  it('that is cut, damaged or locked is refused', async () => {
    const whole = await bytesOf(await zipOf({ 'rows.jsonl': ROW.repeat(50) }));
    expect(await refusal(fileOf(whole.slice(0, whole.length - 30)))).toContain('incomplete');
    const damaged = whole.slice();
    damaged[60] = (damaged[60] ?? 0) ^ 0xff;
    expect(await refusal(fileOf(damaged))).toContain('damaged');
    const stored = await bytesOf(await zipOf({ 'rows.jsonl': ROW }, 'x.zip', true));
    const at = new TextDecoder('latin1').decode(stored).indexOf('Robin');
    stored[at] = 'C'.charCodeAt(0);
    expect(await refusal(fileOf(stored))).toContain('“rows.jsonl” is damaged');
    expect(await refusal(fileOf(LOCKED))).toContain('password');
    const unknown = inDirectory(whole.slice(), (view, at) => view.setUint16(at + 10, 93, true));
    expect(await refusal(unknown)).toContain('compressed by a method that cannot be read');
  });

  it('stops when it is asked to, and so does one that is written', async () => {
    const stopped = AbortSignal.abort();
    const zip = await ZipArchive.open(await zipOf({ a: ROW }));
    const [a] = zip.entries;
    if (!a) throw new Error('no entry');
    await expect(zip.unpack(a, stopped)).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    const inputs = [{ path: 'a', content: new Blob([ROW]) }];
    await expect(writeZip(inputs, 0, stopped, () => undefined)).rejects.toThrow(
      expect.objectContaining({ name: 'AbortError' }),
    );
  });
});
