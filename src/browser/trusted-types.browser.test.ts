import { expect, it } from 'vitest';
import { ownScript } from './trusted-types';

it('runs code of this origin and no other', () => {
  for (const url of ['/assets/a.worker.js', './service-worker.js', `${location.origin}/x.js?v=1`]) {
    expect(ownScript(url)).toBe(url);
  }
  for (const url of [
    'https://other.example/x.js',
    '//other.example/x.js',
    'data:text/javascript,alert(1)',
    'javascript:alert(1)',
    URL.createObjectURL(new Blob(['alert(1)'])),
  ]) {
    expect(() => ownScript(url)).toThrow(TypeError);
  }
});
