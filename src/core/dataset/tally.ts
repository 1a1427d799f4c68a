/** Recounts a run's counters from its rows, so that the counters of a backup match its rows. */
import { initialProgress, withCall, withCandidate, withReplaced } from '../pipeline/progress';
import type { BackupRow } from '../ports';
import { PIPELINE_STAGES, type RunProgress } from '../run';
import { REJECT_REASONS, type RunId } from '../task';

/** Recounts a run's progress from its rows. */
export class Tally {
  #progress: RunProgress;

  constructor(runId: RunId) {
    this.#progress = initialProgress(runId);
  }

  add(entry: BackupRow): void {
    switch (entry.kind) {
      case 'task':
        if (entry.row.origin === 'machine') this.#progress = withReplaced(this.#progress, entry.row);
        break;
      case 'candidate':
        // A kept candidate counts as its task, unless that was removed.
        if (entry.row.verdict !== 'kept') this.#progress = withCandidate(this.#progress, entry.row);
        break;
      case 'call':
        this.#progress = withCall(this.#progress, entry.row);
        break;
      case 'rating':
        // Ratings are not part of the run's counters.
        break;
    }
  }

  /** The counters, with what cannot be counted (times, position) from `base`. */
  progress(base: RunProgress): RunProgress {
    const { rounds, nextSeq, modelSeconds, seconds, firstAcceptedSeconds, finished } = base;
    return {
      ...this.#progress,
      rounds,
      nextSeq,
      modelSeconds,
      seconds,
      firstAcceptedSeconds,
      finished,
    };
  }
}

/** Whether two progress records count the same. */
export const sameCounts = (a: RunProgress, b: RunProgress): boolean => counts(a) === counts(b);

const counts = (progress: RunProgress): string =>
  JSON.stringify([
    progress.kept,
    progress.identified,
    progress.classification,
    progress.completed,
    progress.instances,
    progress.droppedInstances,
    REJECT_REASONS.map((reason) => progress.rejected[reason] ?? 0),
    PIPELINE_STAGES.map((stage) => {
      const { calls, promptTokens, cachedTokens, completionTokens, callSeconds } = progress.stages[stage];
      return [calls, promptTokens, cachedTokens, completionTokens, callSeconds];
    }),
  ]);
