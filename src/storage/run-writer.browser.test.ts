import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { initialProgress } from '../core/pipeline/progress';
import type { RunWriter, StoreChange } from '../core/ports';
import type { Rating } from '../core/review/rating';
import type { RunId, Task } from '../core/task';
import { commitAs } from '../testing/commit';
import { deleteDatabase, storedRows } from '../testing/raw-database';
import { candidateOf, complete, instructionCall, machineTask, tinyNewRun } from '../testing/tiny-pool';
import { IdbRunStore } from './idb-run-store';

const newRun = tinyNewRun(10, 2);
/** Two tabs. */
let here: IdbRunStore;
let there: IdbRunStore;
let id: RunId;
beforeEach(async () => {
  await deleteDatabase();
  here = new IdbRunStore();
  there = new IdbRunStore();
  id = (await here.createRun(newRun)).id;
  await there.run(id);
});
afterEach(() => {
  here.close();
  there.close();
});
const rowsOf = (at: number) => {
  const task = machineTask(id, at);
  return {
    progress: { ...initialProgress(id), kept: at + 1, nextSeq: at + 1 },
    tasks: [task],
    candidates: [candidateOf(task)],
    calls: [instructionCall(id, at)],
  };
};

describe('the writer of a run', () => {
  it('writes until another one takes over; then all that it writes is refused', async () => {
    const first = await here.claim(id);
    await first.commit(rowsOf(0));
    const second = await there.claim(id);
    const before = await storedRows();
    const refused = { failure: { kind: 'run-taken-over', runId: id } };
    await expect(first.commit(rowsOf(1))).rejects.toMatchObject(refused);
    await expect(first.setTarget(50)).rejects.toMatchObject(refused);
    expect(await storedRows()).toEqual(before);
    await second.commit(rowsOf(1));
    expect((await here.run(id))?.progress.kept).toBe(2);
  });
  it('shows nobody how it is told from others', async () => {
    await here.claim(id);
    const { run } = (await here.run(id))!;
    expect(run).not.toHaveProperty('writer');
    expect((await here.latestRuns(1))[0]?.run).toEqual(run);
  });

  const writes: readonly (readonly [string, 'run' | 'change', (first: RunWriter) => Promise<unknown>])[] = [
    ['commit', 'run', (first) => first.commit(rowsOf(1))],
    ['setTarget', 'run', (first) => first.setTarget(50)],
    ['claim', 'run', () => here.claim(id)],
    [
      'changeTask',
      'change',
      () => here.changeTask(machineTask(id, 0).id, () => complete(machineTask(id, 0))),
    ],
    [
      'changeTasks',
      'change',
      () => here.changeTasks(id, [machineTask(id, 0).id], complete as never, () => undefined),
    ],
    [
      'saveRatings',
      'change',
      () => here.saveRatings(id, [{ id: `${id}-m000000-000-ana`, runId: id } as Rating], []),
    ],
  ];
  it.each(writes)(
    'does not write into a new database after its own was deleted: %s',
    async (_, during, write) => {
      const first = await here.claim(id);
      await first.commit(rowsOf(0));
      await deleteDatabase();
      const failure = { kind: 'run-gone', runId: id, during };
      await expect(write(first)).rejects.toMatchObject({ failure });
      for (const [store, rows] of Object.entries(await storedRows())) expect(rows, store).toEqual([]);
      // Another run may get the same id in the new database: it is not this one.
      await there.createRun(newRun);
      await there.claim(id);
      if (during === 'run' && _ !== 'claim') {
        await expect(write(first)).rejects.toMatchObject({ failure: { kind: 'run-taken-over' } });
        expect((await there.run(id))?.progress).toEqual(initialProgress(id));
      }
    },
  );
});

describe('another tab', () => {
  it('is told of the same changes, with the rows', async () => {
    const told: StoreChange[] = [];
    there.watch((change) => told.push(change));
    await commitAs(here, rowsOf(0));
    const [task] = rowsOf(0).tasks as [Task];
    const [candidate] = rowsOf(0).candidates;
    const rows = { kind: 'rows', runId: id, removed: [] };
    await expect.poll(() => told).toContainEqual({ ...rows, tasks: [task], candidates: [] });
    await expect.poll(() => told).toContainEqual({ ...rows, tasks: [], candidates: [candidate] });
    const rating = { id: `${task.id}-ana`, runId: id, taskId: task.id, rater: 'ana' } as Rating;
    await here.saveRatings(id, [rating], []);
    await here.saveRatings(id, [], [rating.id]);
    await here.changeTask(task.id, () => undefined);
    await here.deleteRun(id);
    await expect.poll(() => told).toContainEqual({ kind: 'run-deleted', runId: id });
    expect(told).toContainEqual({ kind: 'rows', runId: id, tasks: [], removed: [task.id], candidates: [] });
    expect(told).toContainEqual({ kind: 'ratings', runId: id, ratings: [], removed: [rating.id] });
    const { run } = { run: await here.createRun(newRun) };
    await expect.poll(() => told).toContainEqual({ kind: 'run-changed', runId: run.id });
  });
  it('hears of a setting', async () => {
    const heard = vi.fn();
    const stop = there.watchSetting('a', heard);
    await here.saveSetting('b', 1);
    await here.changeSetting<number>('a', (n = 0) => n + 1);
    await expect.poll(() => heard).toHaveBeenCalledOnce();
    stop();
    expect(await there.setting('a')).toBe(1);
  });
});
