/** The lines of a file that were refused: all are counted, the first ones are listed with their reasons. */

/** Why a line of a file was refused. */
export interface LineProblem {
  readonly line: number;
  readonly reason: string;
}

/** What could not be read of a file. */
export interface RefusedLines {
  /** The first bad lines, in order; `badLines` counts them all. */
  readonly problems: readonly LineProblem[];
  readonly badLines: number;
}

/** Notes the bad lines of a file one by one. */
export class RefusedList implements RefusedLines {
  readonly problems: LineProblem[] = [];
  badLines = 0;
  readonly #most: number;

  /** @param most problems listed at most */
  constructor(most = 1_000) {
    this.#most = most;
  }

  refuse(line: number, reason: string): void {
    this.badLines++;
    if (this.problems.length < this.#most) this.problems.push({ line, reason });
  }
}
