import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Progress } from '../../core/ports';
import type { MachineTask, Task, TaskId } from '../../core/task';
import { IdbRunStore } from '../../storage/idb-run-store';
import { manyTasks } from '../../testing/many-tasks';
import { quietServices } from '../../testing/quiet-services';
import { deleteDatabase, dump, openRaw } from '../../testing/raw-database';
import { storeRun } from '../../testing/store-run';
import { ReviewReplace } from './review-replace.svelte';
import { ReviewSession } from './review-session.svelte';
import { Classroom } from '../../app/classroom/classroom.svelte';
import { FormDrafts } from '../../app/form-drafts.svelte';
import { RunSession } from '../../app/run/run-session.svelte';
import { Rater } from '../../shared/raters/rater.svelte';
import { draftOf, withDraft } from '../../shared/tasks/task-edit';

const many = manyTasks(1, { seeds: 10, machines: 400, rejected: 0 });
const complete = many.machines.filter(({ stage }) => stage === 'complete');
const [first, second] = complete as [MachineTask, MachineTask];
let store: IdbRunStore;
let review: ReviewSession;
let replace: ReviewReplace;

beforeEach(async () => {
  await deleteDatabase();
  store = new IdbRunStore();
  const services = quietServices(store);
  const session = new RunSession(services);
  await storeRun(store, many);
  review = new ReviewSession(
    services,
    session,
    new Rater({ services }),
    new FormDrafts({ services }),
    new Classroom(store),
  );
  replace = new ReviewReplace(services, session, review);
});
afterEach(() => store.close());

const stored = async (ids: readonly TaskId[]): Promise<readonly (Task | undefined)[]> =>
  Promise.all(ids.map((id) => store.task(id)));
const edit = async (task: MachineTask, instruction: string): Promise<Task> => {
  const edited = withDraft(task, { ...draftOf(task), instruction });
  await store.changeTask(edited.id, () => edited);
  return edited;
};
const write = async (find: string, by: string): Promise<void> => {
  await review.show(many.run.id);
  replace.find = find;
  replace.replace = by;
  await replace.look();
  await replace.apply();
};

it('undoing a replacement leaves what was changed since, and brings back what a person had written before', async () => {
  const mine = await edit(second, 'Mine, and the Output stays.');
  await write('Output', 'Answer');
  expect(replace.status).toMatch(new RegExp(`^Changed ${complete.length} tasks`, 'u'));
  expect(await store.task(second.id)).toMatchObject({ instruction: 'Mine, and the Answer stays.' });
  const theirs = await edit(first, 'Changed again since.');
  await review.undo();
  expect(review.status).toMatch(/^Undone: .* 1 task was changed again since and stays\.$/u);
  expect(await stored([first.id, second.id])).toEqual([theirs, mine]);
  const others = complete.slice(2);
  expect(await stored(others.map(({ id }) => id))).toEqual(others);
});

it('a replacement is undone after a reload, newest first, and each only once', async () => {
  const ids = complete.map(({ id }) => id);
  await write('Output', 'Answer');
  const between = await stored(ids);
  await write('Answer', 'Reply');
  // The tab is gone; a new one, and a second one beside it, show the run.
  const open = async (): Promise<ReviewSession> => {
    const services = quietServices(store);
    const session = new ReviewSession(
      services,
      new RunSession(services),
      new Rater({ services }),
      new FormDrafts({ services }),
      new Classroom(store),
    );
    await session.show(many.run.id);
    return session;
  };
  const [later, beside] = [await open(), await open()];
  expect(later.history.steps.last).toMatchObject({ label: `replaced “Answer” in ${ids.length} tasks` });
  await later.undo();
  expect(later.status).toContain('Undone');
  expect(await stored(ids)).toEqual(between);
  await beside.undo();
  expect(beside.status).toBe('This was undone in another tab already.');
  expect(await stored(ids)).toEqual(between);
  await later.undo();
  expect(await stored(ids)).toEqual(complete);
  expect(await store.bulkSteps(many.run.id)).toEqual([]);
});

it('ten replacements can be undone; what is kept of them goes with the run', async () => {
  const words = Array.from({ length: 13 }, (_, i) => `Word${i}`);
  await write('Output', 'Word0');
  for (const [i, word] of words.slice(1).entries()) await write(`Word${i}`, word);
  const steps = await store.bulkSteps(many.run.id);
  expect(steps.map(({ label }) => label)).toEqual(
    words.slice(2, 12).map((word) => `replaced “${word}” in ${complete.length} tasks`),
  );
  const database = await openRaw();
  const sizes = async (): Promise<number[]> => {
    const { undoSteps = [], undoEdits = [] } = await dump(database);
    return [undoSteps.length, undoEdits.length];
  };
  expect(await sizes()).toEqual([10, 10]);
  await store.deleteRun(many.run.id);
  expect(await sizes()).toEqual([0, 0]);
  database.close();
});

it('a search that is cancelled finds nothing, and one that is started again finds its own', async () => {
  await review.show(many.run.id);
  replace.find = 'Output';
  const cancelled = replace.look();
  expect(replace.job.progress).toMatchObject({ label: 'Searching the tasks', done: 0 });
  replace.clear();
  await cancelled;
  expect([replace.changes.all, replace.job.progress, replace.working]).toEqual([null, null, null]);
  const older = replace.look();
  replace.find = 'no such words';
  await Promise.all([older, replace.look()]);
  expect([replace.changes.all, replace.job.progress, replace.fresh]).toEqual([[], null, true]);
});

it('what was found in one run is gone when another is opened, also while it is looked for', async () => {
  const otherRun = await storeRun(store, manyTasks(2, { seeds: 10, machines: 20, rejected: 0 }));
  await review.show(many.run.id);
  replace.find = 'Output';
  await replace.look();
  expect(replace.changes.picked).toHaveLength(complete.length);
  await review.show(otherRun);
  expect(replace.changes.all).toBeNull();
  await replace.apply();
  expect(await stored(complete.map(({ id }) => id))).toEqual(complete);
  const looking = replace.look();
  await Promise.all([review.show(many.run.id), looking]);
  expect(replace.changes.all).toBeNull();
  // One that was found in time is not written into another run.
  await replace.look();
  const picked = replace.changes.all;
  await review.show(otherRun);
  replace.changes.all = picked;
  replace.looked = replace.rule;
  await replace.apply();
  expect(replace.job.failure).toBeNull();
  expect(await stored(complete.map(({ id }) => id))).toEqual(complete);
  expect(await store.bulkSteps(otherRun)).toEqual([]);
});

it('tells how far it is, while it looks, writes and undoes', async () => {
  const told: Progress[] = [];
  const changeTasks = store.changeTasks.bind(store);
  store.changeTasks = (runId, ids, change, onProgress, note) => {
    const follow = (done: number): void => {
      onProgress(done);
      const work = replace.job.progress ?? review.history.work;
      if (work) told.push(work);
    };
    return changeTasks(runId, ids, change, follow, note);
  };
  await write('Output', 'Answer');
  await review.undo();
  const all = complete.length;
  expect(told.map(({ label, done, total }) => [label, done, total])).toEqual([
    ...[30, 60, 90, 120, 150, 180, 210, 240].map((done) => ['Writing the changes', done, all]),
    ...[30, 60, 90, 120, 150, 180, 210, 240].map((done) => [
      `Undoing: replaced “Output” in ${all} tasks`,
      done,
      all,
    ]),
  ]);
  expect(all).toBe(240);
  expect(replace.job.progress).toBeNull();
  expect(review.history.work).toBeNull();
});
