import { expect, it } from 'vitest';
import { fastestThreads } from './fastest-threads';

/** Engines that need so many seconds with so many threads; how many are loaded at once. */
async function found(seconds: Readonly<Record<number, number>>) {
  let loaded = 0;
  const loads: number[] = [];
  const threads = await fastestThreads(Object.keys(seconds).map(Number), {
    load: (threads) => {
      loaded++;
      loads.push(threads);
      expect(loaded).toBe(1);
      return Promise.resolve(threads);
    },
    probe: (threads) => Promise.resolve(seconds[threads] ?? NaN),
    exit: () => {
      loaded--;
      return Promise.resolve();
    },
  });
  expect(loaded).toBe(1);
  return { threads, loads };
}

it('takes as many as help', async () => {
  expect(await found({ 1: 8, 2: 4.5, 4: 3 })).toEqual({ threads: 4, loads: [1, 2, 4] });
});
it('goes back where more are slower, and tries no further', async () => {
  expect(await found({ 1: 8, 2: 60, 4: 1 })).toEqual({ threads: 1, loads: [1, 2, 1] });
  expect(await found({ 1: 8, 2: 4.5, 4: 9 })).toEqual({ threads: 2, loads: [1, 2, 4, 2] });
});
it('does not take a core from others for next to nothing', async () => {
  expect((await found({ 1: 8, 2: 7.5 })).threads).toBe(1);
});
it('loads once where there is no choice', async () => {
  expect(await found({ 1: 8 })).toEqual({ threads: 1, loads: [1] });
});
