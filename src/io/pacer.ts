/** Long work in short slices: after each slice whoever else uses the thread gets a turn, a page as well as a worker's messages. */
import type { StopSignal } from '../core/signal';

const SLICE_MS = 12;

export class Pacer {
  #since = performance.now();

  /** @param signal ends the work at a pause */
  constructor(private readonly signal?: StopSignal) {}

  /** Whether the current slice is used up: for loops that are too fast to wait in each step. */
  get due(): boolean {
    return performance.now() - this.#since >= SLICE_MS;
  }

  /** Pauses when the current slice is used up. @throws AbortError when the signal says so */
  async breathe(): Promise<void> {
    if (this.due) await this.pause();
  }

  /** Lets others have their turn now. @throws AbortError when the signal says so */
  async pause(): Promise<void> {
    await nextTask();
    this.#since = performance.now();
    this.signal?.throwIfAborted();
  }
}

/** A task of its own in the event loop. Timers would be slowed down to one a second in a hidden tab; messages are not. */
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
