import { expect, it } from 'vitest';
import { inTime } from './in-time';

it('a transaction that never ends is told; one that ends gives what it gives', async () => {
  await expect(inTime(new Promise(() => undefined), 1)).rejects.toMatchObject({
    failure: { kind: 'storage-unavailable', detail: 'A transaction did not end in 0.06 seconds.' },
  });
  expect(await inTime(Promise.resolve(3), 1)).toBe(3);
  await expect(inTime(Promise.reject(new Error('no')), 1)).rejects.toThrow('no');
});
