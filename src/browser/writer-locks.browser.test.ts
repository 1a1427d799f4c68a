import { expect, it } from 'vitest';
import { WebLocks } from './writer-locks';

it('one writer has a record until it lets go; the same id of another kind is another record', async () => {
  const locks = new WebLocks();
  const run = await locks.acquire('run', 'x0001');
  expect(run).not.toBeNull();
  expect(await locks.acquire('run', 'x0001')).toBeNull();
  const training = await locks.acquire('training', 'x0001');
  expect(training).not.toBeNull();
  training?.release();
  run?.release();
  await expect.poll(async () => (await locks.acquire('run', 'x0001')) !== null).toBe(true);
});
it('tells whether this page, another one or nobody writes a record', async () => {
  const [here, there] = [new WebLocks(), new WebLocks()];
  expect(await here.holder('run', 'x0002')).toBe('nobody');
  const lock = await here.acquire('run', 'x0002');
  expect(await here.holder('run', 'x0002')).toBe('here');
  expect(await there.holder('run', 'x0002')).toBe('elsewhere');
  lock?.release();
  await expect.poll(() => there.holder('run', 'x0002')).toBe('nobody');
});
it('can be taken over: the writer before learns of it, and its letting go changes nothing', async () => {
  const [here, there] = [new WebLocks(), new WebLocks()];
  const before = await here.acquire('run', 'x0003');
  const after = await there.acquire('run', 'x0003', true);
  expect(after).not.toBeNull();
  await expect.poll(() => before?.lost.aborted).toBe(true);
  before?.release();
  expect(after?.lost.aborted).toBe(false);
  expect(await here.holder('run', 'x0003')).toBe('elsewhere');
  expect(await there.holder('run', 'x0003')).toBe('here');
});
