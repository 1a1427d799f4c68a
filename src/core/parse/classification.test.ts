import { describe, expect, it } from 'vitest';
import { parseClassification } from './classification';

describe('the answer to "is this a classification task?"', () => {
  it.each([' Yes', 'yes', 'YES.', ' "Yes"', '\nYes, it is'])('%j is yes', (text) =>
    expect(parseClassification(text)).toBe(true),
  );
  it.each(['', ' No', 'Yesterday', 'no, yes', 'Maybe', 'yesß', 'It is. Yes'])('%j is no', (text) =>
    expect(parseClassification(text)).toBe(false),
  );
  it('reads 100 KB of nothing', () => {
    expect(parseClassification(' '.repeat(100_000))).toBe(false);
    expect(parseClassification(`${'!'.repeat(100_000)}yes`)).toBe(true);
  });
});
