import { expect, it } from 'vitest';
import { isSheet } from './words';

it('knows its sheets, and no name that every object has', () => {
  expect(['report', 'toString', 'other', undefined].map(isSheet)).toEqual([true, false, false, false]);
});
