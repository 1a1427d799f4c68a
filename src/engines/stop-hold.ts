/**
 * What of a text being streamed is safe to show. web-llm sends each token at once, so the first characters of a stop
 * string may have been sent before the rest of it arrives; and a character of several tokens begins as U+FFFD.
 */

/** The text before the first stop string. */
export function cutAtStop(text: string, stops: readonly string[]): string {
  const found = stops.map((stop) => (stop === '' ? -1 : text.indexOf(stop))).filter((at) => at >= 0);
  return text.slice(0, Math.min(text.length, ...found));
}

/** Length of the part of `text` that stays, whatever comes next: no stop string begins in it. */
export function safeLength(text: string, stops: readonly string[]): number {
  const broken = text.indexOf('\ufffd');
  const whole = cutAtStop(broken < 0 ? text : text.slice(0, broken), stops);
  const longest = Math.max(0, ...stops.map((stop) => stop.length)) - 1;
  for (let length = Math.min(longest, whole.length); length > 0; length--) {
    const end = whole.slice(-length);
    if (stops.some((stop) => stop.length > length && stop.startsWith(end))) return whole.length - length;
  }
  return whole.length;
}

/** Turns deltas as they come into deltas that never have to be taken back. */
export class StopHold {
  #text = '';
  #shown = 0;

  constructor(private readonly stops: readonly string[]) {}

  /** @returns what may be shown now */
  add(delta: string): string {
    this.#text += delta;
    return this.#show(this.#text, safeLength(this.#text, this.stops));
  }

  /** @returns what is left to show of the final text, which was cut at its stop string */
  end(final: string): string {
    return this.#show(final, final.length);
  }

  #show(text: string, end: number): string {
    const from = this.#shown;
    this.#shown = Math.max(from, end);
    return text.slice(from, this.#shown);
  }
}
