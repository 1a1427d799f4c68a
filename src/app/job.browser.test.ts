import { expect, it } from 'vitest';
import { AppError } from '../core/errors';
import type { Progress } from '../core/ports';
import { Job } from './job.svelte';

const at = (done: number): Progress => ({ label: 'Counting', unit: 'rows', done, total: 3 });
const shown = (done: number): unknown => ({ ...at(done), since: expect.any(Number) as number });
/** Work that ends when it is told to. */
function open<T>(result: T) {
  let end!: () => void;
  const gate = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { end, work: () => gate.then(() => result) };
}

it('shows progress while it runs, and gives the result', async () => {
  const job = new Job();
  const seen: (Progress | null)[] = [];
  const result = await job.run(async (_signal, report) => {
    for (let done = 1; done <= 3; done++) {
      report(at(done));
      seen.push(job.progress);
      await Promise.resolve();
    }
    expect(job.running).toBe(true);
    return 'all';
  });
  expect(result).toBe('all');
  expect(seen).toEqual([shown(1), shown(2), shown(3)]);
  expect(new Set(seen.map((one) => one?.since)).size).toBe(1);
  expect([job.running, job.progress, job.failure]).toEqual([false, null, null]);
});

it('keeps the failure until the next work begins', async () => {
  const job = new Job();
  const failure = { kind: 'bad-file', detail: 'cut' } as const;
  expect(await job.run<number>(() => Promise.reject(new AppError(failure)))).toBeUndefined();
  expect([job.running, job.failure]).toEqual([false, failure]);
  await job.run(() => Promise.reject(new TypeError('no')));
  expect(job.failure).toMatchObject({ kind: 'unexpected', name: 'TypeError' });
  expect(await job.run(() => Promise.resolve(1))).toBe(1);
  expect(job.failure).toBeNull();
});

it('refuses other work until what was cancelled has ended, and takes nothing of it', async () => {
  const job = new Job();
  const slow = open('late');
  let report: (progress: Progress) => void = () => undefined;
  const first = job.run((_signal, tell) => {
    report = tell;
    return slow.work();
  });
  expect(await job.run(() => Promise.resolve('other'))).toBeUndefined();
  report(at(1));
  job.cancel();
  report(at(2));
  expect([job.progress, job.running]).toEqual([null, true]);
  slow.end();
  expect(await first).toBeUndefined();
  expect([job.running, job.failure]).toEqual([false, null]);
});

it('gives way to newer work, whichever ends first', async () => {
  const job = new Job();
  const [older, newer] = [open('older'), open('newer')];
  const first = job.replace(async (signal) => {
    await older.work();
    signal.throwIfAborted();
  });
  const second = job.replace((_signal, report) => {
    report(at(1));
    return newer.work();
  });
  older.end();
  expect(await first).toBeUndefined();
  expect([job.running, job.progress, job.failure]).toEqual([true, shown(1), null]);
  newer.end();
  expect(await second).toBe('newer');
});

it('attempts short work and tells its failure alone', async () => {
  const job = new Job();
  expect(await job.attempt(() => Promise.resolve(2))).toBe(2);
  const failure = { kind: 'storage-full', detail: 'x' } as const;
  expect(await job.attempt<number>(() => Promise.reject(new AppError(failure)))).toBeUndefined();
  expect(job.failure).toEqual(failure);
});
