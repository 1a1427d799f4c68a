/** The lines of a text one by one, and what is left of it. */
export class Lines {
  #at = 0;
  constructor(private readonly text: string) {}

  next(): string {
    const end = this.text.indexOf('\n', this.#at);
    const line = this.text.slice(this.#at, end < 0 ? undefined : end);
    this.#at = end < 0 ? this.text.length : end + 1;
    return line;
  }
  rest(): string {
    return this.text.slice(this.#at);
  }
}
