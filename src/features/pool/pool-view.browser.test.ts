import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '../../core/errors';
import { candidateId } from '../../core/ids';
import type { RunSummary } from '../../core/ports';
import type { Candidate, MachineTask, Task } from '../../core/task';
import { IdbRunStore } from '../../storage/idb-run-store';
import { commitAs } from '../../testing/commit';
import { machineTask, type ManyTasks, manyTasks, rejectedCandidate } from '../../testing/many-tasks';
import { quietServices } from '../../testing/quiet-services';
import { deleteDatabase } from '../../testing/raw-database';
import { PoolView } from './pool-view.svelte';
import { AppState } from '../../app/app-state.svelte';

/** Scans rows that nobody had to write first; everything else is the real store. */
class BigStore extends IdbRunStore {
  constructor(public many: ManyTasks) {
    super();
  }
  override run(): Promise<RunSummary> {
    return Promise.resolve(this.many);
  }
  /** Only its record: rows are written to a run that is there. */
  putRun({ run }: ManyTasks): Promise<unknown> {
    return this.connection.change('runs', run.id, () => run);
  }
  override async *scanTasks(): AsyncGenerator<readonly Task[]> {
    yield* pages<Task>([...this.many.seeds, ...this.many.machines]);
  }
  override async *scanCandidates(): AsyncGenerator<readonly Candidate[]> {
    yield* pages(this.many.candidates);
  }
}
async function* pages<T>(rows: readonly T[]): AsyncGenerator<readonly T[]> {
  for (let at = 0; at < rows.length; at += 1000) {
    await new Promise((resolve) => setTimeout(resolve));
    yield rows.slice(at, at + 1000);
  }
}

let store: BigStore;
let view: PoolView;
let app: AppState;
async function open(many: ManyTasks): Promise<void> {
  store = new BigStore(many);
  const services = quietServices(store);
  app = new AppState(services);
  view = app.lasting(PoolView);
  view.enter();
  await store.putRun(many);
  await view.show(many.run.id);
}
const commit = (task: MachineTask): Promise<void> =>
  commitAs(store, { progress: small.progress, tasks: [task] });
const ids = (): readonly string[] => view.selection.rows.map(({ id }) => id);
const small = manyTasks(3, { seeds: 10, machines: 40, rejected: 20 });
const newest = machineTask(small.run.id, 40, 'Name three lakes in the north.');

beforeEach(deleteDatabase);
afterEach(() => store.close());

describe('with 50,000 tasks', () => {
  const big = manyTasks(2, { seeds: 175, machines: 50_000, rejected: 20_000 });

  it('reads, counts, searches, filters and sorts them', async () => {
    await open(big);
    expect(view.job.running).toBe(false);
    expect(view.totals).toEqual({ tasks: 50_175, rejected: 20_000 });
    expect(view.selection.rows).toHaveLength(50_175);
    expect(view.selection.rows[0]?.id).toBe(big.machines.at(-1)?.id);

    view.ask({ text: 'two rivers', stages: ['complete'] });
    const wanted = big.machines.filter(
      ({ stage, instruction }) => stage === 'complete' && instruction.includes('two rivers'),
    );
    await expect.poll(() => view.selection.rows).toHaveLength(wanted.length);

    view.ask({ text: '', stages: [], origin: 'machine' });
    view.sortBy('rougeL');
    await expect.poll(() => view.selection.rows[0]?.rougeL).toBeCloseTo(0.63);
    expect(view.selection.whole).toBe(50_000);

    view.showList('rejected');
    view.ask({ reasons: ['too-similar'] });
    const similar = big.candidates.filter(({ verdict }) => verdict === 'too-similar');
    await expect.poll(() => view.selection.rows).toHaveLength(similar.length);
  });

  it('answers the last question only, however fast they come', async () => {
    await open(big);
    for (const text of ['g', 'ga', 'gar', 'number 7.', 'number 77.']) view.ask({ text });
    await expect.poll(() => view.selection.rows).toHaveLength(1);
    expect(view.selection.rows[0]?.text).toMatch(/number 77\.$/u);
  });
});

