/** Warnings about a set of seed tasks while it is edited. */
import { MAX_WORDS, MIN_WORDS } from '../filters/instruction-filters';
import { FastIndex } from '../similarity/fast-index';
import type { SeedTask, TaskId } from '../task';
import { wordCount } from '../word-count';
import { hasOdd } from './odd-characters';
import { SEED_WORDS } from './seed-words';

/** Something about a set of seed tasks that the user should look at. */
export interface SeedWarning {
  /** Index of the seed concerned; null for the set as a whole. */
  readonly index: number | null;
  readonly text: string;
}

const NEEDED = 8;
/** Above this ROUGE-L a machine instruction would be rejected, so two seeds should not be as similar either. */
const NEAR = 0.7;
const QUOTED = 120;
/** Warnings about the set as a whole. */
export function setWarnings(seeds: readonly SeedTask[]): SeedWarning[] {
  const warnings: SeedWarning[] = [];
  if (seeds.length < NEEDED) {
    warnings.push({ index: null, text: SEED_WORDS.tooFew(NEEDED, seeds.length) });
  }
  const classification = seeds.filter((seed) => seed.isClassification).length;
  if (seeds.length > 0 && (classification === 0 || classification === seeds.length)) {
    const text = classification === 0 ? SEED_WORDS.noneClassification : SEED_WORDS.allClassification;
    warnings.push({ index: null, text });
  }
  return warnings;
}

/** Warnings about one task by itself. */
export function taskWarnings({ instruction, instances }: SeedTask): string[] {
  const warnings: string[] = [];
  const words = wordCount(instruction);
  if (words < MIN_WORDS) warnings.push(SEED_WORDS.tooShort(MIN_WORDS));
  if (words > MAX_WORDS) warnings.push(SEED_WORDS.tooLong(words, MAX_WORDS));
  if (instances.length === 0) warnings.push(SEED_WORDS.noInstance);
  if (instances.some(({ output }) => output.trim() === '')) warnings.push(SEED_WORDS.noOutput);
  const texts = [instruction, ...instances.flatMap(({ input, output }) => [input, output])];
  if (hasOdd('hidden', texts)) {
    warnings.push(SEED_WORDS.hidden);
  }
  return warnings;
}

/** Finds near-duplicate instructions in any language, by the comparison of the method. */
export class NearDuplicates {
  readonly #index = new FastIndex('unicode');
  readonly #instructions: string[] = [];

  /** The warning about an instruction among those added; `except` is its own index. */
  warning(instruction: string, except: number | null): string | null {
    const own = except === null ? null : String(except);
    const nearest = this.#index.compare(instruction, 2).nearest.find(({ id }) => id !== own);
    if (!nearest || nearest.rougeL <= NEAR) return null;
    const other = this.#instructions[Number(nearest.id)] ?? '';
    const quoted = other.length > QUOTED ? `${other.slice(0, QUOTED)}…` : other;
    return SEED_WORDS.similar(nearest.rougeL.toFixed(2), quoted);
  }
  add(instruction: string): void {
    this.#index.add(String(this.#instructions.length) as TaskId, instruction);
    this.#instructions.push(instruction);
  }
}
