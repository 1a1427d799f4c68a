/** Gives the rows of an imported run the ids of their new run: ids begin with the run's id, so the prefix is replaced. */
import type { BackupRow } from '../core/ports';
import { ratingId } from '../core/review/rating';
import type { Neighbour, RunId, TaskId } from '../core/task';

export function moveRow(entry: BackupRow, runId: RunId): BackupRow {
  // An id without a hyphen is not ours; it must not leave the new run's key range either.
  const moveId = <T extends string>(id: T): T =>
    (id.includes('-') ? `${runId}${id.slice(id.indexOf('-'))}` : `${runId}-${id}`) as T;
  const moveNeighbour = ({ id, rougeL }: Neighbour): Neighbour => ({ id: moveId(id), rougeL });
  const moveIds = (ids: readonly TaskId[]): TaskId[] => ids.map(moveId);
  switch (entry.kind) {
    case 'task': {
      const { row } = entry;
      if (row.origin === 'seed') return { kind: 'task', row: { ...row, id: moveId(row.id), runId } };
      const { exemplars, mostSimilar } = row.provenance;
      const provenance = {
        ...row.provenance,
        exemplars: moveIds(exemplars),
        mostSimilar: mostSimilar.map(moveNeighbour),
      };
      return { kind: 'task', row: { ...row, id: moveId(row.id), runId, provenance } };
    }
    case 'candidate': {
      const { row } = entry;
      const nearest = row.nearest && moveNeighbour(row.nearest);
      return { kind: 'candidate', row: { ...row, id: moveId(row.id), runId, nearest } };
    }
    case 'call': {
      const { row } = entry;
      const taskId = row.taskId && moveId(row.taskId);
      return {
        kind: 'call',
        row: { ...row, id: moveId(row.id), runId, taskId, exemplars: moveIds(row.exemplars) },
      };
    }
    case 'rating': {
      const { row } = entry;
      const taskId = moveId(row.taskId);
      return { kind: 'rating', row: { ...row, id: ratingId(taskId, row.rater), runId, taskId } };
    }
  }
}
