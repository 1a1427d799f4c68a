/** The engine in a real browser: without it the fallback would answer the same, only slower, and nobody would notice. */
import { expect, it } from 'vitest';
import golden from '../../core/similarity/rouge-l.golden.json';
import unicodeGolden from '../../core/similarity/rouge-l-unicode.golden.json';
import type { TaskId } from '../../core/task';
import { createIndex } from './create-index';
import { WasmIndex } from './wasm-index';

it('is chosen and agrees with all golden pairs to the last bit', () => {
  for (const [mode, pairs] of [['ascii', golden] as const, ['unicode', unicodeGolden] as const]) {
    for (const { target, prediction, fmeasure } of pairs) {
      const index = createIndex(mode);
      expect(index).toBeInstanceOf(WasmIndex);
      index.add('member' as TaskId, prediction);
      expect(index.compare(target, 10).max).toBe(fmeasure);
      expect(index.reaches(target, 0.7, 'above')).toBe(fmeasure > 0.7);
    }
  }
});
