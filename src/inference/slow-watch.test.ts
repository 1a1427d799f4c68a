import { expect, it } from 'vitest';
import { SlowWatch } from './slow-watch';

const MINUTE = 60_000;
/** Requests of 100 tokens, each with its seconds. */
function watched(seconds: readonly number[], minutes = 11): SlowWatch {
  let now = 0;
  const watch = new SlowWatch(() => now);
  for (const one of seconds) watch.answered(100, one);
  now = minutes * MINUTE;
  return watch;
}
const six = (seconds: number): number[] => Array.from({ length: 6 }, () => seconds);

it('is content with a model that stays as quick as it was', () => {
  expect(watched([...six(5), ...six(6), ...six(12)]).isDue).toBe(false);
});
it('asks for another measurement when it becomes much slower', () => {
  expect(watched([...six(5), ...six(20)]).isDue).toBe(true);
});
it('does not ask for one slow request', () => {
  expect(watched([...six(5), 50]).isDue).toBe(false);
});
it('does not ask soon after it was measured', () => {
  expect(watched([...six(5), ...six(20)], 9).isDue).toBe(false);
  const watch = watched([...six(5), ...six(20)]);
  watch.measured();
  expect(watch.isDue).toBe(false);
});
