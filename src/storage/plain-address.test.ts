import { expect, it } from 'vitest';
import { downloadNotes } from '../models/download-notes';
import { plainAddress } from './plain-address';

it('leaves out what may be a secret', () => {
  expect(plainAddress('https://me:word@host.org/a/b.gguf?token=SECRET#SECRET')).toBe(
    'https://host.org/a/b.gguf',
  );
  expect(plainAddress('b.gguf')).toBe('b.gguf');
});

it('is under what notes of downloads are stored', async () => {
  const stored = new Map<string, unknown>();
  const notes = downloadNotes({
    setting: <T>(key: string) => Promise.resolve(stored.get(key) as T | undefined),
    saveSetting: (key, value) => Promise.resolve(void stored.set(key, value)),
  } as Parameters<typeof downloadNotes>[0]);
  await notes.set('https://host.org/b.gguf?token=SECRET', { etag: null, bytes: 5 });
  expect([...stored.keys()].join()).not.toContain('SECRET');
  expect(await notes.get('https://host.org/b.gguf?token=OTHER')).toEqual({ etag: null, bytes: 5 });
});
