/** Lines of a rater's file of ratings or grades: the good ones, and the number and reason of each bad one. */
import { RefusedList } from '../core/dataset/refused-lines';
import { AppError } from '../core/errors';
import type { Checked } from '../core/schema';
import { WORDS } from './words';

/** More than the largest pool, or the largest evaluation with many raters, has. */
const MAX_LINES = 500_000;
/** Problems that are listed; the rest are counted. */
const MAX_PROBLEMS = 20;

export class RaterLines<Line> extends RefusedList {
  readonly #file: string;
  readonly lines: Line[] = [];

  /** @param file its name, for messages */
  constructor(file: string) {
    super(MAX_PROBLEMS);
    this.#file = file;
    this.begin(file);
  }

  refusal(detail: string): AppError {
    return new AppError({ kind: 'bad-file', detail: WORDS.raters.refused(this.#file, detail) });
  }
  /** @param line its number, from 1 @throws AppError bad-file when there are too many */
  add(line: number, parsed: Checked<Line>): void {
    if (parsed.ok) this.lines.push(parsed.row);
    else this.refuse(line, parsed.reason);
    if (this.lines.length > MAX_LINES) throw this.refusal(WORDS.raters.manyRatings(MAX_LINES));
  }
}
