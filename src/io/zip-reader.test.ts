import { strToU8, type Zippable, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { AppError } from '../core/errors';
import { checkDataFile } from '../import/data-file';
import { ZipArchive } from './zip-reader';

const never = new AbortController().signal;
const fileOf = (bytes: Uint8Array): File => new File([new Uint8Array(bytes)], 'x.zip');
const zip = (files: Zippable): Uint8Array => zipSync(files, { level: 9 });
async function refusal(file: File): Promise<string> {
  const error: unknown = await checkDataFile(file, never).catch((e: unknown) => e);
  if (error instanceof AppError && error.failure.kind === 'bad-file') return error.failure.detail;
  throw new Error(`not refused: ${String(error)}`);
}
const ROW = JSON.stringify({ instruction: 'Name a bird.', input: '', output: 'Robin' });

describe('an archive from outside', () => {
  it('is read entry by entry, packed or not', async () => {
    const file = fileOf(
      zip({ a: strToU8('one'), b: [strToU8('two'), { level: 0 }], 'c/': new Uint8Array(0) }),
    );
    const archive = await ZipArchive.open(file);
    const texts = await Promise.all(
      archive.entries.map(async (entry) => (await archive.unpack(entry, never)).text()),
    );
    expect(texts).toEqual(['one', 'two']);
  });

  it('that unpacks to much more than its size is stopped by what comes out', async () => {
    const bomb = zip({ 'rows.jsonl': new Uint8Array(64 * 1024 * 1024) });
    // The size it declares is a lie.
    const view = new DataView(bomb.buffer, bomb.byteOffset);
    for (let i = 0; i + 4 < bomb.length; i++) {
      if (view.getUint32(i, true) === 0x02014b50) view.setUint32(i + 24, 10, true);
    }
    expect(bomb.length).toBeLessThan(100_000);
    expect(await refusal(fileOf(bomb))).toContain('unpacks to more than 200 times its size');
  });

  it('with too many files, or files that share their bytes, is refused', async () => {
    const many = Object.fromEntries(Array.from({ length: 1_001 }, (_, i) => [`${i}`, new Uint8Array(0)]));
    expect(await refusal(fileOf(zip(many)))).toContain('more than 1000 files');
    // Its numbers stand elsewhere, and its size is not the reason that is told.
    const large = zip({ a: strToU8(ROW) });
    new DataView(large.buffer, large.byteOffset).setUint32(large.length - 6, 0xffffffff, true);
    expect(await refusal(fileOf(large))).toContain('Unpack it');
    const two = zip({ a: strToU8(ROW), b: strToU8(ROW) });
    const view = new DataView(two.buffer, two.byteOffset);
    let seen = 0;
    for (let i = 0; i + 46 < two.length; i++) {
      // The second entry points to the first one's bytes.
      if (view.getUint32(i, true) === 0x02014b50 && seen++ === 1) view.setUint32(i + 42, 0, true);
    }
    expect(await refusal(fileOf(two))).toContain('share their bytes');
  });

  it('inside an archive is not opened, and names are no paths', async () => {
    const inner = zip({ 'rows.jsonl': strToU8(ROW) });
    expect(await refusal(fileOf(zip({ 'inner.zip': inner, 'x.txt': strToU8('hello') })))).toContain(
      'holds no data set',
    );
    const tricky = zip({ '../../etc/passwd': strToU8(ROW), 'C:\\x': strToU8('diary') });
    await expect(checkDataFile(fileOf(tricky), never)).resolves.toMatchObject({ tasks: 1 });
  });

  it('that is cut, damaged or locked is refused', async () => {
    const whole = zip({ 'rows.jsonl': strToU8(ROW.repeat(50)) });
    expect(await refusal(fileOf(whole.slice(0, whole.length - 30)))).toContain('cut short');
    const damaged = whole.slice();
    damaged[45] = (damaged[45] ?? 0) ^ 0xff;
    expect(await refusal(fileOf(damaged))).toMatch(/damaged|no data set/u);
    const locked = whole.slice();
    const view = new DataView(locked.buffer);
    for (let i = 0; i + 4 < locked.length; i++) {
      if (view.getUint32(i, true) === 0x02014b50) view.setUint16(i + 8, 1, true);
    }
    expect(await refusal(fileOf(locked))).toContain('password');
  });
});
