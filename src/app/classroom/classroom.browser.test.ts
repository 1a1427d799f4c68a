import { afterEach, beforeEach, expect, it } from 'vitest';
import { ENGLISH_WORDS } from '../../core/classroom/word-list';
import { IdbRunStore } from '../../storage/idb-run-store';
import { deleteDatabase } from '../../testing/raw-database';
import { machineTask } from '../../testing/tiny-pool';
import { runId } from '../../core/ids';
import { Classroom } from './classroom.svelte';
import { WORDS } from './words';

const bad = machineTask(runId(1), 0, 'Say how much you would kill for this.');
const good = machineTask(runId(1), 1, 'Say how much you like this song.');
let store: IdbRunStore;
let classroom: Classroom;
beforeEach(async () => {
  await deleteDatabase();
  store = new IdbRunStore();
  classroom = new Classroom(store);
  await classroom.load();
});
afterEach(() => store.close());

it('is off at first and hides nothing', () => {
  expect(classroom.on).toBe(false);
  expect(classroom.names(bad)).toBe(false);
  expect(classroom.cover(bad.instruction)).toBe(bad.instruction);
});

it('hides tasks with a word of the list once it is on, until the teacher shows them', async () => {
  await classroom.switch(true);
  expect([classroom.names(bad), classroom.names(good)]).toEqual([true, false]);
  expect(classroom.cover(bad.instruction)).toBe(WORDS.covered);
  expect(classroom.cover(good.instruction)).toBe(good.instruction);
  classroom.shown = true;
  expect(classroom.cover(bad.instruction)).toBe(bad.instruction);
  // It is still counted, and an export still asks.
  expect(classroom.names(bad)).toBe(true);
});

it('is remembered with its list, but not that the teacher looked', async () => {
  await classroom.switch(true);
  await classroom.edit('Song\n\n song \nHot dog');
  classroom.shown = true;
  const other = new Classroom(store);
  await other.load();
  expect([other.on, other.shown, other.words]).toEqual([true, false, ['song', 'hot dog']]);
  expect([other.names(bad), other.names(good)]).toEqual([false, true]);
  await other.edit(null);
  expect(other.untouched).toBe(true);
  // Another tab follows.
  await expect.poll(() => classroom.words).toBe(ENGLISH_WORDS);
});

it('takes anything that is stored as a setting', async () => {
  await store.saveSetting('classroom', { on: 'yes', words: 7 });
  await expect.poll(() => classroom.on).toBe(false);
  expect(classroom.words).toBe(ENGLISH_WORDS);
});
