/** A worker that answers, fails, hangs and stops on demand. */
import { AppError } from '../core/errors';
import { serve } from '../workers/worker-errors';

const controller = new AbortController();
let sum = 0;

const api = {
  add(more: number): number {
    return (sum += more);
  },
  hang(onStart: () => void): Promise<never> {
    onStart();
    return new Promise(() => undefined);
  },
  /** Hangs until it is asked to stop. */
  waitForStop(onStart: () => void): Promise<string> {
    onStart();
    return new Promise((resolve) =>
      controller.signal.addEventListener('abort', () => resolve('last answer')),
    );
  },
  stop(): void {
    controller.abort();
  },
  fail(): void {
    throw new AppError({ kind: 'bad-file', detail: 'Line 3 is wrong.' });
  },
  abort(): void {
    controller.abort();
    controller.signal.throwIfAborted();
  },
  bug(): void {
    throw new TypeError('x is undefined');
  },
};
export type AnsweringWorkerApi = typeof api;
serve(api);
