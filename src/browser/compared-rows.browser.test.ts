import { afterEach, beforeEach, expect, it } from 'vitest';
import { ComparedRows } from './compared-rows';

const HOUR_MS = 3_600_000;
let clock: number;
const pages: ComparedRows[] = [];
const pageOpens = (): ComparedRows => {
  const page = new ComparedRows(() => clock);
  pages.push(page);
  return page;
};
const pageEnds = (): boolean => window.dispatchEvent(new PageTransitionEvent('pagehide'));

beforeEach(() => {
  clock = Date.UTC(2026, 10, 30);
  localStorage.clear();
});

// They hear of the end of the page in the tests after them, too.
afterEach(() => pages.splice(0).forEach((page) => page.forget()));

it('need not be compared for a day after a page that compared them ended in order', () => {
  const first = pageOpens();
  expect(first.fresh).toBe(false);
  first.watch();
  pageEnds();
  clock += 23 * HOUR_MS;
  expect(pageOpens().fresh).toBe(true);
  clock += 2 * HOUR_MS;
  expect(pageOpens().fresh).toBe(false);
  // The clock was set back.
  clock -= 100 * HOUR_MS;
  expect(pageOpens().fresh).toBe(false);
});
it('are compared again after a kill', () => {
  const first = pageOpens();
  first.watch();
  pageEnds();
  expect(pageOpens().fresh).toBe(true);
  // The next page begins to watch over them, and never ends.
  pageOpens().watch();
  expect(pageOpens().fresh).toBe(false);
});
it('are compared again when the page comes back out of the cache and is killed then', () => {
  pageOpens().watch();
  pageEnds();
  window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
  expect(pageOpens().fresh).toBe(false);
});
it('are compared again when they were found in disorder, and by a page that never watched over them', () => {
  const first = pageOpens();
  first.watch();
  first.forget();
  pageEnds();
  expect(pageOpens().fresh).toBe(false);
});
