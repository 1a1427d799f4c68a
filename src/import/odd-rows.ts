/** Rows that are imported as they are, but that the user should know of: how many of each kind, and the first one. */
import { hasOdd, ODD_CHARACTERS, type OddCharacter } from '../core/dataset/odd-characters';
import { isRounded } from './rounded-number';
import type { TaskPart } from './shapes';

/**
 * `longId`: a number with more digits than can be read exactly, so that it is not used. `wholePrompt`: nothing tells
 * where the instruction ends and the input begins.
 */
export type OddKind = OddCharacter | 'longId' | 'wholePrompt';

/** Rows of one kind. */
export interface OddRows {
  readonly kind: OddKind;
  readonly count: number;
  /** The number of the first one, and its file where there are several; null for a file by itself. */
  readonly line: number;
  readonly file: string | null;
}

/** Takes the rows one by one. */
export class OddRowCount {
  readonly #found = new Map<OddKind, OddRows>();

  add(line: number, file: string | null, part: TaskPart, value: unknown): void {
    const { instruction, instances, wholePrompt } = part;
    const texts = [instruction, ...(instances ?? []).flatMap(({ input, output }) => [input, output])];
    for (const kind of ODD_CHARACTERS) if (hasOdd(kind, texts)) this.#note(kind, line, file);
    if (wholePrompt) this.#note('wholePrompt', line, file);
    if (hasLongId(value)) this.#note('longId', line, file);
  }
  all(): OddRows[] {
    return [...this.#found.values()];
  }

  #note(kind: OddKind, line: number, file: string | null): void {
    const { count, ...first } = this.#found.get(kind) ?? { kind, count: 0, line, file };
    this.#found.set(kind, { ...first, count: count + 1 });
  }
}

function hasLongId(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { id, task_id: task }: { readonly id?: unknown; readonly task_id?: unknown } = value;
  return [id, task].some(isRounded);
}
