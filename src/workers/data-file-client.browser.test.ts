import { expect, it } from 'vitest';
import { AppError } from '../core/errors';
import { checkInWorker, readInWorker } from './data-file-client';

const never = new AbortController().signal;
const rows = Array.from({ length: 2_000 }, (_, i) =>
  JSON.stringify({ instruction: `Name thing ${i}.`, input: '', output: `thing ${i}` }),
);

it('checks a file off the page, then gives its rows page by page', async () => {
  const shares: number[] = [];
  const file = new File([[...rows, 'oops'].join('\n')], 'rows.txt');
  const found = await checkInWorker(file, never, (share) => shares.push(share));
  if (found.kind !== 'dataset') throw new Error('a backup');
  expect(found).toMatchObject({ tasks: 2_000, badLines: 1, problems: [{ line: 2_001 }] });
  const sizes: number[] = [];
  for await (const page of readInWorker(found, never)) sizes.push(page.length);
  expect(sizes).toEqual(new Array(8).fill(250));
});

it('tells failures as they are, and stops when asked', async () => {
  const failure: unknown = await checkInWorker(new File(['diary'], '<b>.txt'), never, () => undefined).catch(
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(AppError);
  expect((failure as AppError).failure).toMatchObject({ kind: 'bad-file' });
  const stop = new AbortController();
  const checking = checkInWorker(new File([rows.join('\n').repeat(200)], 'x'), stop.signal, () => undefined);
  stop.abort();
  await expect(checking).rejects.toThrow('Stopped');
});
