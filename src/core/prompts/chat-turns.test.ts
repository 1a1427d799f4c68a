import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseClassification } from '../parse/classification';
import { parseInstances } from '../parse/instances';
import { parseInstructions } from '../parse/instructions';
import { SWITCHES } from '../presets';
import { Random } from '../random';
import { asContinuation, chatTurns } from './chat-turns';
import { classificationPrompt } from './classification-prompt';
import { instancePrompt } from './instance-prompt';
import { instructionPrompt } from './instruction-prompt';

const exemplars = [{ instruction: 'Name a bird.' }, { instruction: 'Count to ten.' }];
const list = instructionPrompt(exemplars, false, SWITCHES.ours);
const type = classificationPrompt('Is it red?', 2);
const open = instancePrompt('Say hello', false, 1);
const label = instancePrompt('Good or bad?', true, 1);

describe('the turns', () => {
  it('of the list: header, list, and what to write', () =>
    expect(chatTurns('instructions', list.prompt, list.stop)).toEqual({
      turns: {
        system:
          'Here is a list of different tasks. Continue lists of tasks. Write new tasks only, in the same form, and no other text.',
        user: 'Task 1: Name a bird.\nTask 2: Count to ten.\n\nWrite Task 3 to Task 10, one in each line.',
      },
      stop: ['\nTask 10', '\n10'],
    }));
  it('of a list without exemplars', () => {
    const { prompt, stop } = instructionPrompt([], true, SWITCHES.ours);
    expect(chatTurns('instructions', prompt, stop).turns.user).toBe(
      'Write Task 1 to Task 8, one in each line.',
    );
  });
  it('of the type: examples, then the question', () => {
    const { turns, stop } = chatTurns('classification', type.prompt, type.stop);
    expect(turns.system).toMatch(/^For each task, .* Answer with one word: Yes or No\.$/u);
    expect(turns.user).toMatch(/^Task: Is the mood .*\n\nTask: Is it red\?\nClassification:$/su);
    expect(stop).toEqual(['\nTask']);
  });
  it('of instances: examples, then the task', () => {
    const { turns, stop } = chatTurns('instances', open.prompt, open.stop);
    expect(turns.system).toMatch(/^For each task, write examples\. .* in the same form as the examples/u);
    expect(turns.user).toMatch(/^Task: Turn .*\n\nTask: Say hello$/su);
    expect(stop).toEqual(open.stop);
  });
  it('begin alike for all tasks of a stage, so that the beginning is evaluated once', () => {
    const other = chatTurns('instances', instancePrompt('Sing', false, 1).prompt, []).turns;
    const { turns } = chatTurns('instances', open.prompt, []);
    expect(other.system).toBe(turns.system);
    expect(other.user.slice(0, -'Sing'.length)).toBe(turns.user.slice(0, -'Say hello'.length));
  });
});

describe('an answer', () => {
  const items = (answer: string): readonly string[] =>
    parseInstructions(asContinuation('instructions', list.prompt, answer), 'stop', SWITCHES.ours).items;
  it.each([
    'Task 3: Sing a song.\nTask 4: Draw a cat.',
    'Task 3: Sing a song.\n\nTask 4: Draw a cat.',
    ' Sing a song.\nTask 4: Draw a cat.',
    '**Task 3:** Sing a song.\n**Task 4:** Draw a cat.',
    '```\nTask 3: Sing a song.\nTask 4: Draw a cat.\n```',
    '3. Sing a song.\n4. Draw a cat.',
  ])('with a list is read as a list: %j', (answer) =>
    expect(items(answer)).toEqual(['Sing a song.', 'Draw a cat.']),
  );
  it.each([
    ['task', 'Task 3: Sing a song.\nTask 4: Draw a cat.', 'Write Task 3 to Task 10, one in each line.'],
    ['number', '3. Sing a song.\n4. Draw a cat.', 'Write numbers 3 to 10 of the list, one in each line.'],
  ] as const)('is asked for and read by the reference code’s exact form: %s', (listForm, answer, order) => {
    const switches = { ...SWITCHES.reference, listForm };
    const { prompt, stop } = instructionPrompt(exemplars, false, switches);
    expect(chatTurns('instructions', prompt, stop).turns.user).toContain(order);
    expect(parseInstructions(asContinuation('instructions', prompt, answer), 'stop', switches).items).toEqual(
      ['Sing a song.', 'Draw a cat.'],
    );
  });
  it.each([
    ['Yes', true],
    ['\nYes.', true],
    ['**Yes**', true],
    ['<think>\nNo fixed labels? There are two.\n</think>\n\nYes', true],
    ['Classification: Yes', true],
    ['Classification: No', false],
    ['No', false],
  ] as const)('about the type is read: %j', (answer, yes) =>
    expect(parseClassification(asContinuation('classification', type.prompt, answer))).toBe(yes),
  );
  const instances = (prompt: string, answer: string, outputFirst: boolean) =>
    parseInstances(asContinuation('instances', prompt, answer), {
      instruction: 'Say hello',
      outputFirst,
      finishReason: 'stop',
      switches: SWITCHES.ours,
      maxInstances: 5,
      random: new Random(1),
    }).instances;
  it.each([
    'Example 1\nInput: Tom\nOutput: Hello, Tom!',
    'Task: Say hello\nExample 1\nInput: Tom\nOutput: Hello, Tom!',
    '**Example 1**\nInput: Tom\nOutput: Hello, Tom!',
    '**Example 1**\n**Input:** Tom\n**Output:** Hello, Tom!',
  ])('with instances is read: %j', (answer) =>
    expect(instances(open.prompt, answer, false)).toEqual([{ input: 'Tom', output: 'Hello, Tom!' }]),
  );
  it('with labels is read', () =>
    expect(
      instances(label.prompt, 'Task: Good or bad?\nClass label: Good\nInput: It was fine.', true),
    ).toEqual([{ input: 'It was fine.', output: 'Good' }]));
  it('of a base model’s form stays what it is', () =>
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z][A-Za-z .,\n]{0,60}$/u), (text) => {
        expect(asContinuation('classification', type.prompt, text)).toBe(` ${text}`);
        expect(asContinuation('instances', open.prompt, text)).toBe(text);
      }),
    ));
});
