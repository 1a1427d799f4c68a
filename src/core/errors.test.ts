import { describe, expect, it } from 'vitest';
import { AppError, failureOf } from './errors';

describe('failures', () => {
  it('are carried by our errors', () => {
    const failure = { kind: 'storage-full', detail: 'x' } as const;
    const error = new AppError(failure, { cause: 'why' });
    expect(failureOf(error)).toBe(failure);
    expect(error).toMatchObject({ name: 'AppError', message: 'storage-full', cause: 'why' });
  });
  it('of anything else are unexpected, with all that is known of it', () => {
    const error = new TypeError('no');
    const { stack } = error;
    expect(failureOf(error)).toEqual({ kind: 'unexpected', name: 'TypeError', message: 'no', stack });
  });
  it.each([
    ['text', 'string', 'text'],
    [undefined, 'undefined', 'undefined'],
    [null, 'object', 'null'],
  ])('are found where no error was thrown: %s', (thrown, name, message) =>
    expect(failureOf(thrown)).toEqual({ kind: 'unexpected', name, message, stack: '' }),
  );
  it('do not grow with what was thrown', () => {
    const error = Object.assign(new Error('x'.repeat(100_000)), { stack: 'y'.repeat(100_000) });
    expect(JSON.stringify(failureOf(error)).length).toBeLessThan(6_000);
  });
});
