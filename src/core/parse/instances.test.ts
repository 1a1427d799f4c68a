import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SWITCHES } from '../presets';
import { Random } from '../random';
import type { Switches } from '../run';
import { type InstanceOptions, parseInstances } from './instances';

const { ours, reference } = SWITCHES;
const options = (switches: Partial<Switches> = {}, more: Partial<InstanceOptions> = {}): InstanceOptions => ({
  instruction: 'Say a few words.',
  outputFirst: false,
  finishReason: 'stop',
  switches: { ...ours, ...switches },
  maxInstances: 5,
  random: new Random(1),
  ...more,
});
const labels = (switches: Partial<Switches> = {}): InstanceOptions =>
  options(switches, { outputFirst: true });
const kept = (text: string, by = options()) => parseInstances(text, by).instances;
const dropped = (text: string, by = options()) => parseInstances(text, by).dropped;

describe('input first', () => {
  it('reads examples with and without input', () =>
    expect(kept('Example 1\nInput: moon\nOutput: It shines.\nExample 2\nOutput: None.')).toEqual([
      { input: 'moon', output: 'It shines.' },
      { input: '', output: 'None.' },
    ]));
  it.each(['Example 2', 'Example 2.', 'Example 2:', 'Example', ' Example 2 :', '\tExample\t2'])(
    'splits at the line %j',
    (line) => expect(kept(`Example 1\nOutput: One.\n${line}\nOutput: Two.`)).toHaveLength(2),
  );
  it('splits where the input follows on the same line', () =>
    expect(kept('Example 1 Input: a\nOutput: b\nExample 2. Input: c\nOutput: d')).toEqual([
      { input: 'a', output: 'b' },
      { input: 'c', output: 'd' },
    ]));
  it('is an answer without any mark', () =>
    expect(kept('Hello to you.')).toEqual([{ input: '', output: 'Hello to you.' }]));
  it('keeps lines and later "Output:" inside an output', () =>
    expect(kept('Input: a\nb\nOutput: c\n\nd Output: e')).toEqual([
      { input: 'a\nb', output: 'c\n\nd Output: e' },
    ]));

  it('ends an output at the next mark that begins a line, where the switch says so', () => {
    const text = 'Input: a\nOutput: b says Output: c\n Output: d\nInput: e';
    expect(kept(text)).toEqual([{ input: 'a', output: 'b says Output: c' }]);
    expect(kept(text, options({ secondMark: 'text' }))[0]?.output).toContain('Input: e');
    expect(kept(text, options({ secondMark: 'end' }))).toEqual([{ input: 'a', output: 'b says' }]);
  });
  it('splits at "Example" inside an answer only when the switch says so', () => {
    const text = 'Example 1\nInput: rain\nOutput: For Example 3 we stay dry.\nExample of what is wet: rain.';
    expect(kept(text)).toEqual([
      { input: 'rain', output: 'For Example 3 we stay dry.\nExample of what is wet: rain.' },
    ]);
    expect(kept(text, options({ exampleSplit: 'anywhere' })).map(({ output }) => output)).toEqual([
      'For',
      'we stay dry.',
      'of what is wet: rain.',
    ]);
  });
  it('drops an input without output, or takes it as the output', () => {
    expect(parseInstances('Input: only this', options())).toEqual({
      instances: [],
      dropped: [{ input: 'only this', output: '', reason: 'empty-output' }],
    });
    expect(kept('Input: only this', options({ inputWithoutOutput: 'as-output' }))).toEqual([
      { input: '', output: 'only this' },
    ]);
  });
});

describe('label first', () => {
  it('reads the label, then the input', () =>
    expect(
      kept('Class label: Sweet\nInput: honey\nClass label: Sour\nInput: a lemon\nand vinegar', labels()),
    ).toEqual([
      { input: 'honey', output: 'Sweet' },
      { input: 'a lemon\nand vinegar', output: 'Sour' },
    ]));
  it('reads a label without input', () =>
    expect(kept('Class label: Yes', labels())).toEqual([{ input: '', output: 'Yes' }]));
  it('knows no instance before the first label, or without one', () => {
    expect(parseInstances('Sure, here it is\nClass label: A\nInput: b', labels())).toEqual({
      instances: [{ input: 'b', output: 'A' }],
      dropped: [],
    });
    expect(parseInstances('Example 1\nInput: a\nOutput: b', labels())).toEqual({
      instances: [],
      dropped: [],
    });
  });
  it('does not split at a label in the middle of a line', () =>
    expect(kept('Class label: A\nInput: the words Class label: are here', labels())).toHaveLength(1));
  it('drops two labels for no input, unless the switch says keep', () => {
    const text = 'Class label: Yes\nClass label: No';
    expect(parseInstances(text, labels())).toEqual({
      instances: [],
      dropped: [
        { input: '', output: 'Yes', reason: 'contradiction' },
        { input: '', output: 'No', reason: 'contradiction' },
      ],
    });
    expect(kept(text, labels({ emptyInputContradiction: 'keep' }))).toHaveLength(2);
  });
});

