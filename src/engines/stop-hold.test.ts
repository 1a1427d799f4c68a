import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutAtStop, safeLength, StopHold } from './stop-hold';

describe('what is safe to show', () => {
  it.each([
    ['a\n', ['\n\n'], 1],
    ['a\nb', ['\n\n'], 3],
    ['a\n\nb', ['\n\n'], 1],
    ['a\nTask 1', ['\n\n', '\nTask 16'], 1],
    ['a\nTask 15', ['\n\n', '\nTask 16'], 9],
    ['Task 1', ['\nTask 16'], 6],
    ['ab', [], 2],
    ['ab\ufffd', [], 2],
    ['aab', ['abc', 'aabd'], 0],
    ['xab', ['abc', 'b'], 1],
  ] as const)('%j with the stops %j: %i characters', (text, stops, length) =>
    expect(safeLength(text, stops)).toBe(length),
  );
  it.each([
    ['a\n\nb\n\n', ['\n\n'], 'a'],
    ['ab16.c', ['c', '16.'], 'ab'],
    ['abc', [''], 'abc'],
    ['', ['a'], ''],
  ] as const)('%j with the stops %j ends as %j', (text, stops, end) =>
    expect(cutAtStop(text, stops)).toBe(end),
  );
});

/** As web-llm 0.2.86 generates: after each token it looks for stop strings, cuts at the last place of the first found. */
function* generate(tokens: readonly string[], stops: readonly string[]): Generator<string, string> {
  let text = '';
  let sent = 0;
  for (const token of tokens) {
    text += token;
    const stop = stops.find((each) => text.includes(each));
    if (stop !== undefined) {
      text = text.slice(0, text.lastIndexOf(stop));
      yield text.slice(sent);
      return text;
    }
    yield text.slice(sent);
    sent = text.length;
  }
  return text;
}

describe('a stream with stop strings across its deltas', () => {
  // Few letters, so that stops and their beginnings are everywhere.
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 4 });
  const stops = fc.array(
    letters.filter((stop) => stop !== ''),
    { maxLength: 3 },
  );
  it('shows the final text, piece by piece, and takes nothing back', () =>
    fc.assert(
      fc.property(fc.array(letters, { maxLength: 30 }), stops, (tokens, stop) => {
        const hold = new StopHold(stop);
        const stream = generate(tokens, stop);
        let shown = '';
        let step = stream.next();
        for (; !step.done; step = stream.next()) {
          shown += hold.add(step.value);
          for (const each of stop) expect(shown).not.toContain(each);
        }
        const final = cutAtStop(step.value, stop);
        expect(final.startsWith(shown)).toBe(true);
        expect(shown + hold.end(final)).toBe(final);
      }),
      { numRuns: 2_000 },
    ));
  it('is held back no longer than a stop string is possible', () =>
    fc.assert(
      fc.property(fc.array(letters, { maxLength: 30 }), stops, (tokens, stop) => {
        const longest = Math.max(0, ...stop.map(({ length }) => length));
        const text = cutAtStop(tokens.join(''), stop);
        expect(text.length - safeLength(text, stop)).toBeLessThanOrEqual(Math.max(0, longest - 1));
      }),
    ));
});
