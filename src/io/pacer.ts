/** Splits long work into short slices with pauses between them, so that the page, or a worker's messages, are served. */
import type { StopSignal } from '../core/signal';

const SLICE_MS = 12;

export class Pacer {
  #since = performance.now();

  /**
   * @param signal ends the work at a pause
   * @param sign called at each pause: the work gets ahead
   */
  constructor(
    private readonly signal?: StopSignal,
    private readonly sign?: () => void,
  ) {}

  /** Whether the current slice is over: for loops that are too fast to wait in each step. */
  get due(): boolean {
    return performance.now() - this.#since >= SLICE_MS;
  }

  /** Pauses when the current slice is over. @throws AbortError when stopped */
  async breathe(): Promise<void> {
    if (this.due) await this.pause();
  }

  /** Pauses now. @throws AbortError when stopped */
  async pause(): Promise<void> {
    await nextTask();
    this.#since = performance.now();
    this.signal?.throwIfAborted();
    this.sign?.();
  }
}

/** A new task of the event loop. Browsers throttle timers of a hidden tab to one a second, but not messages. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
