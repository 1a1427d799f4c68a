/**
 * Tells an output that only says again what the instruction says: "One coin is not a nickel." A filter of our own; the paper
 * has none. An answer in a whole sentence ("The capital of France is Paris.") repeats much of its question as well, so all
 * words but one must stand in the instruction side by side. An output to an input is left alone: corrected, copied and
 * completed texts are right. How often it is right: docs/instance-filters.md.
 */
import { tokenize } from '../similarity/tokenize';
import type { Instance } from '../task';

/** Shorter outputs may well stand in the instruction: "Answer yes or no." */
const LEAST_WORDS = 4;
/** Longer texts are no repetition of an instruction, and comparing them would take long. */
const MOST_WORDS = 500;

export function repeatsInstruction(instruction: string, { input, output }: Instance): boolean {
  if (input !== '') return false;
  const words = tokenize(output, 'unicode');
  if (words.length < LEAST_WORDS || words.length > MOST_WORDS) return false;
  const asked = tokenize(instruction, 'unicode').slice(0, MOST_WORDS);
  return longestRun(words, asked) >= Math.max(LEAST_WORDS, words.length - 1);
}

/** Words that stand side by side in both texts. */
function longestRun(a: readonly string[], b: readonly string[]): number {
  let longest = 0;
  let before: number[] = [];
  for (const word of a) {
    const runs = b.map((other, j) => (word === other ? (before[j - 1] ?? 0) + 1 : 0));
    longest = Math.max(longest, ...runs);
    before = runs;
  }
  return longest;
}
