/** Each lesson is a file of its own, fetched when it is opened. */
import type { Lesson, LessonId } from './lesson';

export const LESSONS: Readonly<Record<LessonId, () => Promise<Lesson>>> = {
  homework: async () => (await import('./homework')).HOMEWORK,
  'own-seeds': async () => (await import('./own-seeds')).OWN_SEEDS,
  'fair-data': async () => (await import('./fair-data')).FAIR_DATA,
};
