import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { complete, machineTask } from '../../testing/tiny-pool';
import { runId } from '../ids';
import type { MachineTask } from '../task';
import { type Change, changesOf, piecesOf, REPLACE_FIELDS, type ReplaceRule, withChanges } from './replace';

const rule = (find: string, replace: string, more: Partial<ReplaceRule> = {}): ReplaceRule => ({
  find,
  replace,
  fields: REPLACE_FIELDS,
  matchCase: true,
  wholeWords: false,
  ...more,
});
const task = (instruction: string, input = 'in', output = 'out'): MachineTask => ({
  ...machineTask(runId(1), 0, instruction),
  stage: 'complete',
  isClassification: false,
  dropped: [],
  instances: [{ input, output }],
});
const after = (text: string, asked: ReplaceRule): string => changesOf(task(text), asked)[0]?.after ?? text;

describe('search and replace', () => {
  it('takes the words as they are written, never as a pattern', () => {
    expect(after('a.b axb (c) [d] $1', rule('a.b', 'X'))).toBe('X axb (c) [d] $1');
    expect(after('a (c)', rule('(c)', '$& $1 \\n'))).toBe('a $& $1 \\n');
    expect(after('50% - [x]/{y}|^$', rule('- [x]/{y}|^$', '!'))).toBe('50% !');
  });
  it('minds case and whole words when asked', () => {
    expect(after('The theatre, the THE', rule('the', 'a', { matchCase: false }))).toBe('a aatre, a a');
    expect(after('The theatre, the THE', rule('the', 'a', { matchCase: false, wholeWords: true }))).toBe(
      'a theatre, a a',
    );
    expect(after('The theatre, the', rule('the', 'a', { wholeWords: true }))).toBe('The theatre, a');
    expect(after('café caf', rule('caf', 'x', { wholeWords: true }))).toBe('café x');
    // Folding the case of İ would move all that follows it.
    expect(after('İİİ End', rule('end', 'x', { matchCase: false }))).toBe('İİİ x');
  });
  it('looks only where it is asked to, and only at what is written', () => {
    const whole = task('a', 'a', 'a');
    expect(changesOf(whole, rule('a', 'b', { fields: ['input'] })).map(({ field }) => field)).toEqual([
      'input',
    ]);
    expect(changesOf(machineTask(runId(1), 0, 'a'), rule('a', 'b')).map(({ field }) => field)).toEqual([
      'instruction',
    ]);
    expect(changesOf(whole, rule('', 'b'))).toEqual([]);
    expect(changesOf(whole, rule('a', 'a'))).toEqual([]);
  });
  it('makes the changes that were chosen and no other', () => {
    const base = complete(machineTask(runId(1), 0, 'put 1'), 2);
    if (base.stage !== 'complete') throw new Error('not complete');
    const changes = changesOf(base, rule('put', 'PUT'));
    expect(changes.map(({ id }) => id.split('/')[1])).toEqual([
      'instruction',
      'input-0',
      'output-0',
      'input-1',
      'output-1',
    ]);
    const chosen = changes.filter(({ field }) => field !== 'output');
    expect(withChanges(base, chosen)).toEqual({
      instruction: 'PUT 1',
      instances: [
        { input: 'inPUT 0', output: 'output 0' },
        { input: 'inPUT 1', output: 'output 1' },
      ],
    });
  });
  it('does what splitting and joining does, for any text', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'b', '.', '$', '\\', '(', '\n', 'é', '😀', ' '),
      maxLength: 12,
    });
    fc.assert(
      fc.property(
        text,
        text.filter((find) => find !== ''),
        text,
        (before, find, put) => {
          expect(after(before, rule(find, put))).toBe(before.split(find).join(put));
        },
      ),
    );
  });
});

describe('the preview', () => {
  const change = (text: string, find: string, put: string): Change => {
    const [first] = changesOf(task(text), rule(find, put));
    if (!first) throw new Error('nothing found');
    return first;
  };
  it('marks the words on both sides', () => {
    expect(piecesOf(change('one two one', 'one', '1'), rule('one', '1'))).toEqual({
      before: [
        { text: 'one', marked: true },
        { text: ' two ', marked: false },
        { text: 'one', marked: true },
      ],
      after: [
        { text: '1', marked: true },
        { text: ' two ', marked: false },
        { text: '1', marked: true },
      ],
    });
    expect(piecesOf(change('one two', 'one', ''), rule('one', '')).after).toEqual([
      { text: ' two', marked: false },
    ]);
  });
  it('counts the places, and marks as many', () => {
    const asked = rule('the', 'a', { matchCase: false, wholeWords: true });
    const [found] = changesOf(task('The theatre, the THE'), asked);
    expect(found?.places).toBe(3);
    const { before } = piecesOf(found as Change, asked);
    expect(before.filter(({ marked }) => marked).map(({ text }) => text)).toEqual(['The', 'the', 'THE']);
  });
  it('is the whole text while it is short, and stays short for long ones', () => {
    const short = fc.string({ unit: 'grapheme', maxLength: 30 });
    fc.assert(
      fc.property(short, short, (a, b) => {
        const text = `${a}needle${b}`;
        const found = change(text, 'needle', 'N');
        const sides = piecesOf(found, rule('needle', 'N'));
        expect(sides.before.map((piece) => piece.text).join('')).toBe(found.before);
        expect(sides.after.map((piece) => piece.text).join('')).toBe(found.after);
      }),
    );
    const long = '😀'.repeat(500);
    const sides = piecesOf(change(`${long}x${long}x${long}`, 'x', 'y'), rule('x', 'y'));
    for (const { text } of [...sides.before, ...sides.after]) {
      expect(text.length).toBeLessThan(130);
      expect(text.isWellFormed()).toBe(true);
    }
  });
});
