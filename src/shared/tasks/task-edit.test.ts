import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runId } from '../../core/ids';
import { machineTask, poolSeed } from '../../testing/many-tasks';
import { editableOf, isUnchanged, withEditable } from '../../core/review/task-edits';
import { differs, type Draft, draftOf, draftProblem, originalDraft, withDraft } from './task-edit';

const RUN = runId(1);
const [bare, typed, whole] = [0, 1, 2].map((seq) => machineTask(RUN, seq, 'Name two rivers in Asia.')) as [
  ReturnType<typeof machineTask>,
  ReturnType<typeof machineTask>,
  ReturnType<typeof machineTask>,
];
const changed = (draft: Draft, change: Partial<Draft>): Draft => ({ ...draft, ...change });
const seed = poolSeed(RUN, 0, 'Sort the words.');

describe('an edit', () => {
  it('keeps what the machine wrote, from the first edit on', () => {
    const once = withDraft(
      whole,
      changed(draftOf(whole), { instruction: 'Name two lakes.', isClassification: true }),
    );
    const twice = withDraft(once, changed(draftOf(once), { instruction: 'Name two seas.' }));
    expect(twice).toMatchObject({
      instruction: 'Name two seas.',
      isClassification: true,
      provenance: {
        original: {
          instruction: whole.instruction,
          isClassification: false,
          instances: [{ input: 'Input 2', output: 'Output 2' }],
        },
      },
    });
  });
  it('that is taken back leaves no trace', () => {
    const once = withDraft(whole, changed(draftOf(whole), { instances: [] }));
    expect(withDraft(once, draftOf(whole))).toEqual(whole);
  });
  it('changes no stage and writes nothing that the stage does not have', () => {
    for (const task of [bare, typed]) {
      const edited = withDraft(task, changed(draftOf(task), { instruction: 'Name two seas.' }));
      expect(edited).toEqual({
        ...task,
        instruction: 'Name two seas.',
        provenance: {
          ...task.provenance,
          original: {
            instruction: task.instruction,
            isClassification: task === bare ? null : false,
            instances: [],
          },
        },
      });
    }
  });
  it('made from an older stage leaves what came since', () => {
    const edited = withDraft(whole, changed(draftOf(bare), { instruction: 'Name two seas.' }));
    expect(edited).toMatchObject({
      stage: 'complete',
      isClassification: false,
      instruction: 'Name two seas.',
    });
    expect(edited).toHaveProperty('instances', draftOf(whole).instances);
  });
  it('of a seed task changes the copy in the pool', () => {
    const edited = withDraft(seed, changed(draftOf(seed), { isClassification: false, instances: [] }));
    expect(edited).toEqual({ ...seed, isClassification: false, instances: [] });
  });
});

describe('originalDraft', () => {
  it('brings back instruction, type and instances', () => {
    const edited = withDraft(whole, { instruction: 'Other words.', isClassification: true, instances: [] });
    if (edited.origin === 'seed') throw new Error('a seed came of it');
    expect(originalDraft(edited)).toEqual(draftOf(whole));
  });
  it('leaves instances that were written after the edit', () => {
    const edited = withDraft(bare, changed(draftOf(bare), { instruction: 'Other words.' }));
    if (edited.origin === 'seed') throw new Error('a seed came of it');
    const later = { ...whole, instruction: edited.instruction, provenance: edited.provenance };
    expect(originalDraft(later)).toEqual(draftOf(whole));
  });
});

describe('an edit that is taken back', () => {
  const text = fc.string({ unit: 'binary', minLength: 1 });
  const drafts = fc.record({
    instruction: text,
    isClassification: fc.boolean(),
    instances: fc.array(fc.record({ input: text, output: text }), { minLength: 1, maxLength: 3 }),
  });
  it('gives the very task, whatever was written before and by the edit', () => {
    fc.assert(
      fc.property(fc.constantFrom(bare, typed, whole, seed), drafts, drafts, (machine, earlier, later) => {
        for (const task of [machine, withDraft(machine, earlier)]) {
          const before = editableOf(task);
          const after = withDraft(task, later);
          expect(isUnchanged(after, editableOf(after))).toBe(true);
          expect(withEditable(after, before)).toEqual(task);
        }
      }),
    );
  });
  it('is not when the task has changed since', () => {
    const edited = withDraft(whole, changed(draftOf(whole), { instruction: 'Mine.' }));
    const as = editableOf(edited);
    expect(isUnchanged(edited, as)).toBe(true);
    expect(isUnchanged(whole, as)).toBe(false);
    expect(isUnchanged(withDraft(edited, changed(draftOf(edited), { instruction: 'Mine again.' })), as)).toBe(
      false,
    );
    // The same text, but written by the machine.
    expect(isUnchanged({ ...whole, instruction: 'Mine.' }, as)).toBe(false);
    const other = { ...as, original: { instruction: 'Another.', instances: [] } };
    expect(isUnchanged(edited, other)).toBe(false);
  });
});

describe('a draft', () => {
  it('differs only when something was changed', () => {
    expect(differs(whole, draftOf(whole))).toBe(false);
    const { instances } = draftOf(whole);
    const [first = { input: '', output: '' }] = instances ?? [];
    for (const change of [
      { instruction: 'x' },
      { isClassification: !draftOf(whole).isClassification },
      { isClassification: null },
      { instances: null },
      { instances: [] },
      { instances: [...(instances ?? []), first] },
      { instances: [{ ...first, input: 'x' }] },
      { instances: [{ ...first, output: 'x' }] },
    ]) {
      expect(differs(whole, changed(draftOf(whole), change)), JSON.stringify(change)).toBe(true);
    }
    expect(differs(bare, draftOf(bare))).toBe(false);
    expect(differs(bare, changed(draftOf(bare), { instances: [] }))).toBe(true);
  });
  it('needs an instruction, and an output in each instance', () => {
    expect(draftProblem(draftOf(whole))).toBeNull();
    expect(draftProblem(changed(draftOf(whole), { instruction: ' \n' }))).toMatch(/at least one word/u);
    const instances = [
      { input: '', output: 'ok' },
      { input: 'in', output: ' ' },
    ];
    expect(draftProblem(changed(draftOf(whole), { instances }))).toMatch(/Instance 2/u);
  });
});
