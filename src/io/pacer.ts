/** Long work on the page in short slices: after each slice the page gets its turn. */

const SLICE_MS = 12;

/** A task of its own in the event loop. Timers would be slowed down to one a second in a hidden tab; messages are not. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

export class Pacer {
  #since = performance.now();

  /** Lets the page have its turn when the current slice is used up. */
  async breathe(): Promise<void> {
    if (performance.now() - this.#since < SLICE_MS) return;
    await nextTask();
    this.#since = performance.now();
  }
}
