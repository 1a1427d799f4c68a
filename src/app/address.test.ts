import { expect, it } from 'vitest';
import { addressOf, readAddress } from './address';

it('names a screen and what of it', () => {
  expect(readAddress('#/pool')).toEqual({ screen: 'pool', params: {} });
  const address = addressOf('pool', { task: 'r0001-s00003', text: 'a&b=c? 100 %' });
  expect(readAddress(address)).toEqual({
    screen: 'pool',
    params: { task: 'r0001-s00003', text: 'a&b=c? 100 %' },
  });
});

it('is Start where it names no screen', () => {
  for (const hash of ['', '#', '#/', '#/nowhere?x=%', '#start/']) {
    expect(readAddress(hash).screen).toBe('start');
  }
});