describe('instances are dropped', () => {
  it('when the answer was cut: the last', () =>
    expect(
      parseInstances(
        'Example 1\nOutput: One.\nExample 2\nOutput: Tw',
        options({}, { finishReason: 'length' }),
      ),
    ).toEqual({
      instances: [{ input: '', output: 'One.' }],
      dropped: [{ input: '', output: 'Tw', reason: 'unfinished' }],
    }));
  it('but not where another one had begun, if the switch says so', () => {
    const text = 'Example 1\nOutput: One.\nExample 2\nOutput: Two.\nOutput: Thr';
    const cut = { finishReason: 'length' } as const;
    expect(kept(text, options({}, cut)).map(({ output }) => output)).toEqual(['One.', 'Two.']);
    for (const secondMark of ['text', 'end'] as const)
      expect(kept(text, options({ secondMark }, cut)).map(({ output }) => output)).toEqual(['One.']);
  });
  it.each([
    ['Input: a\nOutput:', 'empty-output'],
    ['Input: same\nOutput: same', 'input-equals-output'],
    ['Input: a list:\nOutput: x', 'trailing-colon'],
    ['Input: a\nOutput: the answer is:', 'trailing-colon'],
  ])('%j: %s', (text, reason) => {
    expect(kept(text)).toEqual([]);
    expect(dropped(text).map((instance) => instance.reason)).toEqual([reason]);
  });
  it('all, when one input has two outputs', () => {
    const text =
      'Example 1\nInput: a\nOutput: b\nExample 2\nInput: a\nOutput: c\nExample 3\nInput: d\nOutput: e';
    expect(kept(text)).toEqual([]);
    expect(dropped(text).map(({ reason }) => reason)).toEqual([
      'contradiction',
      'contradiction',
      'contradiction',
    ]);
  });
  it('not, when no input has two outputs: open tasks may have many answers', () =>
    expect(kept('Example 1\nOutput: One.\nExample 2\nOutput: Two.')).toHaveLength(2));
  it('when they were there before, in order', () =>
    expect(
      parseInstances('Example 1\nOutput: One.\nExample 2\nOutput: Two.\nExample 3\nOutput: One.', options()),
    ).toEqual({
      instances: [
        { input: '', output: 'One.' },
        { input: '', output: 'Two.' },
      ],
      dropped: [{ input: '', output: 'One.', reason: 'duplicate' }],
    }));
  it('when there are more than five', () => {
    const text = Array.from({ length: 7 }, (_, i) => `Example ${i + 1}\nInput: ${i}\nOutput: out ${i}`).join(
      '\n',
    );
    expect(kept(text)).toHaveLength(5);
    expect(dropped(text).map(({ input, reason }) => [input, reason])).toEqual([
      ['5', 'over-limit'],
      ['6', 'over-limit'],
    ]);
  });
});

describe('a lone "word:" before an input', () => {
  const text = 'Input: 10:30 in the lobby\nOutput: noted';
  it('is kept', () => expect(kept(text)[0]?.input).toBe('10:30 in the lobby'));
  it('is removed half of the time when the switch says so', () => {
    const inputs = Array.from({ length: 400 }, (_, seed) =>
      kept(text, options({ inputLabel: 'strip-half' }, { random: new Random(seed) })).map(
        ({ input }) => input,
      ),
    ).flat();
    const stripped = inputs.filter((input) => input === '30 in the lobby').length;
    expect(inputs.filter((input) => input === '10:30 in the lobby')).toHaveLength(400 - stripped);
    expect(stripped).toBeGreaterThan(150);
    expect(stripped).toBeLessThan(250);
  });
});

describe('hostile text', () => {
  it.each([
    ' '.repeat(100_000),
    '\n'.repeat(100_000),
    `Example${' '.repeat(100_000)}x`,
    `Example${'\t '.repeat(50_000)}.${' '.repeat(50_000)}x`,
    `Example ${'1'.repeat(100_000)}x`,
    'Example '.repeat(12_500),
    '\nExample 1\n'.repeat(9_000),
    '\nClass label:'.repeat(7_500),
    'Output:'.repeat(14_000),
    `\n${' '.repeat(100_000)}Class label`,
    `${'a'.repeat(100_000)}:`,
  ])('of 100 KB is read (%#)', (text) => {
    for (const outputFirst of [true, false]) {
      for (const switches of [ours, reference]) {
        const parsed = parseInstances(text, options(switches, { outputFirst }));
        expect(parsed.instances.length).toBeLessThanOrEqual(5);
      }
    }
  });
  it('never throws; what is kept is usable', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.constantFrom('\nExample 1\n', 'Input: ', '\nOutput: ', '\nClass label: ', 'a', ':', '\n'),
    );
    fc.assert(
      fc.property(
        fc.array(piece),
        fc.boolean(),
        fc.constantFrom(ours, reference),
        (pieces, outputFirst, switches) => {
          const { instances } = parseInstances(pieces.join(''), options(switches, { outputFirst }));
          for (const { input, output } of instances) {
            expect(output).not.toBe('');
            expect(input).not.toBe(output);
            expect(output.endsWith(':') || input.endsWith(':')).toBe(false);
          }
          expect(new Set(instances.map((instance) => JSON.stringify(instance))).size).toBe(instances.length);
        },
      ),
    );
  });
});

describe('an output that repeats its instruction', () => {
  const text = 'Example 1\nOutput: You are a king of France.\nExample 2\nOutput: I rule this land.';
  const asked = { instruction: 'You are a king of France. What do you do?' };
  it('is dropped with its reason, where the filter is on', () =>
    expect(
      parseInstances(text, options({ repetitions: 'reject', emptyInputContradiction: 'keep' }, asked)),
    ).toEqual({
      instances: [{ input: '', output: 'I rule this land.' }],
      dropped: [{ input: '', output: 'You are a king of France.', reason: 'repeats-instruction' }],
    }));
  it('is kept as in the paper', () =>
    expect(kept(text, options({ repetitions: 'keep' }, asked))).toHaveLength(2));
});
