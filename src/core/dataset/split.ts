/**
 * Splits by instruction into train and validation: all rows of one instruction are on one side, so that no task is both
 * trained on and evaluated. An instruction's position is drawn from its text and the seed; the border is set so that the
 * share is met exactly.
 */
import { deriveSeed } from '../random';

/** Which side of the split an instruction is on. */
export type Side = 'train' | 'validation';

/** How large the held-out part is, and how it is drawn. */
export interface SplitChoice {
  /** Share of the instructions that is held out, 0 to 1. */
  readonly share: number;
  readonly seed: number;
}

const placeOf = (instruction: string, seed: number): number => deriveSeed(seed, 'split', instruction);

/** Collects the positions of all instructions, then finds the border. */
export class SplitBorder {
  readonly #places = new Set<number>();
  constructor(private readonly choice: SplitChoice) {}

  add(instruction: string): void {
    this.#places.add(placeOf(instruction, this.choice.seed));
  }

  /** Leaves at least one instruction on each side when there are two and the share is not 0. */
  result(): Split {
    const places = Uint32Array.from(this.#places).sort();
    const wanted = Math.round(this.choice.share * places.length);
    const held = this.choice.share > 0 ? Math.min(Math.max(wanted, 1), places.length - 1) : 0;
    return new Split(this.choice.seed, places[held] ?? 0);
  }
}

/** Tells for each instruction whether it is held out; the same seed gives the same split. */
export class Split {
  /** @param border instructions before it are held out */
  constructor(
    private readonly seed: number,
    private readonly border: number,
  ) {}

  sideOf(instruction: string): Side {
    return placeOf(instruction, this.seed) < this.border ? 'validation' : 'train';
  }
}
