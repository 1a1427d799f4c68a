import { expect, it } from 'vitest';
import type { MachineTask, RunId } from '../../core/task';
import { manyTasks } from '../../testing/many-tasks';
import { contentOf } from '../../core/review/task-edits';
import { draftKeyOf, draftTask, keptText, type KeptText } from './kept-text';
import { draftOf } from './task-edit';

const { machines, run } = manyTasks(1, { seeds: 2, machines: 20, rejected: 0 });
const complete = machines.find(({ stage }) => stage === 'complete') as MachineTask;
const kept = (task: MachineTask, instruction: string): KeptText => ({
  draft: { ...draftOf(task), instruction },
  from: contentOf(task),
});

it('knows the task of a key, and keys of other runs and forms as others', () => {
  const key = draftKeyOf(complete.id);
  expect(draftTask(key, run.id)).toBe(complete.id);
  expect(draftTask(key, 'r0099' as RunId)).toBeNull();
  expect(draftTask(`seed:${complete.id}`, run.id)).toBeNull();
});

it('makes the form again, and tells when the task says something else by now', () => {
  const text = kept(complete, 'Typed, not saved.');
  expect(keptText(text, complete)).toEqual({ draft: text.draft, stale: false });
  const changed = { ...complete, instruction: 'Changed in another tab.' };
  expect(keptText(text, changed)).toEqual({ draft: text.draft, stale: true });
});

it('takes from the task what the machine has written since', () => {
  const {
    stage: _stage,
    isClassification: _type,
    instances: _instances,
    dropped: _dropped,
    ...rest
  } = complete as MachineTask & {
    stage: 'complete';
  };
  const before: MachineTask = { ...rest, stage: 'instruction' };
  const text = kept(before, 'Typed early.');
  expect(text.draft).toMatchObject({ isClassification: null, instances: null });
  const { draft, stale } = keptText(text, complete);
  expect(draft).toEqual({ ...draftOf(complete), instruction: 'Typed early.' });
  expect(stale).toBe(true);
  // And the other way round: what has no place in the task is not in the form.
  expect(keptText(kept(complete, 'Typed late.'), before).draft).toEqual({
    instruction: 'Typed late.',
    isClassification: null,
    instances: null,
  });
});
