/**
 * What is typed into open forms, stored while it is typed: a closed or killed tab loses none of it, and it is offered
 * again. Text that is not stored yet, or cannot be, is asked for before the tab closes.
 */
import type { AppState } from './app-state.svelte';

/** Text of one form that was neither saved nor discarded. */
export interface KeptForm {
  /** Which form of which record: `seed:own-1:seed_3`. */
  readonly key: string;
  readonly value: unknown;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const SETTING = 'form-drafts';
/** Forms of which text is kept; the oldest go first. */
const MOST = 20;
/** Typing writes this often at most. */
const WRITE_MS = 200;

export class FormDrafts {
  /** Newest first, as stored when last read. */
  kept = $state.raw<readonly KeptForm[]>([]);
  /** Text that is not stored yet, by form; null removes what is stored. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- no screen shows it
  readonly #waiting = new Map<string, unknown>();
  readonly #services: AppState['services'];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor({ services }: Pick<AppState, 'services'>) {
    this.#services = services;
    services.store.watchSetting(SETTING, () => void this.load());
    window.addEventListener('beforeunload', (event) => {
      if ([...this.#waiting.values()].some((value) => value !== null)) event.preventDefault();
    });
    window.addEventListener('pagehide', () => void this.#write());
  }

  /** Reads what was kept. A storage that cannot be read offers nothing. */
  async load(): Promise<void> {
    const stored = await this.#services.store.setting<readonly KeptForm[]>(SETTING).catch(() => undefined);
    this.kept = stored ?? [];
  }
  /** What was typed into this form; undefined when nothing was kept. */
  find(key: string): KeptForm | undefined {
    return this.kept.find((form) => form.key === key);
  }

  /** @param value as the form holds it now: plain data */
  keep(key: string, value: unknown): void {
    this.#waiting.set(key, value);
    this.#timer ??= setTimeout(() => void this.#write(), WRITE_MS);
  }
  /** The text was saved or discarded. */
  forget(key: string): void {
    if (this.#waiting.has(key) || this.find(key)) this.keep(key, null);
  }

  async #write(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- a copy of what is written now
    const written = new Map(this.#waiting);
    if (written.size === 0) return;
    const at = this.#services.now();
    try {
      await this.#services.store.changeSetting<readonly KeptForm[]>(SETTING, (stored = []) => {
        const others = stored.filter(({ key }) => !written.has(key));
        const typed = [...written].flatMap(([key, value]) => (value === null ? [] : { key, value, at }));
        return [...typed, ...others].slice(0, MOST);
      });
      for (const [key, value] of written) if (this.#waiting.get(key) === value) this.#waiting.delete(key);
    } catch {
      // It waits in memory: closing the tab asks first.
    }
  }
}
