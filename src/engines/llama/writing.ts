/** The text of a completion as its tokens come: bytes to characters, and the end at a stop string. */
import { cutAtStop, StopHold } from '../stop-hold';

export class Writing {
  readonly #decoder = new TextDecoder();
  readonly #stops: readonly string[];
  readonly #hold: StopHold;
  readonly #onText: (delta: string) => void;
  #text = '';

  /** @param onText gets only text that stays, whatever comes next */
  constructor(stops: readonly string[], onText: (delta: string) => void) {
    this.#stops = stops;
    this.#hold = new StopHold(stops);
    this.#onText = onText;
  }

  /** @returns whether a stop string is complete */
  add(bytes: Uint8Array<ArrayBuffer>): boolean {
    const delta = this.#decoder.decode(bytes, { stream: true });
    this.#text += delta;
    const shown = this.#hold.add(delta);
    if (shown !== '') this.#onText(shown);
    return cutAtStop(this.#text, this.#stops).length < this.#text.length;
  }

  /** @returns the whole text, cut at its stop string */
  end(): string {
    const text = cutAtStop(this.#text + this.#decoder.decode(), this.#stops);
    const rest = this.#hold.end(text);
    if (rest !== '') this.#onText(rest);
    return text;
  }
}
