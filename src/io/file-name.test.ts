import { expect, it } from 'vitest';
import { fileName } from './file-name';

it('makes names of files from any text', () => {
  expect(['After | <script>', '../../etc', 'größe', '日本', '...', 'Llama 1.5'].map(fileName)).toEqual([
    'After-script',
    'etc',
    'größe',
    '日本',
    'unnamed',
    'Llama-1.5',
  ]);
  expect(fileName('𠮷'.repeat(60))).toBe('𠮷'.repeat(40));
});
