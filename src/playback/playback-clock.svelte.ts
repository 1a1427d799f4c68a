/** The time of a recording: it goes at a chosen speed, stands while it is paused, and can be moved on. In milliseconds. */

import type { StopSignal } from '../core/signal';

/** How often what is shown moves. */
const TICK_MS = 60;

interface Wait {
  readonly from: number;
  readonly due: number;
  readonly tell: (share: number) => void;
  readonly end: () => void;
}

export class PlaybackClock {
  /** As shown; `now` is exact. */
  time = $state(0);
  playing = $state(false);
  speed = $state(1);
  // Not reactive: no screen shows it.
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  readonly #waits = new Set<Wait>();
  /** The time at `#since`, which is a time of the device. */
  #at = 0;
  #since = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  now(): number {
    return this.playing ? this.#at + (performance.now() - this.#since) * this.speed : this.#at;
  }

  play(): void {
    if (this.playing) return;
    this.#since = performance.now();
    this.playing = true;
    this.#tick();
  }
  pause(): void {
    this.moveTo(this.now());
    this.playing = false;
    clearTimeout(this.#timer);
  }
  setSpeed(speed: number): void {
    this.moveTo(this.now());
    this.speed = speed;
  }
  /** Moves on; whoever waits for a time before it goes on. */
  moveTo(time: number): void {
    this.#at = Math.max(this.now(), time);
    this.#since = performance.now();
    this.#show(this.#at);
  }

  /** The next time that somebody waits for; null when nobody waits. */
  get nextDue(): number | null {
    return this.#waits.size === 0 ? null : Math.min(...[...this.#waits].map(({ due }) => due));
  }
  /** Whether somebody waits for just this time. */
  isAwaited(time: number): boolean {
    return [...this.#waits].some(({ due }) => due === time);
  }

  /**
   * Resolves at `due`, at once when it is over.
   * @param tell is called now and then with the share of the span that has passed, while time is not moved on
   * @throws AbortError
   */
  async wait(from: number, due: number, tell: (share: number) => void, signal: StopSignal): Promise<void> {
    let stop = (): void => undefined;
    let wait: Wait | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        stop = () => reject(new DOMException('The request was stopped.', 'AbortError'));
        signal.throwIfAborted();
        signal.addEventListener('abort', stop);
        wait = { from, due, tell, end: resolve };
        this.#waits.add(wait);
        if (this.playing) this.#tick();
      });
    } finally {
      signal.removeEventListener('abort', stop);
      if (wait) this.#waits.delete(wait);
    }
  }

  #tick(): void {
    clearTimeout(this.#timer);
    const now = this.now();
    this.#show(now);
    for (const { from, due, tell } of this.#waits) {
      if (due > now && now > from) tell((now - from) / (due - from));
    }
    const left = ((this.nextDue ?? Infinity) - now) / this.speed;
    this.#timer = setTimeout(() => this.#tick(), Math.min(TICK_MS, Math.max(0, left)));
  }
  #show(now: number): void {
    this.time = now;
    const over = [...this.#waits].filter(({ due }) => due <= now).sort((a, b) => a.due - b.due);
    for (const wait of over) {
      this.#waits.delete(wait);
      wait.end();
    }
  }
}
