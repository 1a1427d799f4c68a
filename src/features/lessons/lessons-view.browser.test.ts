import { afterEach, beforeEach, expect, it } from 'vitest';
import { AppState } from '../../app/app-state.svelte';
import { HOMEWORK } from '../../core/lessons/homework';
import { answerOf, beginLesson, withAnswer } from '../../core/lessons/lesson-progress';
import { LessonProgressStore } from '../../core/lessons/lesson-progress-store';
import { IdbRunStore } from '../../storage/idb-run-store';
import { quietServices } from '../../testing/quiet-services';
import { deleteDatabase } from '../../testing/raw-database';
import { LessonsView } from './lessons-view.svelte';

let store: IdbRunStore;
beforeEach(async () => {
  await deleteDatabase();
  store = new IdbRunStore();
});
afterEach(() => store.close());

it('shows what was answered since it was opened', async () => {
  const view = new AppState(quietServices(store)).lasting(LessonsView);
  await view.load();
  expect(view.progressOf('homework')).toBeNull();
  const answered = withAnswer(beginLesson(HOMEWORK, 1), 'open-end', { explained: 'It goes on.' }, 2);
  await new LessonProgressStore(store).change('homework', () => answered);
  await expect.poll(() => answerOf(view.progressOf('homework'), 'open-end').explained).toBe('It goes on.');
});
