/** ROUGE-L by plain dynamic programming, as the rouge_score package computes it: the oracle of the faster engines. */

export interface RougeL {
  readonly precision: number;
  readonly recall: number;
  readonly fmeasure: number;
}

/** Length of the longest common subsequence. */
export function lcsLength(a: readonly unknown[], b: readonly unknown[]): number {
  let previous = new Uint32Array(b.length + 1);
  let current = new Uint32Array(b.length + 1);
  for (const item of a) {
    for (let j = 1; j <= b.length; j++) {
      current[j] = item === b[j - 1] ? previous[j - 1]! + 1 : Math.max(previous[j]!, current[j - 1]!);
    }
    [previous, current] = [current, previous];
  }
  return previous[b.length]!;
}

/**
 * F1 from a common length, in rouge_score's order of operations: another order gives other doubles, and 0.7 is an edge.
 * @param common LCS length; @param target tokens of the new text; @param prediction tokens of the pool member
 */
export function fMeasure(common: number, target: number, prediction: number): number {
  if (target === 0 || prediction === 0) return 0;
  const precision = common / prediction;
  const recall = common / target;
  return precision + recall > 0 ? (2 * precision * recall) / (precision + recall) : 0;
}

/** ROUGE-L of two lists of words; all zero when one is empty. */
export function rougeL(target: readonly unknown[], prediction: readonly unknown[]): RougeL {
  if (target.length === 0 || prediction.length === 0) return { precision: 0, recall: 0, fmeasure: 0 };
  const common = lcsLength(target, prediction);
  return {
    precision: common / prediction.length,
    recall: common / target.length,
    fmeasure: fMeasure(common, target.length, prediction.length),
  };
}

/** Index pairs of one longest common subsequence, in order. Quadratic memory: for two texts shown side by side. */
export function commonSubsequence(a: readonly unknown[], b: readonly unknown[]): [number, number][] {
  const width = b.length + 1;
  const table = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      table[i * width + j] =
        a[i] === b[j]
          ? table[(i + 1) * width + j + 1]! + 1
          : Math.max(table[(i + 1) * width + j]!, table[i * width + j + 1]!);
    }
  }
  const pairs: [number, number][] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) pairs.push([i++, j++]);
    else if (table[(i + 1) * width + j]! >= table[i * width + j + 1]!) i++;
    else j++;
  }
  return pairs;
}
