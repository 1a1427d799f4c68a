import { describe, expect, it } from 'vitest';
import simpleSeeds from '../../../seeds/simple_seed_tasks.jsonl?raw';
import simpleUser from '../../../seeds/simple_user_tasks.jsonl?raw';
import paperSeeds from '../../../seeds/seed_tasks.jsonl?raw';
import paperUser from '../../../seeds/user_tasks.jsonl?raw';
import { classificationPrompt } from './classification-prompt';
import { CLASSIFICATION_EXAMPLES, INPUT_FIRST_EXAMPLES, OUTPUT_FIRST_EXAMPLES } from './examples';
import { estimateTokens, fitShots } from './fit';
import { instancePrompt } from './instance-prompt';
import { instructionPrompt, shownInstruction } from './instruction-prompt';

const exemplars = Array.from({ length: 8 }, (_, i) => ({ instruction: `Name ${i + 1} fruits.` }));
const lineStart = { stopAtSixteen: 'line-start' } as const;

describe('the instruction prompt', () => {
  it('is the layout that the built-in model was trained on', () => {
    expect(instructionPrompt(exemplars, false, lineStart).prompt).toBe(
      'Here is a list of different tasks.\n\n' +
        'Task 1: Name 1 fruits.\nTask 2: Name 2 fruits.\nTask 3: Name 3 fruits.\nTask 4: Name 4 fruits.\n' +
        'Task 5: Name 5 fruits.\nTask 6: Name 6 fruits.\nTask 7: Name 7 fruits.\nTask 8: Name 8 fruits.\nTask 9:',
    );
  });
  it('has its own header for classification tasks', () =>
    expect(instructionPrompt(exemplars.slice(0, 1), true, lineStart).prompt).toBe(
      'Here is a list of different classification tasks. Each one names its possible labels.\n\nTask 1: Name 1 fruits.\nTask 2:',
    ));
  it('can stand without exemplars', () =>
    expect(instructionPrompt([], false, lineStart).prompt).toBe(
      'Here is a list of different tasks.\n\nTask 1:',
    ));
  it('stops at a blank line and at the number 16, at the start of a line or anywhere', () => {
    expect(instructionPrompt(exemplars, false, lineStart).stop).toEqual(['\n\n', '\nTask 16', '\n16']);
    expect(instructionPrompt(exemplars, false, { stopAtSixteen: 'anywhere' }).stop).toEqual([
      '\n\n',
      '\nTask 16',
      '\n16',
      '16.',
      '16 .',
    ]);
  });
  it.each([
    [' Name\n a\t fruit: ', 'Name a fruit'],
    ['Name a fruit::', 'Name a fruit'],
    ['Name a fruit: :', 'Name a fruit'],
    ['10:30 is when?', '10:30 is when?'],
    [':', ''],
    ['', ''],
  ])('shows %j as %j', (text, shown) => expect(shownInstruction(text)).toBe(shown));
  it('shows 100 KB of colons and spaces', () => {
    expect(shownInstruction(`a${':'.repeat(100_000)}b`)).toHaveLength(100_002);
    expect(shownInstruction(`a${' :'.repeat(50_000)}`)).toBe('a');
  });
});

describe('the classification prompt', () => {
  it('is the layout that the built-in model was trained on', () => {
    const { prompt, stop } = classificationPrompt('Is it red: ', 2);
    expect(prompt).toBe(
      'For each task, say whether it is a classification task, where the answer is one of a few fixed labels.\n\n' +
        'Task: Is the mood of this message cheerful or gloomy?\nClassification: Yes\n\n' +
        'Task: Write a short story about a snail that wants to fly.\nClassification: No\n\n' +
        'Task: Is it red\nClassification:',
    );
    expect(stop).toEqual(['\n', 'Task']);
  });
  it('has 12 yes and 19 no, and balanced beginnings', () => {
    expect(CLASSIFICATION_EXAMPLES.filter(({ isClassification }) => isClassification)).toHaveLength(12);
    expect(CLASSIFICATION_EXAMPLES.filter(({ isClassification }) => !isClassification)).toHaveLength(19);
    for (let shots = 2; shots <= 12; shots++) {
      const yes = CLASSIFICATION_EXAMPLES.slice(0, shots).filter(
        ({ isClassification }) => isClassification,
      ).length;
      expect(Math.abs(2 * yes - shots)).toBeLessThanOrEqual(2);
    }
  });
});

