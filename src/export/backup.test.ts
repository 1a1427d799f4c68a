import 'fake-indexeddb/auto';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../core/errors';
import { initialProgress } from '../core/pipeline/progress';
import type { BackupRow } from '../core/ports';
import type { MachineTask, RunId } from '../core/task';
import { IdbRunStore } from '../storage/idb-run-store';
import { anyRun, backupText, inPages, RUN, someRun, type Stored, stored } from '../testing/any-run';
import { candidateOf, complete, instructionCall, machineTask, tinySeeds } from '../testing/tiny-pool';
import { writeBackup } from './backup';
import { collect } from '../io/collect';
import { FORMATS, writeFormat } from './formats';
import { backupRows, checkBackup } from '../import/read-backup';

const never = new AbortController().signal;
const file = (text: string): File => new File([text], 'run.jsonl');
const check = (text: string) => checkBackup(file(text), never);
async function readRows(text: string): Promise<BackupRow[]> {
  const rows: BackupRow[] = [];
  for await (const page of backupRows(file(text), never)) rows.push(...page);
  return rows;
}

describe('a backup', () => {
  it('holds every row as it was, for any text', async () => {
    await fc.assert(
      fc.asyncProperty(anyRun, async (all) => {
        const text = await backupText(all);
        const { summary, counts } = await check(text);
        expect(summary).toEqual({ run: all.run, progress: all.progress });
        const { tasks, candidates, calls, ratings } = counts;
        expect(tasks + candidates + calls + ratings).toBe(all.rows.length);
        expect(await readRows(text)).toEqual(all.rows);
      }),
      { numRuns: 60 },
    );
  });

  it('of a run that goes on meanwhile is a snapshot that is whole in itself', async () => {
    // One round of four requests is known at the beginning; a second is stored before the tasks are read, a third after.
    const [first, second, third] = [0, 4, 8].map((i) => machineTask(RUN, i)) as [
      MachineTask,
      MachineTask,
      MachineTask,
    ];
    const rejected = candidateOf(machineTask(RUN, 9), 'too-short');
    const rows: BackupRow[] = [
      ...[first, complete(second)].map((row): BackupRow => ({ kind: 'task', row })),
      ...[first, second, third].map((row): BackupRow => ({ kind: 'candidate', row: candidateOf(row) })),
      { kind: 'candidate', row: rejected },
      { kind: 'call', row: instructionCall(RUN, 0) },
      { kind: 'call', row: instructionCall(RUN, 11) },
    ];
    const all = { ...stored(rows, 1), progress: { ...initialProgress(RUN), rounds: 1, nextSeq: 1 } };
    const { summary, counts } = await check(await backupText(all));
    expect(counts).toEqual({ tasks: 2, candidates: 2, calls: 2, ratings: 0 });
    expect(summary.progress).toMatchObject({ kept: 2, completed: 1, rejected: {}, rounds: 2, nextSeq: 5 });
    expect(summary.progress.stages.instructions.calls).toBe(2);
  });
});

describe('a run that is brought back', () => {
  let store: IdbRunStore;
  beforeEach(async () => {
    store = new IdbRunStore();
    for (const { run } of await store.latestRuns(100)) await store.deleteRun(run.id);
  });
  async function fill(all: Stored): Promise<RunId> {
    const { id } = await store.importRun(all, inPages(all.rows), never, () => undefined);
    return id;
  }
  const exported = async (id: RunId, format: string): Promise<string> => {
    const found = FORMATS.find((one) => one.id === format);
    if (!found) throw new Error(format);
    const pieces = writeFormat(found, store.scanTasks(id), { withSeeds: false, seed: 1 });
    return (await collect(pieces, '', never)).text();
  };

  it('gives the same data set, byte for byte, and the same backup again', async () => {
    await fc.assert(
      fc.asyncProperty(anyRun, async (all) => {
        const first = await fill(all);
        const summary = await store.run(first);
        if (!summary) throw new Error('not stored');
        const text = await (await collect(writeBackup(summary, store), '', never)).text();
        const checked = await check(text);
        const second = await store.importRun(
          checked.summary,
          backupRows(file(text), never),
          never,
          () => undefined,
        );
        expect(second.id).not.toBe(first);
        expect(await exported(second.id, 'dataset')).toBe(await exported(first, 'dataset'));
        const again = await store.run(second.id);
        if (!again) throw new Error('not stored');
        const copy = await (await collect(writeBackup(again, store), '', never)).text();
        expect(text.includes('"kind":"rating"')).toBe(all.rows.some(({ kind }) => kind === 'rating'));
        const rows = (one: string): unknown[] =>
          one
            .split('\n')
            .slice(1, -1)
            .map((line) => ({ ...(JSON.parse(line) as object), check: 0 }));
        expect(rows(copy.replaceAll(second.id, first))).toEqual(rows(text));
        await store.deleteRun(first);
        await store.deleteRun(second.id);
      }),
      { numRuns: 15 },
    );
  });

  it('is undone as a whole when reading fails half way', async () => {
    const all = someRun();
    // eslint-disable-next-line @typescript-eslint/require-await
    const broken = (async function* (): AsyncGenerator<readonly BackupRow[]> {
      yield all.rows.slice(0, 5);
      throw new AppError({ kind: 'bad-file', detail: 'the disk was pulled out' });
    })();
    await expect(store.importRun(all, broken, never, () => undefined)).rejects.toBeInstanceOf(AppError);
    expect(await store.latestRuns(10)).toEqual([]);
    const run = await store.createRun({ ...all.run, seeds: tinySeeds(2), createdAt: 1 });
    const tasks: unknown[] = [];
    for await (const page of store.scanTasks(run.id)) tasks.push(...page);
    expect(tasks).toHaveLength(2);
  });
});
