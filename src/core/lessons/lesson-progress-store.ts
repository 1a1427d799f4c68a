/** The progress of all lessons, stored as one setting. */
import type { SettingStore } from '../ports';
import type { LessonId } from './lesson';
import type { LessonProgress } from './lesson-progress';
import { parseLessonProgress } from './lesson-progress-schema';

const KEY = 'lessons';
type Stored = Readonly<Partial<Record<LessonId, LessonProgress>>>;

export class LessonProgressStore {
  constructor(private readonly settings: Pick<SettingStore, 'setting' | 'changeSetting' | 'watchSetting'>) {}

  /** Calls `listener` after each change of any lesson by any tab. Returns a function that ends it. */
  watch(listener: () => void): () => void {
    return this.settings.watchSetting(KEY, listener);
  }
  /** Undefined before it was begun, and when it cannot be read. @throws AppError as SettingStore */
  async read(lesson: LessonId): Promise<LessonProgress | undefined> {
    return readable((await this.settings.setting<Stored>(KEY))?.[lesson]);
  }
  /** Of all lessons that were begun, the one changed last first. @throws AppError as SettingStore */
  async all(): Promise<readonly LessonProgress[]> {
    const stored = Object.values((await this.settings.setting<Stored>(KEY)) ?? {});
    return stored.flatMap((one) => readable(one) ?? []).sort((a, b) => b.changedAt - a.changedAt);
  }
  /**
   * Changes it as it stands, whatever other tabs wrote meanwhile.
   * @param change gets undefined where there is none; may be asked again. @throws AppError as SettingStore
   */
  async change(
    lesson: LessonId,
    change: (progress: LessonProgress | undefined) => LessonProgress | undefined,
  ): Promise<void> {
    await this.settings.changeSetting<Stored>(KEY, (stored = {}) => {
      const { [lesson]: before, ...others } = stored;
      const next = change(readable(before));
      return next ? { ...others, [lesson]: next } : others;
    });
  }
}

const readable = (stored: unknown): LessonProgress | undefined => {
  const found = parseLessonProgress(stored);
  return found.ok ? found.row : undefined;
};