describe('while a run goes on', () => {
  it('a new row joins at its place', async () => {
    await open(small);
    await commit(newest);
    await expect.poll(() => view.totals.tasks).toBe(51);
    expect(ids()[0]).toBe(newest.id);
    expect(ids()).toHaveLength(51);
  });

  it('what is being read does not move; a new row waits above it, and joins when it is left', async () => {
    await open(small);
    const before = ids();
    view.read({ held: true, lastVisible: 12 });
    await commit(newest);
    await expect.poll(() => view.waiting).toBe(1);
    expect(ids()).toEqual(before);
    view.read({ held: false, lastVisible: 12 });
    expect(ids()).toEqual([newest.id, ...before]);
    expect(view.waiting).toBe(0);
  });

  it('a new row below what is seen joins at once', async () => {
    await open(small);
    view.sortBy('id');
    await expect.poll(() => ids()[0]).toBe(small.seeds[0]?.id);
    view.read({ held: true, lastVisible: 12 });
    await commit(newest);
    await expect.poll(() => ids().at(-1)).toBe(newest.id);
  });

  it('a row that is being read changes in place', async () => {
    await open(small);
    const before = ids();
    const task = machineTask(small.run.id, 0, 'Changed in place while it is read.');
    view.read({ held: true, lastVisible: 49 });
    await commit(newest);
    await commit(task);
    await expect
      .poll(() => view.selection.rows.find(({ id }) => id === task.id)?.text)
      .toBe(task.instruction);
    expect(ids()).toEqual(before);
  });

  it('rejected candidates join their own list', async () => {
    await open(small);
    const candidate = rejectedCandidate(small.run.id, 900, 'Draw a lake.');
    const kept = { ...candidate, id: candidateId(small.run.id, 901, 0), verdict: 'kept' } as const;
    await commitAs(store, { progress: small.progress, candidates: [candidate, kept] });
    view.showList('rejected');
    await expect.poll(() => ids()[0]).toBe(candidate.id);
    expect(view.totals).toEqual({ tasks: 50, rejected: 21 });
  });

  it('rows of other runs are not mixed in', async () => {
    await open(small);
    const other = manyTasks(9, { seeds: 1, machines: 1, rejected: 0 });
    await store.putRun(other);
    await commitAs(store, { progress: other.progress, tasks: other.machines });
    await commit(newest);
    await expect.poll(() => view.totals.tasks).toBe(51);
    expect(ids().every((id) => id.startsWith(small.run.id))).toBe(true);
  });
});

it('another run takes the place of the first, and a second look at a run reads nothing again', async () => {
  await open(small);
  view.ask({ text: 'rivers' });
  const scan = vi.spyOn(store, 'scanTasks');
  await view.show(small.run.id);
  expect(scan).not.toHaveBeenCalled();
  const other = manyTasks(4, { seeds: 10, machines: 40, rejected: 20 });
  store.many = other;
  await view.show(other.run.id);
  expect(scan).toHaveBeenCalledOnce();
  expect(view.run?.id).toBe(other.run.id);
  expect(view.query.text).toBe('');
});

it('a run that another tab changed is read again', async () => {
  await open(small);
  const scan = vi.spyOn(store, 'scanTasks');
  store.many = { ...small, progress: { ...small.progress, kept: 41 } };
  await view.show(small.run.id);
  expect(scan).toHaveBeenCalledOnce();
});

it('a store that fails is told, and read again on the next visit', async () => {
  await open(small);
  vi.spyOn(store, 'scanTasks').mockImplementationOnce(() => {
    throw new AppError({ kind: 'storage-unavailable', detail: 'the disk is gone' });
  });
  const other = manyTasks(4, { seeds: 10, machines: 40, rejected: 20 });
  store.many = other;
  await view.show(other.run.id);
  expect(view.job.failure).toMatchObject({ kind: 'storage-unavailable' });
  await view.show(other.run.id);
  expect(view.job.failure).toBeNull();
  expect(view.totals.tasks).toBe(50);
});

it('an error of the program is not told as one of the storage', async () => {
  await open(small);
  vi.spyOn(store, 'scanTasks').mockImplementationOnce(() => pages([null as never]));
  store.many = manyTasks(4, { seeds: 10, machines: 40, rejected: 20 });
  await view.show(store.many.run.id);
  expect(view.job.failure).toMatchObject({ kind: 'unexpected', name: 'TypeError' });
});

describe('with words for a classroom', () => {
  const rude = machineTask(small.run.id, 40, 'Say how a knight would kill a dragon.');
  it('hides what has them, counts it, and shows it when the teacher wants', async () => {
    await open(small);
    const { classroom } = app;
    await commit(rude);
    await expect.poll(() => ids()).toContain(rude.id);
    store.many = { ...small, machines: [...small.machines, rude] };
    await classroom.switch(true);
    await expect.poll(() => view.named).toBe(1);
    expect(ids()).not.toContain(rude.id);
    expect(view.selection.whole).toBe(50);
    classroom.shown = true;
    await expect.poll(() => ids()).toContain(rude.id);
    await classroom.switch(false);
    await expect.poll(() => view.named).toBe(0);
    await expect.poll(() => ids()).toContain(rude.id);
  });
});