describe('the instance prompts', () => {
  it('are the layouts that the built-in model was trained on: input first', () => {
    const { prompt, stop } = instancePrompt('Say hello:', false, 2);
    expect(prompt).toBe(
      'For each task, write examples. If the task needs an input, write the input first and then the output. ' +
        'If it needs no input, write only the output.\n\n' +
        'Task: Turn the sentence into a question.\nExample 1\nInput: The bus stops at the bridge.\n' +
        'Output: Does the bus stop at the bridge?\nExample 2\nInput: Mia can swim.\nOutput: Can Mia swim?\n\n' +
        'Task: Name three things you can do on a rainy afternoon.\nExample 1\n' +
        'Output: You can read a book, bake a cake or play cards.\n\n' +
        'Task: Say hello\n',
    );
    expect(stop).toEqual(['\n\nTask', '\nTask:', '\nExample 6']);
  });
  it('and label first', () =>
    expect(instancePrompt('Good or bad?', true, 1).prompt).toBe(
      'For each classification task, write one example of every label. ' +
        'Write the label first and then an input that has this label.\n\n' +
        'Task: Is the mood of this message cheerful or gloomy?\nClass label: Cheerful\n' +
        'Input: We won the game and danced all the way home!\nClass label: Gloomy\n' +
        'Input: Nobody came to my party and it rained all day.\n\n' +
        'Task: Good or bad?\n',
    ));
  it('have as many examples as the paper', () => {
    expect(INPUT_FIRST_EXAMPLES).toHaveLength(11);
    expect(INPUT_FIRST_EXAMPLES.filter(({ instances }) => instances[0]?.input === '')).toHaveLength(4);
    expect(OUTPUT_FIRST_EXAMPLES).toHaveLength(16);
    for (const { instances } of OUTPUT_FIRST_EXAMPLES) {
      expect(instances.length).toBeGreaterThanOrEqual(1);
      expect(instances.length).toBeLessThanOrEqual(4);
    }
  });
});

describe('the examples', () => {
  const normal = (text: string): string =>
    text
      .toLowerCase()
      .replace(/[^a-z0-9]+/gu, ' ')
      .trim();
  it('are no seed task and no held-out task', () => {
    const tasks = [simpleSeeds, simpleUser, paperSeeds, paperUser].flatMap((file) =>
      file
        .trim()
        .split('\n')
        .map((line) => normal((JSON.parse(line) as { instruction: string }).instruction)),
    );
    expect(tasks).toHaveLength(637);
    const known = new Set(tasks);
    const own = [
      ...CLASSIFICATION_EXAMPLES.map(({ instruction }) => instruction),
      ...[...INPUT_FIRST_EXAMPLES, ...OUTPUT_FIRST_EXAMPLES].map(({ instruction }) => instruction),
    ];
    expect(own.filter((text) => known.has(normal(text)))).toEqual([]);
  });
});

describe('fitting', () => {
  const build = (shots: number): string => 'x'.repeat(30 * (shots + 1));
  it('counts three characters a token', () => {
    expect(estimateTokens('')).toBe(0);
    expect(estimateTokens('abc')).toBe(1);
    expect(estimateTokens('abcd')).toBe(2);
  });
  it.each([
    [8, 1000, 100, 8],
    [8, 170, 80, 8],
    [8, 169, 80, 7],
    [8, 120, 60, 5],
    [8, 10, 5, 1],
    [1, 10, 5, 1],
    [0, 10, 5, 0],
    // A long answer takes half of the context and no more.
    [8, 100, 1024, 4],
  ])('shows of %i examples in %i tokens with %i for the answer %i', (wanted, context, answer, shots) =>
    expect(fitShots(build, wanted, context, answer)).toBe(shots),
  );
});
