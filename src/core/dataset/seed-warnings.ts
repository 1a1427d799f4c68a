/** What may go wrong with a set of seed tasks, said while it is being edited. */
import { rougeL } from '../similarity/rouge-l';
import { tokenize } from '../similarity/tokenize';
import type { SeedTask } from '../task';

export interface SeedWarning {
  /** Index of the seed concerned; null for the set as a whole. */
  readonly index: number | null;
  readonly text: string;
}

const NEEDED = 8;
const MIN_WORDS = 4;
const NEAR = 0.7;
/** Comparing all pairs is quadratic: beyond this the set is checked when it is used. */
const MAX_PAIRS_SEEDS = 600;

export function seedWarnings(seeds: readonly SeedTask[]): SeedWarning[] {
  const warnings: SeedWarning[] = [];
  if (seeds.length < NEEDED) {
    warnings.push({ index: null, text: `A prompt shows ${NEEDED} tasks; this set has ${seeds.length}.` });
  }
  const classification = seeds.filter((seed) => seed.isClassification).length;
  if (seeds.length > 0 && (classification === 0 || classification === seeds.length)) {
    const text =
      classification === 0 ? 'No task is a classification task.' : 'All tasks are classification tasks.';
    warnings.push({ index: null, text: `${text} The model will hardly write the other kind.` });
  }
  for (const [index, { instruction, instances }] of seeds.entries()) {
    if (instruction.split(/\s+/u).filter(Boolean).length < MIN_WORDS) {
      warnings.push({ index, text: 'The instruction has fewer than four words.' });
    }
    if (instances.length === 0) warnings.push({ index, text: 'The task has no instance.' });
    if (instances.some(({ output }) => output.trim() === '')) {
      warnings.push({ index, text: 'An instance has no output.' });
    }
  }
  return [...warnings, ...nearDuplicates(seeds)];
}

function nearDuplicates(seeds: readonly SeedTask[]): SeedWarning[] {
  if (seeds.length > MAX_PAIRS_SEEDS) return [];
  const tokens = seeds.map(({ instruction }) => tokenize(instruction, 'unicode'));
  const sets = tokens.map((words) => new Set(words));
  const warnings: SeedWarning[] = [];
  for (const [j, words] of tokens.entries()) {
    for (let i = 0; i < j; i++) {
      const other = tokens[i] ?? [];
      const shared = words.filter((word) => sets[i]?.has(word)).length;
      // The common subsequence is at most the shared words, so most pairs need no more than this.
      if (2 * shared <= NEAR * (words.length + other.length)) continue;
      const score = rougeL(words, other).fmeasure;
      if (score > NEAR) {
        warnings.push({
          index: j,
          text: `Very similar (${score.toFixed(2)}) to “${seeds[i]?.instruction ?? ''}”.`,
        });
      }
    }
  }
  return warnings;
}
