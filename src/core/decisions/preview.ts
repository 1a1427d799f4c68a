/** How another threshold would judge a run's candidates: counts for the charts, and changed verdicts. */
import type { RunProgress } from '../run';
import { type Candidate, REJECT_REASONS } from '../task';

/** A candidate with its index among those that the similarity filter decided; -1 when it did not. */
export type DecisionRow = Candidate & { readonly place: number };

/** Candidates of one range of scores. */
export interface ScoreBin {
  kept: number;
  newlyRejected: number;
  newlyKept: number;
  rejected: number;
}
/** Bins of the histogram of scores, each 0.02 wide. */
export const BINS = 50;

/** What a threshold accepts and rejects, and what that changes. */
export interface ThresholdPreview {
  readonly threshold: number;
  readonly kept: number;
  /** By index: 1 when it is kept. */
  readonly flags: Uint8Array;
  readonly bins: readonly Readonly<ScoreBin>[];
  readonly newlyRejected: readonly DecisionRow[];
  readonly newlyKept: readonly DecisionRow[];
}

/** Rows in the order of the run, without those past the target: they join no pool at any threshold. */
export function decisionRows(candidates: readonly Candidate[], from = 0): DecisionRow[] {
  let place = from;
  return candidates.map((candidate) => {
    const decided = candidate.verdict === 'kept' || candidate.verdict === 'too-similar';
    return { ...candidate, place: decided ? place++ : -1 };
  });
}

/** The bin of a ROUGE-L score; a score on an edge belongs to the upper bin. */
export const binOf = (score: number): number => Math.min(BINS - 1, Math.floor(score * BINS + 1e-9));

/** Judges a run's candidates by another threshold. */
export class Previewer {
  /** Candidates that the similarity filter decided, by index. */
  readonly decided: readonly DecisionRow[];
  readonly #bins: Uint8Array;
  constructor(rows: readonly DecisionRow[]) {
    this.decided = rows.filter(({ place }) => place >= 0);
    this.#bins = Uint8Array.from(this.decided, ({ nearest }) => binOf(nearest?.rougeL ?? 0));
  }

  /** The verdicts as they are stored. */
  stored(threshold: number): ThresholdPreview {
    const flags = Uint8Array.from(this.decided, ({ verdict }) => (verdict === 'kept' ? 1 : 0));
    return this.at(threshold, flags);
  }

  at(threshold: number, flags: Uint8Array): ThresholdPreview {
    const bins: ScoreBin[] = Array.from({ length: BINS }, () => ({
      kept: 0,
      newlyRejected: 0,
      newlyKept: 0,
      rejected: 0,
    }));
    const newlyRejected: DecisionRow[] = [];
    const newlyKept: DecisionRow[] = [];
    let kept = 0;
    for (const [place, row] of this.decided.entries()) {
      const bin = bins[this.#bins[place] ?? 0];
      if (!bin) continue;
      const was = row.verdict === 'kept';
      if (flags[place] === 1) {
        kept++;
        if (was) bin.kept++;
        else {
          bin.newlyKept++;
          newlyKept.push(row);
        }
      } else if (was) {
        bin.newlyRejected++;
        newlyRejected.push(row);
      } else bin.rejected++;
    }
    return { threshold, kept, flags, bins, newlyRejected, newlyKept };
  }
}

/** The verdict of a row at the threshold of the preview. */
export function verdictAt(row: DecisionRow, { flags }: ThresholdPreview): Candidate['verdict'] {
  if (row.place < 0) return row.verdict;
  return flags[row.place] === 1 ? 'kept' : 'too-similar';
}

/** Stored candidates by verdict. */
export type VerdictCounts = Readonly<Record<Candidate['verdict'], number>>;

/** Counts stored candidates by verdict. */
export function tallyOf(rows: readonly Candidate[]): VerdictCounts {
  const tally: Record<string, number> = Object.fromEntries(
    ['kept', ...REJECT_REASONS].map((name) => [name, 0]),
  );
  for (const { verdict } of rows) tally[verdict] = (tally[verdict] ?? 0) + 1;
  return tally as VerdictCounts;
}

/** The counters of the run as they would be at the threshold of the preview. */
export function countsAt(
  tally: VerdictCounts,
  { kept }: ThresholdPreview,
): Pick<RunProgress, 'kept' | 'rejected'> {
  const { kept: stored, ...rejected } = tally;
  return { kept, rejected: { ...rejected, 'too-similar': stored + rejected['too-similar'] - kept } };
}
