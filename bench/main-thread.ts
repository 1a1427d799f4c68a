/** Counts what blocks the page's main thread: tasks of more than 50 ms, as the browser reports them. */
import { writeFileSync } from 'node:fs';
import type { Page } from 'playwright';

/** What ran in a long frame: where it was entered, and how long it took. */
export interface Cause {
  readonly ms: number;
  /** `Window.onclick`, `Response.json.then`: what called it. */
  readonly invoker: string;
  /** Function, file and position. */
  readonly at: string;
}

/** The browser's report on a long frame, as far as it is read here; TypeScript's own library has no name for it. */
interface LongFrame extends PerformanceEntry {
  readonly scripts: readonly {
    readonly duration: number;
    readonly invoker: string;
    readonly sourceURL: string;
    readonly sourceFunctionName: string;
    readonly sourceCharPosition: number;
  }[];
}

declare global {
  interface Window {
    longTasks: number[];
    causes: Cause[];
  }
}

/** To be called before the app loads. */
export const watchLongTasks = (page: Page): Promise<unknown> =>
  page.addInitScript(() => {
    window.longTasks = [];
    window.causes = [];
    new PerformanceObserver((list) => {
      for (const frame of list.getEntries() as LongFrame[]) {
        for (const {
          duration,
          invoker,
          sourceURL,
          sourceFunctionName,
          sourceCharPosition,
        } of frame.scripts) {
          const file = sourceURL.slice(sourceURL.lastIndexOf('/') + 1);
          const at = `${sourceFunctionName} ${file}:${sourceCharPosition}`;
          window.causes.push({ ms: Math.round(duration), invoker, at });
        }
      }
    }).observe({ type: 'long-animation-frame', buffered: true });
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

/** The longest scripts of long frames since the last call. */
export async function takeCauses(page: Page): Promise<readonly Cause[]> {
  const causes = await page.evaluate(() => window.causes.splice(0));
  return causes.sort((a, b) => b.ms - a.ms).slice(0, 8);
}

/** Begins a trace of the page's main thread; the result ends it and writes it to a file. */
export async function traceOf(page: Page): Promise<(path: string) => Promise<void>> {
  const session = await page.context().newCDPSession(page);
  const events: string[] = [];
  session.on('Tracing.dataCollected', ({ value }) => {
    // What takes less than half a millisecond blocks nobody, and there are millions of it.
    for (const event of value as { readonly ph?: string; readonly dur?: number }[]) {
      if (event.ph === 'M' || (event.dur ?? 0) > 500) events.push(JSON.stringify(event));
    }
  });
  const categories = ['devtools.timeline', 'disabled-by-default-devtools.timeline'];
  await session.send('Tracing.start', { categories: categories.join(), transferMode: 'ReportEvents' });
  return async (path) => {
    const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
    await session.send('Tracing.end');
    await complete;
    await session.detach();
    writeFileSync(path, `{"traceEvents":[${events.join(',')}]}\n`);
  };
}
