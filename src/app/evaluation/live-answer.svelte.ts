/** One of the answers that are being written, followed to its end; then the next one. */
import type { EvaluationEvent } from '../../core/evaluation/runner';

export interface LiveAnswer {
  /** Place of the task. */
  readonly index: number;
  readonly text: string;
}
/** Text is shown at most so often. */
const SHOW_MS = 100;

export class LiveDisplay {
  shown = $state.raw<LiveAnswer | null>(null);
  /** What is followed; null between two answers, when the last one still stands on the screen. */
  #live: LiveAnswer | null = null;
  #shownAt = 0;

  take(event: EvaluationEvent): void {
    const mine = this.#live?.index === event.index;
    if (event.type === 'asked' && !this.#live) this.#follow({ index: event.index, text: '' }, true);
    else if (!mine || !this.#live) return;
    else if (event.type === 'text') {
      this.#follow({ index: event.index, text: this.#live.text + event.delta }, false);
    } else if (event.type === 'retried') this.#follow({ index: event.index, text: '' }, true);
    else if (event.type === 'answered') {
      this.#follow({ index: event.index, text: event.answer.text }, true);
      this.#live = null;
    }
  }
  clear(): void {
    this.#live = null;
    this.shown = null;
  }

  #follow(live: LiveAnswer, now: boolean): void {
    this.#live = live;
    if (!now && performance.now() - this.#shownAt < SHOW_MS) return;
    this.#shownAt = performance.now();
    this.shown = live;
  }
}
