import { expect, it } from 'vitest';
import { webLocks } from './writer-locks';

it('one writer has a record until it lets go; the same id of another kind is another record', async () => {
  const run = await webLocks.acquire('run', 'x0001');
  expect(run).not.toBeNull();
  expect(await webLocks.acquire('run', 'x0001')).toBeNull();
  const training = await webLocks.acquire('training', 'x0001');
  expect(training).not.toBeNull();
  training?.release();
  run?.release();
  await expect.poll(async () => (await webLocks.acquire('run', 'x0001')) !== null).toBe(true);
});
