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
  /** Tells the page something, again and again, and waits each time until the page has dealt with it. */
  async tell(times: number, onTell: () => Promise<void>): Promise<string> {
    for (let time = 0; time < times; time++) await onTell();
    return 'told';
  },
  /** Says a hundred things, one each `everyMs`, whatever it is asked meanwhile. */
  async talk(everyMs: number, onTell: () => void): Promise<void> {
    for (let time = 0; time < 100; time++) {
      await new Promise((resolve) => setTimeout(resolve, everyMs));
      onTell();
    }
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
