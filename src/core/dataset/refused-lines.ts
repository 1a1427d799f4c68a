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
  #file: string | null = null;

  /** @param most problems listed at most */
  constructor(most = 1_000) {
    this.#most = most;
  }

  /** @param file whose lines follow, where reasons are to name it; null where it is plain which one is meant */
  begin(file: string | null): void {
    this.#file = file;
  }
  refuse(line: number, reason: string): void {
    this.badLines++;
    if (this.problems.length >= this.#most) return;
    this.problems.push({ line, reason: this.#file === null ? reason : `${this.#file}: ${reason}` });
  }
}
