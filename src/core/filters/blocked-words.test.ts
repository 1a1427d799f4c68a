import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SWITCHES } from '../presets';
import { BLOCKED_WORDS, blockedWordIn } from './blocked-words';
import { checkInstruction, filterOptions } from './instruction-filters';

const reasonOf = (text: string, blockedWords?: readonly string[]): string | undefined =>
  checkInstruction(
    text,
    filterOptions({ switches: SWITCHES.ours, ...(blockedWords ? { blockedWords } : {}) }),
  )?.detail;

describe('blocked words', () => {
  it('are the 13 of the public code, unless a run has others', () => {
    expect(BLOCKED_WORDS).toHaveLength(13);
    expect(reasonOf('Describe the Picture on the wall.')).toBe('Picture');
    expect(reasonOf('Describe the picture on the wall.', [])).toBeUndefined();
    expect(reasonOf('Describe the wall in the hall.', ['Wall', 'c++'])).toBe('wall');
    expect(reasonOf('Explain how C++ differs from C.', ['c++'])).toBe('C++');
  });
  it('are found as whole words alone, wherever they stand', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-zé+.*()]{1,6}$/u), { minLength: 1, maxLength: 5 }),
        fc.nat(),
        fc.constantFrom('', ' ', 'x', '_', '7', ',', 'é'),
        (words, at, beside) => {
          const word = words[at % words.length] ?? '';
          const alone = !/[\p{L}\p{N}_]/u.test(beside);
          const found = blockedWordIn(`${beside}${word.toUpperCase()}${beside}`, [word]);
          expect(found !== null).toBe(alone);
          expect(blockedWordIn(`${beside}${word}${beside}`, [])).toBeNull();
        },
      ),
    );
  });
});
