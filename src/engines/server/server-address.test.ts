import { describe, expect, it } from 'vitest';
import { isMixedContent, serverAddress } from './server-address';

describe('an address', () => {
  it.each([
    ['localhost:11434', 'http://localhost:11434/v1'],
    ['127.0.0.1:8080/', 'http://127.0.0.1:8080/v1'],
    ['192.168.1.20:1234', 'http://192.168.1.20:1234/v1'],
    ['http://localhost:11434/v1/', 'http://localhost:11434/v1'],
    ['http://gpu01:8000/v1/chat/completions', 'http://gpu01:8000/v1'],
    ['https://host.example/api/v1/models', 'https://host.example/api/v1'],
    [' https://host.example/proxy/llm ', 'https://host.example/proxy/llm'],
    ['api.example.org', 'https://api.example.org/v1'],
  ])('%s is %s', (typed, url) => expect(serverAddress(typed)).toBe(url));

  it('keeps nothing that may be a secret', () =>
    expect(serverAddress('https://me:pass@host.example/v1?api_key=x#y')).toBe('https://host.example/v1'));

  it.each(['', '   ', 'javascript:alert(1)', 'ftp://host/', 'file:///etc', 'http://', 'https://a b'])(
    '"%s" is none',
    (typed) => expect(() => serverAddress(typed)).toThrow('bad-file'),
  );

  it('by http is closed to a page that came by https, unless it is on this computer', () => {
    expect(isMixedContent('http://gpu01:8000/v1', 'https:')).toBe(true);
    expect(isMixedContent('http://192.168.1.2/v1', 'https:')).toBe(true);
    for (const local of ['localhost:1', '127.0.0.1', '127.8.8.8:5', '[::1]:80', 'x.localhost']) {
      expect(isMixedContent(`http://${local}/v1`, 'https:')).toBe(false);
    }
    expect(isMixedContent('https://gpu01/v1', 'https:')).toBe(false);
    expect(isMixedContent('http://gpu01/v1', 'http:')).toBe(false);
    expect(isMixedContent('http://gpu01/v1', undefined)).toBe(false);
  });
});
