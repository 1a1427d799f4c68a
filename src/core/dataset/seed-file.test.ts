import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SeedTask } from '../task';
import { freeIdAmong, MAX_SEEDS, readSeedFile, SeedFileReader, writeSeedFile } from './seed-file';

const line = (instruction: string, more: Record<string, unknown> = {}): string =>
  JSON.stringify({ instruction, instances: [{ input: '', output: 'yes' }], ...more });
const reasons = (text: string): (readonly [number, string])[] =>
  readSeedFile(text).problems.map((problem) => [problem.line, problem.reason]);

/** Any text that a file can hold: no half characters, no NUL. */
const text = fc.string({ unit: 'binary' }).map((value) => value.replaceAll('\u0000', ''));
/** Any JSON but what is refused or dropped on purpose; -0 is the one number that JSON does not bring back. */
const json = fc.jsonValue({ maxDepth: 3 }).map((value) => {
  const plain = JSON.stringify(value).replaceAll('__proto__', 'proto').replaceAll('\\u0000', '');
  const tame = (_: string, part: unknown): unknown =>
    typeof part === 'number' && Number.isInteger(part) && !Number.isSafeInteger(part) ? 0 : part;
  return JSON.parse(plain, tame) as unknown;
});
const seeds = fc
  .uniqueArray(
    fc.record({
      name: text,
      instruction: text.map((value) => `Do ${value}!`),
      isClassification: fc.boolean(),
      instances: fc.array(fc.record({ input: text, output: text }), { maxLength: 3 }),
      extra: fc.dictionary(
        text.filter(
          (key) =>
            !['id', 'name', 'instruction', 'instances', 'is_classification', '__proto__'].includes(key),
        ),
        json,
        { minKeys: 1, maxKeys: 4, noNullPrototype: true },
      ),
    }),
    { selector: ({ instruction }) => instruction, maxLength: 6 },
  )
  .map((list): SeedTask[] => list.map((seed, i) => ({ id: `s${i}`, ...seed })));

