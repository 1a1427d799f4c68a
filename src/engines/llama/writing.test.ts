import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Writing } from './writing';

const utf8 = new TextEncoder();
/** Writes bytes one by one. */
function write(
  text: string,
  stops: readonly string[],
): { text: string; shown: string; stoppedAt: number | null } {
  let shown = '';
  const writing = new Writing(stops, (delta) => (shown += delta));
  let stoppedAt: number | null = null;
  for (const [at, byte] of utf8.encode(text).entries()) {
    if (!writing.add(Uint8Array.of(byte))) continue;
    stoppedAt = at;
    break;
  }
  return { text: writing.end(), shown, stoppedAt };
}

describe('text as it is written', () => {
  it('is whole, whatever characters were cut into tokens', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const done = write(text, []);
        expect(done.text).toBe(text);
        expect(done.shown).toBe(text);
        expect(done.stoppedAt).toBeNull();
      }),
    );
  });
  it('ends before the stop string, and nothing of that was shown', () => {
    expect(write('Names: Änne, Ömer\n\nTask 3', ['\n\n', 'Task'])).toEqual({
      text: 'Names: Änne, Ömer',
      shown: 'Names: Änne, Ömer',
      stoppedAt: 20,
    });
  });
  it('shows what looked like a stop string when it was none', () => {
    expect(write('a\nb', ['\n\n'])).toEqual({ text: 'a\nb', shown: 'a\nb', stoppedAt: null });
    expect(write('a\n', ['\n\n']).shown).toBe('a\n');
  });
  it('says when a character stays incomplete', () => {
    const writing = new Writing([], () => undefined);
    writing.add(Uint8Array.of(0x61, 0xe2, 0x82));
    expect(writing.end()).toBe('a\ufffd');
  });
});
