import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseRecord } from './json-record';
import { scanJson } from './json-scan';

const repeated = (text: string): string | null => scanJson(text, 32).repeated;

it.each([
  ['{"output":"a","output":"b"}', 'output'],
  ['{"a":1,"b":[{"x":{},"y":2,"x":3}]}', 'x'],
  ['[1,{"a":[1,2],"a":"{"}]', 'a'],
  [String.raw`{"output":1,"out\u0070ut":2}`, 'output'],
  ['{"__proto__":1,"__proto__":2}', '__proto__'],
  ['{"":1,"":2}', ''],
])('finds the repeated key of %s', (text, key) => {
  expect(repeated(text)).toBe(key);
});

it.each([
  '{"a":"a","b":"a"}',
  '{"a":{"a":{"a":1}},"b":{"a":1}}',
  '[{"a":1},{"a":2}]',
  '{"a":["b","b"],"b":"\\"a\\":1,\\"a\\":2"}',
  '["a","a",{"x":["x",{"x":1}]}]',
])('finds none in %s', (text) => {
  expect(repeated(text)).toBeNull();
});

it('agrees with the parser on any JSON, and with a key written twice is never silent', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.string(), fc.string(), (value, key, other) => {
      const json = JSON.stringify(value);
      expect(parseRecord(json.replaceAll('\u0000', ''))).toEqual({
        ok: true,
        value: JSON.parse(json) as unknown,
      });
      const twice = `{${JSON.stringify(key)}:${json},${JSON.stringify(`${other}!${key}`)}:1,${JSON.stringify(key)}:${json}}`;
      expect(repeated(twice)).toBe(repeated(json) ?? key);
      expect(parseRecord(twice)).toMatchObject({ ok: false });
    }),
  );
});

it('looks at any text without an error, and at deep text without recursion', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void scanJson(text, 32)));
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('{', '}', '[', ']', '"', '\\', ',', ':', 'a')),
      (parts) => void scanJson(parts.join(''), 32),
    ),
  );
  expect(scanJson('['.repeat(1_000_000), 32).deep).toBe(true);
  expect(scanJson(`${'['.repeat(32)}${']'.repeat(32)}`, 32).deep).toBe(false);
});
