import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { SILENCE_TICKS, TICK_MS, Watchdog } from './watchdog';

const HOUR_MS = 3_600_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('does not count the hour in which the device slept: nothing ticks then', () => {
  const heard: number[] = [];
  const watchdog = new Watchdog((seconds) => heard.push(seconds));
  watchdog.alive(SILENCE_TICKS);
  vi.advanceTimersByTime(TICK_MS * (SILENCE_TICKS - 2));
  // A browser that wakes up makes up for one tick at most, however long it slept.
  vi.setSystemTime(Date.now() + HOUR_MS);
  vi.advanceTimersByTime(TICK_MS);
  expect(heard).toEqual([]);
  vi.advanceTimersByTime(TICK_MS);
  expect(heard).toEqual([(SILENCE_TICKS * TICK_MS) / 1000]);
  watchdog.stop();
});

it('bears silence of the other side while this side is busy for an hour', async () => {
  const heard: number[] = [];
  const watchdog = new Watchdog((seconds) => heard.push(seconds));
  watchdog.alive(1);
  const work = watchdog.during(() => new Promise((resolve) => setTimeout(resolve, HOUR_MS)));
  await vi.advanceTimersByTimeAsync(HOUR_MS);
  await work;
  expect(heard).toEqual([]);
  await vi.advanceTimersByTimeAsync(TICK_MS);
  expect(heard).toHaveLength(1);
  watchdog.stop();
});
