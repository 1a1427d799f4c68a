/** Which lesson is shown beside the screens of this tab: kept over a reload, and in no other tab. */
import { LESSON_IDS, type LessonId } from '../../core/lessons/lesson';

const KEY = 'lesson';

export function readTabLesson(): LessonId | null {
  try {
    const stored = sessionStorage.getItem(KEY);
    return LESSON_IDS.find((id) => id === stored) ?? null;
  } catch {
    // Without storage, a reload closes the lesson.
    return null;
  }
}
export function keepTabLesson(lesson: LessonId | null): void {
  try {
    if (lesson === null) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, lesson);
  } catch {
    // Not kept then.
  }
}
