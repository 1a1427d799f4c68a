import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labelOf, candidateId, runId, seedId } from '../../core/ids';
import type { TaskId } from '../../core/task';
import { machineTask, poolSeed, rejectedCandidate } from '../../testing/many-tasks';
import { rejectedRow, SortedRows, taskRow } from './pool-rows';

const RUN = runId(7);
const anyId: fc.Arbitrary<TaskId> = fc.oneof(
  fc.nat(40).map((index) => seedId(RUN, index)),
  fc.tuple(fc.nat(9), fc.nat(5)).map(([request, item]) => candidateId(RUN, request, item)),
);

describe('SortedRows', () => {
  it('holds the rows that a plain map would hold, seeds first, in the order of ids', () => {
    const step = fc.record({ id: anyId, text: fc.string(), remove: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const rows = new SortedRows<{ id: TaskId; text: string }>();
        const plain = new Map<TaskId, { id: TaskId; text: string }>();
        for (const { id, text, remove } of steps) {
          if (remove) {
            rows.remove(id);
            plain.delete(id);
          } else {
            rows.put({ id, text });
            plain.set(id, { id, text });
          }
        }
        const isSeed = (id: string): boolean => id.startsWith(`${RUN}-s`);
        const sorted = [...plain.values()].sort(
          (a, b) => Number(isSeed(b.id)) - Number(isSeed(a.id)) || (a.id < b.id ? -1 : 1),
        );
        expect(rows.rows).toEqual(sorted);
        for (const { id } of steps) expect(rows.get(id)).toEqual(plain.get(id));
      }),
    );
  });
});

describe('taskRow', () => {
  it('says what is known at each stage', () => {
    const stages = [0, 1, 2].map((seq) => taskRow(machineTask(RUN, seq, 'Name two rivers.')));
    expect(stages.map(({ stage }) => stage)).toEqual(['instruction', 'identified', 'complete']);
    expect(stages.map(({ isClassification }) => isClassification)).toEqual([null, false, false]);
    expect(stages.map(({ instances }) => instances)).toEqual([null, null, 1]);
  });
  it('gives a seed task no stage and no score', () => {
    const row = taskRow(poolSeed(RUN, 3, 'Sort THE Words.'));
    expect(row).toMatchObject({ origin: 'seed', stage: null, rougeL: null, folded: 'sort the words.' });
    expect(row.label).toBe(labelOf(row.id));
  });
  it('knows an edited task', () => {
    const task = machineTask(RUN, 2, 'Name two rivers.');
    const provenance = { ...task.provenance, original: { instruction: 'Name a river.', instances: [] } };
    expect(taskRow(task).edited).toBe(false);
    expect(taskRow({ ...task, provenance }).edited).toBe(true);
  });
});

describe('rejectedRow', () => {
  it('leaves kept candidates to their tasks', () => {
    const candidate = rejectedCandidate(RUN, 4, 'Draw your street.');
    expect(rejectedRow({ ...candidate, verdict: 'kept' })).toBeNull();
    expect(rejectedRow(candidate)).toMatchObject({
      kind: 'rejected',
      reason: 'blocked-word',
      detail: 'street',
    });
  });
});
