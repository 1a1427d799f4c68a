import { beforeEach, expect, it } from 'vitest';
import { complaint } from '../testing/complaint';
import { writeFolder } from './folder-writer';
import type { FolderFile } from './mlc-models';

const never = new AbortController().signal;
let stick: FileSystemDirectoryHandle;

beforeEach(async () => {
  const root = await navigator.storage.getDirectory();
  await root.removeEntry('stick', { recursive: true }).catch(() => undefined);
  stick = await root.getDirectoryHandle('stick', { create: true });
});
const content = async (name: string): Promise<Record<string, string>> => {
  const found: Record<string, string> = {};
  for await (const [path, handle] of (await stick.getDirectoryHandle(name)).entries()) {
    found[path] = await (await (handle as FileSystemFileHandle).getFile()).text();
  }
  return found;
};
const names = async (): Promise<string[]> => {
  const found: string[] = [];
  for await (const name of stick.keys()) found.push(name);
  return found;
};

it('writes all files and tells how far it is', async () => {
  const told: number[] = [];
  await writeFolder(
    stick,
    'tiny',
    [
      { name: 'a.bin', file: new Blob(['abc']) },
      { name: 'b.json', file: new Blob(['{}']) },
      { name: 'empty', file: new Blob([]) },
    ],
    never,
    ({ done, total }) => told.push(done / (total ?? NaN)),
  );
  expect(await content('tiny')).toEqual({ 'a.bin': 'abc', 'b.json': '{}', empty: '' });
  expect(told.at(-1)).toBe(1);
});

it('touches no folder that is there already', async () => {
  await writeFolder(stick, 'tiny', [{ name: 'a', file: new Blob(['old']) }], never, () => undefined);
  const again = writeFolder(stick, 'tiny', [{ name: 'a', file: new Blob(['new']) }], never, () => undefined);
  expect(await complaint(again)).toContain('there is already a folder');
  expect(await content('tiny')).toEqual({ a: 'old' });
});

it('leaves nothing of what was stopped or broke on the way', async () => {
  const stop = new AbortController();
  const large = { name: 'large', file: new Blob([new Uint8Array(3_000_000)]) };
  const stopped = writeFolder(
    stick,
    'tiny',
    [{ name: 'a', file: new Blob(['abc']) }, large, { name: 'z', file: new Blob(['z']) }],
    stop.signal,
    ({ label }) => {
      if (label === 'large') stop.abort();
    },
  );
  expect(await complaint(stopped)).toContain('AbortError');
  expect(await names()).toEqual([]);
  const unplugged: FolderFile = {
    name: 'b',
    file: Object.assign(new Blob(['b']), {
      stream: () =>
        new ReadableStream<Uint8Array<ArrayBuffer>>({
          start: (controller) => controller.error(new Error('unplugged')),
        }),
    }),
  };
  const broken = writeFolder(
    stick,
    'tiny',
    [{ name: 'a', file: new Blob(['a']) }, unplugged],
    never,
    () => undefined,
  );
  expect(await complaint(broken)).toContain('unplugged');
  expect(await names()).toEqual([]);
});
