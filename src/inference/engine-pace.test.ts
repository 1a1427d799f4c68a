import { expect, it } from 'vitest';
import { EnginePace } from './engine-pace';

const TICK = 5_000;
const MINUTE = 12;

/** A pace that has seen steps of so many seconds. */
function seen(...seconds: readonly number[]): EnginePace {
  let now = 0;
  const pace = new EnginePace(TICK, () => now);
  pace.begin();
  for (const one of seconds) {
    now += one * 1000;
    pace.step(pace.ticks(MINUTE));
  }
  return pace;
}

it('gives a quick engine a minute', () => {
  expect(seen().ticks(MINUTE)).toBe(MINUTE);
  expect(seen(2, 2, 3).ticks(MINUTE)).toBe(MINUTE);
});

it('gives a slow one as long as its steps ask for', () => {
  expect(seen(40, 40).ticks(MINUTE) * TICK).toBeGreaterThanOrEqual(4 * 40_000);
});

it('forgets a slow moment', () => {
  expect(seen(50, ...Array.from({ length: 100 }, () => 2)).ticks(MINUTE)).toBe(MINUTE);
});

it('does not take the sleep of a tab for slowness', () => {
  expect(seen(2, 3_600).ticks(MINUTE)).toBe(MINUTE);
});

it('does not count the time between requests', () => {
  let now = 0;
  const pace = new EnginePace(TICK, () => now);
  pace.begin();
  now = 2_000;
  pace.step(MINUTE);
  pace.end();
  now = 52_000;
  pace.begin();
  now = 54_000;
  pace.step(MINUTE);
  expect(pace.ticks(MINUTE)).toBe(MINUTE);
});
