/** Lines of a rater's file, of ratings or of grades: the good ones, and those that could not be read by number and reason. */
import { AppError } from '../core/errors';
import type { Checked } from '../core/schema';

/** More than the largest pool, and the largest evaluation with many raters, have. */
const MAX_LINES = 500_000;
/** Problems that are named; the rest is counted. */
const MAX_PROBLEMS = 20;

export class RaterLines<Line> {
  readonly #file: string;
  readonly lines: Line[] = [];
  readonly problems: { readonly line: number; readonly reason: string }[] = [];
  /** Lines that could not be read, named or not. */
  bad = 0;

  /** @param file its name, for messages */
  constructor(file: string) {
    this.#file = file;
  }

  refusal(detail: string): AppError {
    return new AppError({ kind: 'bad-file', detail: `“${this.#file}” cannot be merged: ${detail}.` });
  }
  /** @param line its number, from 1 @throws AppError bad-file when there are too many */
  add(line: number, parsed: Checked<Line>): void {
    if (parsed.ok) this.lines.push(parsed.row);
    else {
      this.bad++;
      if (this.problems.length < MAX_PROBLEMS) this.problems.push({ line, reason: parsed.reason });
    }
    if (this.lines.length > MAX_LINES) throw this.refusal(`it holds more than ${MAX_LINES} ratings`);
  }
}
