import { describe, expect, it } from 'vitest';
import { taskWarnings } from '../dataset/seed-warnings';
import { BLOCKED_WORDS, blockedPattern } from '../filters/blocked-words';
import { checkInstruction } from '../filters/instruction-filters';
import { SWITCHES } from '../presets';
import { asContinuation } from '../prompts/chat-turns';
import { Random } from '../random';
import { parseClassification } from './classification';
import { parseInstances } from './instances';
import { parseInstructions } from './instructions';

/** What makes a pattern with two ways to match the same text try all of them. */
const PARTS = [
  ...[
    ' ',
    '\n',
    '\t',
    '-',
    '*',
    '#',
    '.',
    ',',
    ':',
    '1',
    '9.',
    '\n9',
    '\n9.',
    '(',
    '`',
    '"',
    'a ',
    'aa',
    '\u0301',
  ],
  ...[
    'Task 9',
    '\nTask 9:',
    'Example',
    '\nExample 1',
    'Input:',
    '\nInput:\nInput:',
    'Output:',
    '\nOutput: \n',
    '<think>',
  ],
  ...['Class label:', '**', '```\n', 'yes', '\u202e', '👩‍👩‍👧', 'draw', 'go to', 'Write a program'],
];
/** Long enough that a pattern which is quadratic in it would not come to an end within the limit of a test. */
const TIMES = 300_000;

describe.each(PARTS.map((part) => [JSON.stringify(part), part] as const))(
  '%s any number of times',
  (_, part) => {
    const text = `Name a bird.${part.repeat(Math.ceil(TIMES / part.length))}x`;

    it('is read as what a model wrote', () => {
      for (const switches of Object.values(SWITCHES)) {
        for (const finishReason of ['stop', 'length'] as const) {
          const { items } = parseInstructions(text, finishReason, switches);
          expect(items.reduce((sum, { length }) => sum + length, 0)).toBeLessThanOrEqual(text.length);
          for (const outputFirst of [true, false]) {
            const given = { instruction: text, outputFirst, finishReason, switches };
            const options = { ...given, maxInstances: 5, random: new Random(1) };
            expect(parseInstances(text, options).instances.length).toBeLessThanOrEqual(5);
          }
        }
      }
      expect(parseClassification(part.repeat(1_000))).toBe(false);
    });
    it('is judged, and warned about', () => {
      const objection = checkInstruction(text, {
        anyLanguage: true,
        noStatements: true,
        blocked: blockedPattern(BLOCKED_WORDS),
      });
      expect(objection === null || objection.detail.length <= text.length).toBe(true);
      const instances = [{ input: text, output: text }];
      expect(
        taskWarnings({ id: 'a', name: 'a', instruction: text, isClassification: false, instances }).length,
      ).toBeLessThan(9);
    });
    it('is read as the answer of a chat', () => {
      for (const stage of ['instructions', 'classification', 'instances'] as const) {
        expect(typeof asContinuation(stage, 'Task 1: Name a bird.\nTask 2:', text)).toBe('string');
      }
    });
  },
);
