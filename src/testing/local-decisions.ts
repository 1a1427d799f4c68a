/** The decision desk without a worker, by the plain engine. */
import type { DecisionPreviews } from '../core/decisions/decision-previews';
import { Replay } from '../core/decisions/replay';
import { FastIndex } from '../core/similarity/fast-index';
import { buildWhatIf } from '../core/similarity/what-if';

export const localDecisions: DecisionPreviews = {
  whatIf: (question, _signal, onProgress) =>
    Promise.resolve(buildWhatIf(new FastIndex(question.mode), question, onProgress)),
  replay: async (question, pages, _signal, onProgress) => {
    const replay = new Replay(question, (mode) => new FastIndex(mode));
    for await (const page of pages) replay.add(page);
    return replay.report(onProgress);
  },
};
