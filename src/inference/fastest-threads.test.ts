import { expect, it } from 'vitest';
import { fastestThreads } from './fastest-threads';

/** Engines that need so many seconds with so many threads; how many are loaded at once. */
async function found(seconds: Readonly<Record<number, number>>) {
  let loaded = 0;
  let waited = 0;
  const loads: number[] = [];
  const threads = await fastestThreads(Object.keys(seconds).map(Number), {
    load: (threads) => {
      loaded++;
      loads.push(threads);
      expect(loaded).toBe(1);
      return Promise.resolve(threads);
    },
    probe: (threads, limit) => {
      const took = seconds[threads] ?? NaN;
      waited += Math.min(took, limit);
      return Promise.resolve(took > limit ? Infinity : took);
    },
    exit: () => {
      loaded--;
      return Promise.resolve();
    },
  });
  expect(loaded).toBe(1);
  return { threads, loads, waited };
}

it('takes as many as help', async () => {
  expect(await found({ 1: 8, 2: 4.5, 4: 3 })).toMatchObject({ threads: 4, loads: [1, 2, 4] });
});
it('goes back where more are slower, and tries no further', async () => {
  expect(await found({ 1: 8, 2: 60, 4: 1 })).toMatchObject({ threads: 1, loads: [1, 2, 1] });
  expect(await found({ 1: 8, 2: 4.5, 4: 9 })).toMatchObject({ threads: 2, loads: [1, 2, 4, 2] });
});
it('does not take a core from others for next to nothing', async () => {
  expect((await found({ 1: 8, 2: 7.5 })).threads).toBe(1);
});
it('loads once where there is no choice', async () => {
  expect(await found({ 1: 8 })).toMatchObject({ threads: 1, loads: [1] });
});
it('waits no longer for a slow setting than the fast one took', async () => {
  expect((await found({ 1: 8, 2: 600 })).waited).toBe(16);
});
