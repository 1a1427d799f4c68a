import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SWITCHES } from '../presets';
import { parseInstructions } from './instructions';

const { ours, reference } = SWITCHES;
const items = (text: string, switches = ours): readonly string[] =>
  parseInstructions(text, 'stop', switches).items;

describe('the list', () => {
  it.each([
    ['Task 10: '],
    ['Task 10. '],
    ['Task 10) '],
    ['Task 10 '],
    ['Task #10: '],
    ['task 10:'],
    ['TASK 10 : '],
    ['10. '],
    ['10 . '],
    ['10) '],
    ['10: '],
    ['10.'],
    ['  10. '],
    ['\tTask 10:\t'],
  ])('is split at %j', (number) => {
    expect(items(` Name a fruit.\n${number}Sing a song.\n${number}Say hello.`)).toEqual([
      'Name a fruit.',
      'Sing a song.',
      'Say hello.',
    ]);
  });
  it.each([
    ['Say 10. And go on.'],
    ['Meet me at 10:30 in the lobby.'],
    ['Add these numbers:\n12 and 13'],
    ['Is this right?\n10:30 in the lobby'],
    ['How much is\n3.5 litres of milk?'],
    ['Read this.\nTaskmaster 3 is a show.'],
    ['Add the year.\n1984. It was cold.'],
    ['Call this.\nTask 1234: is no number of ours'],
  ])('is not split in %j', (text) => expect(items(text)).toEqual([text.replace(/\s+/gu, ' ')]));

  it('may begin with a number of its own', () =>
    expect(items('9. Name a fruit.\n10. Sing a song.')).toEqual(['Name a fruit.', 'Sing a song.']));
  it('loses empty items and white space', () =>
    expect(items(' \nTask 10:\n\tName   a\n fruit. \nTask 11:  \nTask 12: \u00a0Sing.')).toEqual([
      'Name a fruit.',
      'Sing.',
    ]));
  it('is split at one form only when the switch says so', () => {
    const text = ' One of us.\nTask 10: Two of us.\n11. Three of us.\n12) Four of us.\n13 . Five of us.';
    expect(items(text, { ...ours, listSplit: 'strict' })).toEqual([
      'One of us.',
      'Two of us.',
      'Three of us. 12) Four of us. 13 . Five of us.',
    ]);
    expect(items(text)).toHaveLength(5);
  });
});

describe('the case of an instruction', () => {
  it('is kept but for the first letter', () =>
    expect(items(' explain what NASA is.')).toEqual(['Explain what NASA is.']));
  it('is lowered when the switch says so', () =>
    expect(items(' explain what NASA is.', { ...ours, instructionCase: 'capitalize' })).toEqual([
      'Explain what nasa is.',
    ]));
});

describe('an answer cut by length', () => {
  const text = ' Name a fruit.\nTask 10: Sing a so';
  it('loses its last item', () =>
    expect(parseInstructions(text, 'length', ours)).toEqual({
      items: ['Name a fruit.'],
      unfinished: 'Sing a so',
      responseDropped: false,
    }));
  it('is dropped whole when the switch says so', () =>
    expect(parseInstructions(text, 'length', { ...ours, unfinished: 'drop-response' })).toEqual({
      items: ['Name a fruit.', 'Sing a so'],
      unfinished: null,
      responseDropped: true,
    }));
  it('right after a number has an empty last item', () =>
    expect(parseInstructions(' Name a fruit.\nTask 10:', 'length', ours)).toMatchObject({
      items: ['Name a fruit.'],
      unfinished: '',
    }));
  it('that is a single item gives none', () =>
    expect(parseInstructions(' Name a', 'length', ours)).toMatchObject({ items: [], unfinished: 'Name a' }));
});

describe('hostile text', () => {
  it.each([
    [' '.repeat(100_000), 0],
    ['\n'.repeat(100_000), 0],
    [`\n${' '.repeat(100_000)}x`, 1],
    [`\nTask${' '.repeat(100_000)}x`, 1],
    [`\n1${' '.repeat(100_000)}x`, 1],
    [`\n${'1'.repeat(100_000)}`, 1],
    ['\n1.'.repeat(33_000), 0],
    ['\n1. x'.repeat(20_000), 20_000],
    ['\nTask 1: '.repeat(10_000), 0],
    ['\u0000'.repeat(100_000), 1],
  ])('of 100 KB is read (%#)', (text, count) => {
    expect(items(text)).toHaveLength(count);
    expect(items(text, reference).length).toBeLessThanOrEqual(20_000);
  });
  it('never throws, and items are trimmed single lines', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.constantFrom('\n', 'Task ', '12', '. ', ': ', '\nTask 10: ', '\n11) '),
    );
    fc.assert(
      fc.property(
        fc.array(piece),
        fc.constantFrom('stop', 'length'),
        fc.constantFrom(ours, reference),
        (pieces, end, switches) => {
          const parsed = parseInstructions(pieces.join(''), end, switches);
          for (const item of parsed.items) expect(item).not.toMatch(/^\s|\s$|\n|^$/u);
        },
      ),
    );
  });
});
