import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SWITCHES } from '../presets';
import { BACKUP_FORMAT, BACKUP_VERSION, parseBackupHeader } from '../schema';
import { tinyConfig, tinyRun } from '../../testing/tiny-pool';
import { BLOCKED_LIMITS, BLOCKED_WORDS, blockedPattern, withinLimits } from './blocked-words';
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
          const found = blockedPattern([word])?.test(`${beside}${word.toUpperCase()}${beside}`);
          expect(found).toBe(alone);
          expect(blockedPattern([])).toBeNull();
        },
      ),
    );
  });
  it('of a list that is too long are left out, and a backup of the rest can be read', () => {
    const { words: most, characters } = BLOCKED_LIMITS;
    const many = Array.from({ length: most + 2 }, (_, i) => `${i}`.padStart(characters, 'x'));
    const { words, leftOut } = withinLimits([`${many[0]}x`, ...many]);
    expect(words).toEqual(many.slice(0, most));
    expect(leftOut).toEqual({ long: 1, surplus: 2 });
    expect(withinLimits(['go to'])).toEqual({ words: ['go to'], leftOut: { long: 0, surplus: 0 } });
    const header = (blockedWords: readonly string[]): boolean =>
      parseBackupHeader({
        format: BACKUP_FORMAT,
        version: BACKUP_VERSION,
        run: tinyRun({ ...tinyConfig(50), blockedWords }),
      }).ok;
    expect([header(words), header(many), header([`${many[0]}x`])]).toEqual([true, false, false]);
  });
});