describe('seed files', () => {
  it('come back as they were written, whatever the text and the unknown fields', () => {
    fc.assert(
      fc.property(seeds, (list) => {
        const file = readSeedFile(writeSeedFile(list));
        expect(file.problems).toEqual([]);
        expect(file.seeds).toEqual(list);
      }),
    );
  });

  it('report a bad line by number and reason and keep the good ones', () => {
    const file = readSeedFile(
      [
        line('Name a bird that cannot fly.'),
        '{"instruction": "cut short',
        '',
        '[]',
        line('   '),
        JSON.stringify({ instruction: 'No instances here at all.' }),
        JSON.stringify({ instruction: 'Wrong type.', instances: 'none' }),
        line('Name a fish that can fly.\u2028It is one line.'),
      ].join('\n'),
    );
    expect(file.seeds.map(({ instruction }) => instruction)).toEqual([
      'Name a bird that cannot fly.',
      'Name a fish that can fly.\u2028It is one line.',
    ]);
    expect(file.problems).toEqual([
      { line: 2, reason: 'this is not JSON: it is incomplete or has an error' },
      { line: 4, reason: 'a seed task is an object with "instruction" and "instances"' },
      { line: 5, reason: '"instruction" is empty' },
      { line: 6, reason: '"instances" is missing' },
      { line: 7, reason: '"instances" should be Array, but is "none"' },
    ]);
  });

  it('refuse what could not be kept: endless numbers, too many digits, half characters, NUL', () => {
    const row = (extra: string): string => `{"instruction":"Say it.","instances":[],${extra}}`;
    expect(reasons(row('"x":1e400'))).toEqual([[1, 'a number is too large']]);
    expect(reasons(row('"id":9223372036854775807'))).toEqual([
      [1, 'a number has more digits than can be stored'],
    ]);
    expect(reasons(row('"x":["\\ud800"]'))).toEqual([
      [1, 'a text contains half of a character (a lone surrogate)'],
    ]);
    expect(reasons(row('"x":{"\\u0000":1}'))).toEqual([[1, 'a text contains a NUL character']]);
    expect(reasons(`{"instruction":"a\u0000b","instances":[]}`)).toEqual([
      [1, 'the line contains a NUL byte, so it is not text'],
    ]);
  });

  it('refuse deep nesting before it is parsed, and bound the length of texts', () => {
    const deep = `{"instruction":"Dig.","instances":[],"x":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
    expect(reasons(deep)).toEqual([[1, 'it is nested deeper than 32 levels']]);
    // Brackets inside a text nest nothing.
    expect(readSeedFile(line('['.repeat(100))).seeds).toHaveLength(1);
    expect(reasons(line('a'.repeat(70_000)))).toEqual([[1, '"instruction" is too long']]);
  });

  it('take hostile keys as plain data', () => {
    const hostile =
      '{"instruction":"Be good.","instances":[{"input":"","output":"ok","__proto__":{"bad":1}}],' +
      '"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"nested":{"__proto__":{"polluted":true},"kept":1},"toString":"text"}';
    const [seed] = readSeedFile(hostile).seeds;
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(seed?.extra).toEqual({
      constructor: { prototype: { polluted: true } },
      nested: { kept: 1 },
      toString: 'text',
    });
    expect(Object.getPrototypeOf(seed?.extra)).toBe(Object.prototype);
    expect(seed?.instances).toEqual([{ input: '', output: 'ok' }]);
  });

  it('take the same instruction with another input as another task', () => {
    const of = (input: string): string =>
      JSON.stringify({ instruction: 'Say it.', instances: [{ input, output: 'yes' }] });
    const file = readSeedFile([of('a'), of('b'), of('a')].join('\n'));
    expect(file.seeds.map(({ instances }) => instances[0]?.input)).toEqual(['a', 'b']);
    expect(file.duplicates).toBe(1);
  });

  it('are written as they were read, without fields that were not there', () => {
    const plain = '{"instruction":"Name a bird.","instances":[{"input":"","output":"Robin"}]}\n';
    const full =
      '{"id":"a","name":"a","instruction":"Name a fish.","instances":[],"is_classification":false,"more":1}\n';
    const { seeds: read } = readSeedFile(plain + full);
    expect(writeSeedFile(read)).toBe(plain + full);
    // What a person gave a value since is written.
    const [first] = read;
    if (!first) throw new Error('not read');
    expect(writeSeedFile([{ ...first, name: 'birds', isClassification: true }])).toBe(
      '{"name":"birds","instruction":"Name a bird.","instances":[{"input":"","output":"Robin"}],"is_classification":true}\n',
    );
  });

  it('count the same instruction once and give doubled ids a number', () => {
    const file = readSeedFile(
      [
        line('First one.', { id: 'a' }),
        line('Second one.', { id: 'a' }),
        line('First one.'),
        line('Third.', { id: 7 }),
      ].join('\n'),
    );
    expect(file.duplicates).toBe(1);
    expect(file.seeds.map(({ id }) => id)).toEqual(['a', 'a_2', '7']);
    expect(freeIdAmong('a', ['b'])).toBe('a');
    expect(freeIdAmong('a', ['a', 'a_3'])).toBe('a_4');
  });

  it('stop at the largest set, and at files that are something else', () => {
    const many = Array.from({ length: MAX_SEEDS + 2 }, (_, i) => line(`Count to ${i}.`)).join('\n');
    const file = readSeedFile(many);
    expect(file.seeds).toHaveLength(MAX_SEEDS);
    expect(file.problems).toEqual([
      { line: MAX_SEEDS + 1, reason: 'only the first 5000 seed tasks are read' },
    ]);

    const reader = new SeedFileReader();
    let lines = 0;
    while (!reader.done) reader.add({ line: ++lines, text: 'x' });
    expect(lines).toBe(20_000);
    expect(reader.result().badLines).toBe(20_000);
    expect(reader.result().problems.at(-1)?.reason).toContain('reading stops here');
    expect(reader.result().problems).toHaveLength(1_001);
  });
});
