/** Counts what blocks the page's main thread: tasks of more than 50 ms, as the browser reports them. */
import type { Page } from 'playwright';

declare global {
  interface Window {
    longTasks: number[];
  }
}

/** To be called before the app loads. */
export const watchLongTasks = (page: Page): Promise<unknown> =>
  page.addInitScript(() => {
    window.longTasks = [];
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) window.longTasks.push(duration);
    }).observe({ type: 'longtask', buffered: true });
  });

export interface LongTasks {
  /** Tasks of more than 50 ms. */
  readonly over50: number;
  /** Tasks of more than 100 ms. */
  readonly over100: number;
  readonly longestMs: number;
}

/** What was seen since the last call. */
export async function takeLongTasks(page: Page): Promise<LongTasks> {
  const durations = await page.evaluate(() => window.longTasks.splice(0));
  return {
    over50: durations.length,
    over100: durations.filter((duration) => duration > 100).length,
    longestMs: Math.max(0, ...durations),
  };
}
