/** What a run is called where several are named: an imported data set by its file. */
import type { RunRecord } from '../../core/run';

const LONGEST = 40;

export function runName({ number, imported, model }: RunRecord): string {
  const from = imported?.file ?? model.name;
  return `Run ${number}, ${from.length > LONGEST ? `${from.slice(0, LONGEST)}…` : from}`;
}
