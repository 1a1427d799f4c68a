import { describe, expect, it } from 'vitest';
import { candidateOf, instructionCall, machineTask, poolSeeds } from '../testing/tiny-pool';
import { runId } from '../core/ids';
import { type Rating, ratingId } from '../core/review/rating';
import type { RunId, TaskId } from '../core/task';
import { moveRow } from './move-row';

const from = runId(1);
const to = runId(22);
const rating = (run: RunId): Rating => {
  const { id: taskId } = machineTask(run, 3);
  const answers = { valid: true, input: null, output: null };
  const mark = { rater: 'r0001-Ana', verdict: null, flagged: true, answers, print: 9, ratedAt: 1 };
  return { id: ratingId(taskId, 'r0001-Ana'), runId: run, taskId, ...mark };
};

describe('a row that moves to another run', () => {
  it('takes all its ids along', () => {
    const task = machineTask(from, 3);
    const rows = [
      moveRow({ kind: 'task', row: task }, to),
      moveRow({ kind: 'task', row: poolSeeds(from)[0]! }, to),
      moveRow({ kind: 'candidate', row: candidateOf(task) }, to),
      moveRow({ kind: 'candidate', row: { ...candidateOf(task), nearest: null } }, to),
      moveRow({ kind: 'call', row: { ...instructionCall(from, 2), taskId: task.id } }, to),
    ];
    expect(JSON.stringify(rows)).not.toContain('r0001');
    expect(rows[0]?.row).toEqual(machineTask(to, 3));
    for (const { row } of rows) expect(row.id.startsWith('r0022-')).toBe(true);
  });
  it('keeps who rated, whatever the name is', () => {
    const moved = moveRow({ kind: 'rating', row: rating(from) }, to);
    expect(moved.row).toEqual(rating(to));
    expect(moved.row.id).toBe('r0022-m000003-000~r0001-Ana');
  });
  it('stays in the new run’s key range whatever its id is', () => {
    for (const id of ['', 'x', 'r0001', '-', 'r0001-', 'r9999-s00001']) {
      const { row } = moveRow(
        { kind: 'candidate', row: { ...candidateOf(machineTask(from, 0)), id: id as TaskId } },
        to,
      );
      expect(row.id.startsWith('r0022-')).toBe(true);
    }
  });
});
