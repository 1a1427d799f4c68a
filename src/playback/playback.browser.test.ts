import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Services } from '../app/services';
import { WebLocks } from '../browser/writer-locks';
import { AppError } from '../core/errors';
import type { BackupRow } from '../core/ports';
import type { ModelCall } from '../core/run';
import { writeRecording } from '../export/recording';
import { readRecording } from '../import/read-recording';
import { IdbRunStore } from '../storage/idb-run-store';
import { quietServices } from '../testing/quiet-services';
import { storeRun } from '../testing/store-run';
import { manyTasks } from '../testing/many-tasks';
import { play } from './play';
import { Playback } from './playback.svelte';

const STANDARD = '/recordings/standard.recording';
const never = new AbortController().signal;
const names = async (): Promise<(string | undefined)[]> =>
  (await indexedDB.databases()).map(({ name }) => name).filter((name) => name?.includes('playback'));
const file = async (): Promise<File> =>
  new File([await (await fetch(STANDARD)).blob()], 'standard.recording');

let own: IdbRunStore;
let services: Services;
let open: Playback[] = [];
beforeEach(() => {
  own = new IdbRunStore();
  services = { ...quietServices(own), locks: new WebLocks() };
});
afterEach(async () => {
  for (const playback of open) playback.close();
  open = [];
  await expect.poll(names).toEqual([]);
  own.close();
});
async function started(): Promise<Playback> {
  const playback = await play(services, STANDARD, never);
  open.push(playback);
  return playback;
}
const rowsOf = async ({ app }: Playback): Promise<BackupRow[]> => {
  const { run } = app.session;
  if (!run) throw new Error('no run');
  const { store } = app.services;
  const rows: BackupRow[] = [];
  for await (const page of store.scanTasks(run.id))
    rows.push(...page.map((row) => ({ kind: 'task', row }) as const));
  for await (const page of store.scanCandidates(run.id)) {
    rows.push(...page.map((row) => ({ kind: 'candidate', row }) as const));
  }
  for await (const page of store.scanCalls(run.id))
    rows.push(...page.map((row) => ({ kind: 'call', row }) as const));
  return rows;
};
/** Without what says when: a playback is as late as the device is slow. */
const untimed = (rows: readonly BackupRow[]): unknown[] =>
  rows.map(({ kind, row }) => {
    if (kind === 'call') return { ...row, seconds: 0, createdAt: 0 } satisfies ModelCall;
    if (kind !== 'task' || row.origin === 'seed') return row;
    return { ...row, provenance: { ...row.provenance, createdAt: 0 } };
  });

