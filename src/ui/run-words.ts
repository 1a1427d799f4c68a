/** Words for a run: its stages, and where it came from (generated here, restored from a backup, or imported from a file). */
import type { PipelineStage, RunRecord } from '../core/run';

/** Names of the three kinds of requests. */
export const STAGE_WORDS: Readonly<Record<PipelineStage, string>> = {
  instructions: 'Instructions',
  classification: 'Type',
  instances: 'Instances',
};

const LONGEST = 60;
const short = (name: string): string => (name.length > LONGEST ? `${name.slice(0, LONGEST)}…` : name);

/** Beside the run's number: its model, or the file that it was read from. */
export function runNote({
  source,
  imported,
  model,
}: Pick<RunRecord, 'source' | 'imported' | 'model'>): string {
  if (imported) return `data set imported from ${short(imported.file)}`;
  return source === 'imported' ? `${model.name}, restored from a backup` : model.name;
}
