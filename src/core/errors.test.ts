import { describe, expect, it } from 'vitest';
import { AppError, failureOf } from './errors';

const fallback = (detail: string) => ({ kind: 'engine-failed', detail }) as const;

describe('failures', () => {
  it('are carried by our errors', () => {
    const failure = { kind: 'storage-full', detail: 'x' } as const;
    const error = new AppError(failure, { cause: 'why' });
    expect(failureOf(error, fallback)).toBe(failure);
    expect(error).toMatchObject({ name: 'AppError', message: 'storage-full', cause: 'why' });
  });
  it.each([
    [new TypeError('no'), 'TypeError: no'],
    ['text', 'text'],
    [undefined, 'undefined'],
    [null, 'null'],
  ])('are found for anything else that is thrown: %s', (thrown, detail) =>
    expect(failureOf(thrown, fallback)).toEqual({ kind: 'engine-failed', detail }),
  );
});
