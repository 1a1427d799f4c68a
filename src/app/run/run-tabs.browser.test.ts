import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { datasetRecord } from '../../core/dataset/rows';
import { AppError } from '../../core/errors';
import type { ModelHost } from '../../core/ports';
import type { RunId } from '../../core/task';
import { IdbRunStore } from '../../storage/idb-run-store';
import { deleteDatabase } from '../../testing/raw-database';
import { host, request, runServices } from '../../testing/run-sessions';
import { RunSession } from './run-session.svelte';
import type { Services } from '../services';

let stores: IdbRunStore[];
let store: IdbRunStore;
beforeEach(async () => {
  await deleteDatabase();
  stores = [];
  store = opened();
});
afterEach(() => {
  for (const one of stores) one.close();
});
function opened(): IdbRunStore {
  const made = new IdbRunStore();
  stores.push(made);
  return made;
}
/** A tab has a handle and locks of its own. */
const tab = (models: ModelHost = host(), more: Partial<Services> = {}): RunSession =>
  new RunSession({ ...runServices(opened(), models), ...more });
async function dataset(id: RunId): Promise<unknown[]> {
  const rows: unknown[] = [];
  for await (const page of store.scanTasks(id)) {
    for (const task of page) if (task.origin === 'machine') rows.push(datasetRecord(task));
  }
  return rows;
}
const soon = (ms = 0): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('a run that another tab computes', () => {
  it('is shown live and is not changed; it can be resumed when that tab lets go', async () => {
    const own: RunSession = tab(host({ before: () => soon(1) }));
    const ended = own.start(request(30));
    while ((own.progress?.kept ?? 0) < 2) await soon();
    const { id } = own.run!;
    const other = tab();
    await other.open(id);
    expect(other.status).toBe('elsewhere');
    await expect.poll(() => other.progress!.kept).toBeGreaterThan(4);
    await expect.poll(() => other.recent.length).toBeGreaterThan(0);
    const [newest] = other.recent;
    expect(await store.candidate(newest!.id)).toEqual(newest);
    const before = await store.run(id);
    for (const click of [() => other.resume(id), () => other.extend(200)]) {
      await click();
      expect([other.status, other.failure]).toEqual(['elsewhere', null]);
    }
    expect((await store.run(id))?.run).toEqual(before?.run);
    await own.pause();
    await ended;
    await expect.poll(() => other.status).toBe('paused');
    await other.resume(id);
    expect(other.status).toBe('finished');
    await expect.poll(() => [own.status, own.progress?.kept]).toEqual(['finished', 30]);
  });

  it('keeps its target when a tab that still shows it as finished asks for more', async () => {
    const own: RunSession = tab(host({ before: () => soon(1) }));
    await own.start(request(4));
    const { id } = own.run!;
    const other = tab();
    await other.open(id);
    expect(other.status).toBe('finished');
    const ended = own.extend(12);
    while (own.status !== 'running') await soon();
    await other.extend(204);
    expect((await store.run(id))?.run.config.target).toBe(12);
    await ended;
    expect(own.progress).toMatchObject({ kept: 12, finished: true });
  });

  it('keeps its target when more is asked for and its model is gone', async () => {
    const own = tab();
    await own.start(request(4));
    const gone = tab(host({}, () => Promise.reject(new AppError({ kind: 'webassembly-missing' }))));
    await gone.open(own.run!.id);
    await gone.extend(20);
    expect(gone.failure).toEqual({ kind: 'webassembly-missing' });
    expect((await store.run(own.run!.id))?.run.config.target).toBe(4);
  });

  it('can be taken over: the first tab stops, says so and watches; the data set is the same', async () => {
    const whole = tab();
    await whole.start(request(12));
    const own: RunSession = tab(host({ before: () => soon(1) }));
    const ended = own.start(request(12));
    while ((own.progress?.kept ?? 0) < 3) await soon();
    const { id } = own.run!;
    const other = tab();
    await other.open(id);
    const taken = other.takeOver();
    await ended;
    expect(own.failure).toEqual({ kind: 'run-taken-over', runId: id });
    await taken;
    expect([other.status, other.progress?.kept]).toEqual(['finished', 12]);
    expect(await dataset(id)).toEqual(await dataset(whole.run!.id));
    await expect.poll(() => [own.status, own.progress?.kept]).toEqual(['finished', 12]);
  });

  it('refuses what a frozen tab still writes after it was taken over, also without locks', async () => {
    const unlocked = {
      acquire: () => Promise.resolve({ release: () => undefined, lost: new AbortController().signal }),
      holder: () => Promise.resolve('unknown' as const),
    };
    let thaw = (): void => undefined;
    const frozen = new Promise<void>((resolve) => (thaw = resolve));
    const own = tab(host({ before: (number) => (number > 9 ? frozen : soon()) }), { locks: unlocked });
    const ended = own.start(request(12));
    while ((own.progress?.kept ?? 0) < 2) await soon();
    const { id } = own.run!;
    const other = tab(host(), { locks: unlocked });
    await other.open(id);
    await other.resume(id);
    expect(other.status).toBe('finished');
    const expected = await dataset(id);
    const before = await store.run(id);
    thaw();
    await ended;
    expect([own.status, own.failure]).toEqual(['failed', { kind: 'run-taken-over', runId: id }]);
    expect(await dataset(id)).toEqual(expected);
    expect(await store.run(id)).toEqual(before);
  });

  it('is closed here when it is deleted there', async () => {
    const own = tab();
    await own.start(request(3));
    const other = tab();
    await other.open(own.run!.id);
    await store.deleteRun(own.run!.id);
    await expect.poll(() => [other.status, other.run]).toEqual(['none', null]);
  });
});
