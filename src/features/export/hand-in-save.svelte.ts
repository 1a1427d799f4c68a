/** Saves the open run as a hand-in, with the name of the pupil or the group. */
import { HAND_IN_SUFFIX, MAX_CODE, MAX_LESSONS } from '../../core/classroom/hand-in';
import { LessonProgressStore } from '../../core/lessons/lesson-progress-store';
import type { RunSummary } from '../../core/ports';
import { RATER_SETTING, raterName } from '../../core/review/rater';
import { handInCode, writeHandIn } from '../../export/hand-in';
import { fileName } from '../../io/file-name';
import type { RunId } from '../../core/task';
import type { AppState } from '../../app/app-state.svelte';
import { Job } from '../../app/job.svelte';

/** The setting with the name of the pupil or the group. */
const NAME_SETTING = 'hand-in:name';

interface SavedHandIn {
  readonly run: RunId;
  readonly name: string;
  readonly bytes: number;
  /** Null when it is too long to be pasted. */
  readonly code: string | null;
}

export class HandInSave {
  readonly job = new Job();
  /** As it is typed. */
  name = $state('');
  #saved = $state.raw<SavedHandIn | null>(null);
  readonly #services: AppState['services'];
  #asked = false;

  constructor({ services }: Pick<AppState, 'services'>) {
    this.#services = services;
  }

  /** What was saved of a run; null before. */
  savedOf(run: RunId): SavedHandIn | null {
    return this.#saved?.run === run ? this.#saved : null;
  }
  /** What was saved is no longer told: the run may have gone on since. */
  forget(): void {
    this.#saved = null;
  }
  /** Reads the name of the last hand-in, else that of the rater here, once. */
  async load(): Promise<void> {
    if (this.#asked) return;
    this.#asked = true;
    const { ownSettings } = this.#services;
    await this.job.attempt(async () => {
      const known = (await ownSettings.setting(NAME_SETTING)) ?? (await ownSettings.setting(RATER_SETTING));
      if (typeof known === 'string' && this.name === '') this.name = raterName(known) ?? '';
    });
  }

  async save(summary: RunSummary): Promise<void> {
    const name = raterName(this.name);
    if (name === null) return;
    const services = this.#services;
    this.forget();
    const made = await this.job.run(async (signal) => {
      await services.ownSettings.saveSetting(NAME_SETTING, name);
      const lessons = (await new LessonProgressStore(services.ownSettings).all()).slice(0, MAX_LESSONS);
      const header = { name, savedAt: services.now(), lessons };
      const file = await writeHandIn(header, summary, services, signal);
      const code = await handInCode(file);
      return { file, code: code.length > MAX_CODE ? null : code };
    });
    if (!made) return;
    const saved = `${fileName(name)}${HAND_IN_SUFFIX}`;
    services.saveFile(saved, made.file);
    this.#saved = { run: summary.run.id, name: saved, bytes: made.file.size, code: made.code };
  }
}
