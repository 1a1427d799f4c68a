import { expect, it } from 'vitest';
import { runNote } from './run-words';

const model = { id: 'm', name: 'Built-in model', hash: '00' };

it('says where a run came from', () => {
  expect(runNote({ source: 'here', model })).toBe('Built-in model');
  expect(runNote({ source: 'imported', model })).toBe('Built-in model, restored from a backup');
  const imported = { file: 'tasks.csv', format: 'CSV', typed: false };
  expect(runNote({ source: 'imported', model, imported })).toBe('data set imported from tasks.csv');
  const long = { ...imported, file: 'x'.repeat(300) };
  expect(runNote({ source: 'imported', model, imported: long }).length).toBeLessThan(100);
});
