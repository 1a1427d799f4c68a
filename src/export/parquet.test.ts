import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { tableFromIPC } from 'apache-arrow';
import { readParquet } from 'parquet-wasm/node';
import { describe, expect, it } from 'vitest';
import { runId } from '../core/ids';
import type { Task } from '../core/task';
import { manyTasks } from '../testing/many-tasks';
import { complete, machineTask } from '../testing/tiny-pool';
import { collect } from '../io/collect';
import { parquetRowsOf, writeParquet } from './parquet';

const never = new AbortController().signal;
async function* pages(tasks: readonly Task[]): AsyncGenerator<readonly Task[]> {
  await Promise.resolve();
  for (let at = 0; at < tasks.length; at += 1_000) yield tasks.slice(at, at + 1_000);
}
async function write(tasks: readonly Task[], typed = true): Promise<ArrayBuffer> {
  const blob = await collect(writeParquet(pages(tasks), { withSeeds: true, seed: 1, typed }), '', never);
  return blob.arrayBuffer();
}
const special = ['“é” 👩‍👩‍👧', '=1+1', 'a\u0000b', '\ufeffmark', '', ' \n'].map((text, i) =>
  complete(machineTask(runId(1), i, `Say ${text}`)),
);

describe('a Parquet file', () => {
  it('is read by two other readers with the same rows and types', async () => {
    const many = manyTasks(1, { seeds: 3, machines: 3_000, rejected: 0 });
    const tasks = [...many.seeds, ...many.machines, ...special];
    const buffer = await write(tasks);
    const wanted = tasks.flatMap((task) => parquetRowsOf(task, true));
    const parsers = {
      stringFromBytes: (bytes: Uint8Array) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes),
    };
    expect(await parquetReadObjects({ file: buffer, parsers })).toEqual(wanted);
    const table = tableFromIPC(readParquet(new Uint8Array(buffer)).intoIPCStream());
    expect(table.schema.fields.map(({ name, type }) => `${name} ${String(type)}`)).toEqual([
      'id Utf8',
      'task_id Utf8',
      'instruction Utf8',
      'input Utf8',
      'output Utf8',
      'is_classification Bool',
      'origin Utf8',
      'parents List<Utf8>',
    ]);
    expect(table.numRows).toBe(wanted.length);
    const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;
    expect(table.toArray().map((row: unknown) => plain(row))).toEqual(wanted);
  });

  it('is written a group of rows at a time, and a group of long rows ends early', async () => {
    const many = manyTasks(1, { seeds: 0, machines: 5_000, rejected: 0 });
    const groups = parquetMetadata(await write(many.machines)).row_groups;
    expect(groups.map(({ num_rows }) => Number(num_rows))).toEqual([500, 500, 500, 500, 500, 500]);
    const long = Array.from({ length: 6 }, (_, i) =>
      complete(machineTask(runId(1), i, 'x'.repeat(1_000_000))),
    );
    expect(parquetMetadata(await write(long)).row_groups).toHaveLength(6);
  });

  it('leaves the type open where nobody said it, and can be empty', async () => {
    const rows = await parquetReadObjects({ file: await write(special, false) });
    expect(rows.map(({ is_classification }) => is_classification as unknown)).toEqual(
      special.map(() => null),
    );
    expect(await parquetReadObjects({ file: await write([]) })).toEqual([]);
  });
});
