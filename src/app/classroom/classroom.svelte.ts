/** Words for a classroom: while it is on, tasks with a word of the list are hidden, until the teacher shows them. */
import { untrack } from 'svelte';
import { ENGLISH_WORDS, WordList, wordsIn } from '../../core/classroom/word-list';
import type { SettingStore } from '../../core/ports';
import { instancesOf } from '../../core/review/task-edits';
import type { Task } from '../../core/task';
import { WORDS } from './words';

const KEY = 'classroom';

/** What is stored; without words the list that comes with the app holds. */
interface Stored {
  readonly on: boolean;
  readonly words?: readonly string[];
}

export class Classroom {
  /** A setting of its own; a mode for classes can switch it on. */
  on = $state(false);
  /** The list in use. */
  words = $state.raw<readonly string[]>(ENGLISH_WORDS);
  /** The teacher looks at what is hidden; not stored, so that the next start hides it again. */
  shown = $state(false);
  readonly #list = $derived(new WordList(this.words));

  constructor(private readonly store: SettingStore) {}

  /** Whether something is hidden now. */
  get hiding(): boolean {
    return this.on && !this.shown;
  }
  /** Whether the list is the one that comes with the app. */
  get untouched(): boolean {
    return this.words === ENGLISH_WORDS;
  }

  /** Reads the setting, now and whenever a tab changes it. @throws AppError as SettingStore */
  async load(): Promise<void> {
    this.store.watchSetting(KEY, () => void this.#read().catch(() => undefined));
    await this.#read();
  }
  /** @throws AppError as SettingStore */
  async switch(on: boolean): Promise<void> {
    this.on = on;
    this.shown = false;
    await this.#save();
  }
  /** @param text one entry a line; null for the list that comes with the app. @throws AppError as SettingStore */
  async edit(text: string | null): Promise<void> {
    this.words = text === null ? ENGLISH_WORDS : wordsIn(text);
    await this.#save();
  }

  /**
   * For what lives as long as the app.
   * @param renamed other tasks are named than before: rows are to be read again
   * @param toggled the same tasks are hidden, or shown, from now on
   */
  follow(renamed: () => void, toggled: () => void): void {
    let known: readonly unknown[] = [this.on, this.words];
    let hiding = this.hiding;
    $effect(() => {
      const now = [this.on, this.words];
      const same = now.every((value, i) => value === known[i]);
      const turned = hiding !== this.hiding;
      known = now;
      hiding = this.hiding;
      untrack(() => {
        if (!same) renamed();
        else if (turned) toggled();
      });
    });
  }

  /** Whether the setting names this task, shown or not. */
  names(task: Task): boolean {
    return this.on && this.#list.isIn({ instruction: task.instruction, instances: instancesOf(task) ?? [] });
  }
  /** The same for a text. */
  namesText(text: string): boolean {
    return this.on && this.#list.find(text) !== null;
  }
  /** The text, or what stands in its place while it is hidden. */
  cover(text: string): string {
    return this.hiding && this.namesText(text) ? WORDS.covered : text;
  }

  async #read(): Promise<void> {
    const stored = await this.store.setting<Stored>(KEY);
    this.on = stored?.on === true;
    this.words = Array.isArray(stored?.words) ? wordsIn(stored.words.join('\n')) : ENGLISH_WORDS;
  }
  #save(): Promise<void> {
    const { on, words } = this;
    return this.store.saveSetting(KEY, this.untouched ? { on } : { on, words });
  }
}
