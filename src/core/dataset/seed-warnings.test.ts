import { describe, expect, it } from 'vitest';
import { rougeL } from '../similarity/rouge-l';
import { tokenize } from '../similarity/tokenize';
import type { SeedTask } from '../task';
import { NearDuplicates, setWarnings, taskWarnings } from './seed-warnings';

const seed = (instruction: string, more: Partial<SeedTask> = {}): SeedTask => ({
  id: instruction,
  name: instruction,
  instruction,
  isClassification: false,
  instances: [{ input: '', output: 'fine' }],
  ...more,
});

describe('warnings about seeds', () => {
  it('speak of the set as a whole', () => {
    const texts = (seeds: SeedTask[]): string[] => setWarnings(seeds).map(({ text }) => text);
    expect(texts([])).toEqual(['A prompt shows 8 tasks; this set has 0.']);
    const plain = Array.from({ length: 8 }, (_, i) => seed(`Write a letter to number ${i}.`));
    expect(texts(plain)).toEqual([
      'No task is a classification task. The model will hardly write classification tasks.',
    ]);
    expect(texts(plain.map((one) => ({ ...one, isClassification: true })))[0]).toContain('All tasks are');
    expect(texts([...plain, seed('Is it a cat or a dog?', { isClassification: true })])).toEqual([]);
  });

  it('stand at the task concerned', () => {
    expect(taskWarnings(seed('Name four good kinds of bread.'))).toEqual([]);
    expect(taskWarnings(seed('Too short.'))).toEqual(['The instruction has fewer than 4 words.']);
    expect(taskWarnings(seed('Name four good kinds of bread.', { instances: [] }))).toEqual([
      'The task has no instance.',
    ]);
    expect(
      taskWarnings(seed('Name four good kinds of bread.', { instances: [{ input: 'x', output: ' ' }] })),
    ).toEqual(['An instance has no output.']);
    expect(taskWarnings(seed('word '.repeat(151)))).toEqual([
      'The instruction has 151 words; more than 150 is too long.',
    ]);
  });

  it.each([
    ['a direction override', 'Write a note \u202eabout the weather.'],
    ['a zero-width space', 'Write a\u200bnote about the weather.'],
    ['hidden tags', 'Write a note about it.\u{e0041}'],
    ['letters under many marks', 'Write a no\u0301\u0302\u0303\u0304\u0305te about it.'],
  ])('tell of %s', (_, instruction) => {
    expect(taskWarnings(seed(instruction))).toEqual([
      'The text holds invisible or direction-changing characters.',
    ]);
  });
  it('leave other scripts and emoji alone', () => {
    for (const instruction of [
      'اكتب رسالة قصيرة إلى صديقك',
      'Say it with 👩‍👩‍👧 in five words.',
      'ตั้งชื่อ นก สี่ ตัว',
    ]) {
      expect(taskWarnings(seed(instruction))).toEqual([]);
    }
  });
});

describe('near-duplicates', () => {
  it('are the pairs that ROUGE-L puts above 0.7, however many tasks there are', () => {
    const words = ['red', 'blue', 'big', 'small', 'old', 'new', 'cat', 'dog', 'bird', 'tree'];
    const texts = Array.from({ length: 120 }, (_, i) =>
      Array.from({ length: 6 }, (__, j) => words[(i * (j + 3) + j * j) % words.length]).join(' '),
    );
    const finder = new NearDuplicates();
    for (const [i, text] of texts.entries()) {
      const best = Math.max(
        0,
        ...texts.slice(0, i).map((o) => rougeL(tokenize(text, 'unicode'), tokenize(o, 'unicode')).fmeasure),
      );
      expect(finder.warning(text, null) !== null).toBe(best > 0.7);
      finder.add(text);
    }
    // A task is no duplicate of itself.
    const alone = new NearDuplicates();
    alone.add('Name a bird that cannot fly.');
    expect(alone.warning('Name a bird that cannot fly.', 0)).toBeNull();
    expect(alone.warning('Name a bird that cannot fly.', null)).toContain('ROUGE-L 1.00');
  });
});
