/** What a run is called where several are named: an imported data set by its file. */
import type { RunRecord } from '../../core/run';
import { WORDS } from '../words';

const LONGEST = 40;

export function originName({ imported, model }: RunRecord): string {
  const from = imported?.file ?? model.name;
  return from.length > LONGEST ? `${from.slice(0, LONGEST)}…` : from;
}
export const runName = (run: RunRecord): string => WORDS.run.name(run.number, originName(run));
