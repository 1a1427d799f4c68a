/** The page around the training bench: starts its worker and watches whether it stays responsive itself. */
import type { BenchInput, BenchOutput } from './bench.worker';

/** What an interface needs to feel alive. */
const TICK_MS = 50;

export interface PageResult extends BenchOutput {
  /** Longest time the page's own timer waited while the worker trained, in ms; it asks for `TICK_MS`. */
  readonly longestWait: number;
}

declare global {
  interface Window {
    runTrainingBench(input: Omit<BenchInput, 'folder'>): Promise<PageResult>;
  }
}

window.runTrainingBench = (input) =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./bench.worker.ts', import.meta.url), { type: 'module' });
    let longestWait = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      const now = performance.now();
      longestWait = Math.max(longestWait, now - last);
      last = now;
    }, TICK_MS);
    worker.addEventListener('error', (event) => reject(new Error(event.message)));
    worker.addEventListener('message', ({ data }: MessageEvent<BenchOutput | { error: string }>) => {
      clearInterval(timer);
      worker.terminate();
      if ('error' in data) reject(new Error(data.error));
      else resolve({ ...data, longestWait });
    });
    worker.postMessage({ ...input, folder: new URL('./model/', location.href).href } satisfies BenchInput);
  });