describe('the recording that comes with the app', () => {
  it('plays to the same tasks, candidates and requests, by the true pipeline', async () => {
    const recording = await readRecording(await file(), never);
    const playback = await started();
    await playback.moveTo(playback.total);
    await expect.poll(() => playback.app.session.status).toBe('finished');
    expect(untimed(await rowsOf(playback))).toEqual(untimed(recording.rows));
    const { progress } = playback.app.session;
    expect(progress).toMatchObject({ kept: recording.progress.kept, rejected: recording.progress.rejected });
    await expect.poll(async () => (await playback.app.services.evaluations.list()).length).toBe(1);
    const [evaluation] = await playback.app.services.evaluations.list();
    expect(evaluation?.models.length).toBe(recording.evaluations[0]?.record.models.length);
    const trainings = await playback.app.services.trainings.list();
    expect(trainings.map(({ curve }) => curve)).toEqual(
      recording.trainings.map(({ curve }) => curve).reverse(),
    );
    expect(recording.trainings.every(({ curve }) => curve.length > 0)).toBe(true);
  });

  it('gives each model its own answers where another one was removed', async () => {
    const recording = await readRecording(await file(), never);
    const [whole] = recording.evaluations;
    const [first, ...models] = whole?.record.models ?? [];
    if (!whole || !first) throw new Error('no evaluation');
    const answers = whole.answers.filter(({ modelKey }) => modelKey !== first.key);
    const evaluations = [{ ...whole, record: { ...whole.record, models }, answers }];
    const playback = new Playback({ ...recording, evaluations }, services);
    await playback.begin();
    open.push(playback);
    await playback.moveTo(playback.total);
    const { evaluations: store } = playback.app.services;
    const played: (readonly [string | undefined, string])[] = [];
    await expect
      .poll(async () => {
        played.length = 0;
        const [record] = await store.list();
        const names = new Map(record?.models.map(({ key, name }) => [key, name]));
        for await (const page of store.scanAnswers(record?.id ?? ''))
          played.push(...page.map(({ modelKey, text }) => [names.get(modelKey), text] as const));
        return played.length;
      })
      .toBe(answers.length);
    const names = new Map(models.map(({ key, name }) => [key, name]));
    expect(played).toEqual(answers.map(({ modelKey, text }) => [names.get(modelKey), text]));
  });

  it('can be recorded again from what was played', async () => {
    const recording = await readRecording(await file(), never);
    const playback = await started();
    await playback.moveTo(playback.total);
    const { session, services } = playback.app;
    await expect.poll(async () => (await services.evaluations.list()).length).toBe(1);
    if (!session.run || !session.progress) throw new Error('no run');
    const summary = { run: session.run, progress: session.progress };
    const again = await writeRecording(summary, services, never);
    const read = await readRecording(new File([again], 'again.recording'), never);
    expect(untimed(read.rows)).toEqual(untimed(recording.rows));
    expect(read.trainings).toEqual(recording.trainings);
    expect(read.evaluations).toEqual(recording.evaluations);
  });

  it('goes back in time, on to a request and back by one', async () => {
    const playback = await started();
    const calls = async (): Promise<number> =>
      (await rowsOf(playback)).filter(({ kind }) => kind === 'call').length;
    await playback.moveTo(playback.total / 2);
    await expect.poll(calls).toBeGreaterThan(20);
    const half = await calls();
    await playback.moveTo(0);
    expect(playback.time).toBe(0);
    expect(playback.playing).toBe(false);
    playback.next();
    await expect.poll(() => playback.moving).toBe(false);
    await expect.poll(calls).toBe(1);
    playback.next();
    await expect.poll(() => playback.moving).toBe(false);
    playback.previous();
    await expect.poll(() => playback.moving).toBe(false);
    await expect.poll(calls).toBe(1);
    await playback.moveTo(playback.total / 2);
    await expect.poll(calls).toBe(half);
  });

  it('leaves what is stored here as it is, and leaves nothing behind', async () => {
    const many = manyTasks(4, { seeds: 3, machines: 6, rejected: 2 });
    const id = await storeRun(own, many);
    const before = await own.latestRuns(10);
    const playback = await started();
    await playback.moveTo(playback.total);
    await expect.poll(() => playback.app.session.status).toBe('finished');
    expect(await own.latestRuns(10)).toEqual(before);
    expect(playback.app.session.run?.id).not.toBe(undefined);
    await own.deleteRun(id);
    playback.close();
    open = [];
    await expect.poll(names).toEqual([]);
  });

  it('plays on by itself, faster or slower, and stands while it is paused', async () => {
    const playback = await started();
    playback.setSpeed(64);
    expect(playback.playing).toBe(true);
    await expect.poll(() => playback.app.session.status, { timeout: 50_000 }).toBe('finished');
    expect(playback.playing).toBe(false);
    playback.pause();
    const { time } = playback;
    expect(playback.time).toBe(time);
  });

  it('follows Pause and Resume of the screens, and adds the work at the end', async () => {
    const playback = await started();
    const { session, services } = playback.app;
    await expect.poll(() => session.status).toBe('running');
    await session.pause();
    await expect.poll(() => playback.playing).toBe(false);
    const { time } = playback;
    playback.next();
    await expect.poll(() => playback.moving).toBe(false);
    expect(playback.time).toBeGreaterThan(time);
    expect(session.active).toBe(true);
    expect(playback.playing).toBe(false);
    await session.pause();
    if (!session.run) throw new Error('no run');
    void session.resume(session.run.id);
    await expect.poll(() => playback.playing).toBe(true);
    await playback.moveTo(playback.total);
    await expect.poll(() => session.status).toBe('finished');
    expect(playback.playing).toBe(false);
    await expect.poll(async () => (await services.evaluations.list()).length).toBe(1);
    expect((await services.trainings.list()).length).toBeGreaterThan(0);
  });

  it('begins again to move past a place where it was stopped on its screen', async () => {
    const playback = await started();
    await playback.moveTo(playback.total / 2);
    const before = playback.app;
    await before.session.finishNow();
    expect(before.session.status).toBe('finished');
    await playback.moveTo(playback.total);
    expect(playback.app).not.toBe(before);
    await expect.poll(() => playback.app.session.status).toBe('finished');
    expect(playback.app.session.progress?.kept).toBeGreaterThan(before.session.progress?.kept ?? 0);
  });

  it('has no answer to what was not asked then', async () => {
    const playback = await started();
    await playback.moveTo(playback.total);
    await expect.poll(() => playback.app.session.status).toBe('finished');
    void playback.app.session.extend(60);
    playback.play();
    await expect.poll(() => playback.app.session.failure?.kind).toBe('not-recorded');
  });
});

describe('a playback that is closed or cannot begin again', () => {
  it('removes what it began when it is closed while it goes back', async () => {
    const playback = await started();
    await playback.moveTo(playback.total / 4);
    const back = playback.moveTo(0);
    playback.close();
    await back;
    await expect.poll(names).toEqual([]);
  });

  it('says once that it cannot begin again, and leaves nothing of the attempt', async () => {
    const playback = await started();
    await playback.moveTo(playback.total);
    await expect.poll(() => playback.app.session.status).toBe('finished');
    const read = vi.spyOn(own, 'setting').mockRejectedValue(new AppError({ kind: 'storage-denied' }));
    playback.play();
    await expect.poll(() => playback.failure?.kind).toBe('storage-denied');
    await expect.poll(() => playback.moving).toBe(false);
    expect(read).toHaveBeenCalledOnce();
    expect(await names()).toHaveLength(1);
    playback.close();
    await expect.poll(names).toEqual([]);
  });

  it('is closed when whoever opened it has gone', async () => {
    const stop = new AbortController();
    const setting = own.setting.bind(own);
    vi.spyOn(own, 'setting').mockImplementation((key) => {
      stop.abort();
      return setting(key);
    });
    await expect(play(services, STANDARD, stop.signal)).rejects.toThrow('abort');
    await expect.poll(names).toEqual([]);
  });
});

describe('a file that is no recording', () => {
  it('is refused before anything is made', async () => {
    const refused = play(services, new File(['{}'], 'mine.recording'), never);
    await expect(refused).rejects.toThrow(AppError);
    expect(await names()).toEqual([]);
  });
});
