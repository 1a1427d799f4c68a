/** Whether two hand-ins are of one run: a recording that the class works on, or the run of a group. */
import { runMark } from '../review/rating-file';
import type { RunRecord } from '../run';

/** The same for the same run on any device. */
export const runKey = (run: RunRecord): string => JSON.stringify(runMark(run));
