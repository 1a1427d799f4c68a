/** The filters that have names, the same on every screen; stored with the settings, and followed in every tab. */
import type { AppState } from '../../app/app-state.svelte';
import type { SettingStore } from '../../core/ports';
import { type NamedFilter, namedFiltersIn, type PoolFilter } from '../../core/pool-filter';

const KEY = 'task-filters';

export class NamedFilters {
  /** Empty until they were read. */
  all = $state.raw<readonly NamedFilter[]>([]);
  readonly #store: SettingStore;

  constructor({ services }: Pick<AppState, 'services'>) {
    this.#store = services.store;
    const read = (): void => void this.#read().catch(() => undefined);
    this.#store.watchSetting(KEY, read);
    read();
  }

  get(name: string | null): NamedFilter | null {
    return this.all.find((one) => one.name === name) ?? null;
  }
  /**
   * Keeps a filter under a name, in place of one that had it.
   * @returns the one that had it, as it was stored; null when there was none
   * @throws AppError as SettingStore
   */
  keep(name: string, filter: PoolFilter): Promise<PoolFilter | null> {
    return this.#put(name, filter);
  }
  /** @returns the filter that had the name, as it was stored. @throws AppError as SettingStore */
  remove(name: string): Promise<PoolFilter | null> {
    return this.#put(name, null);
  }

  async #read(): Promise<void> {
    this.all = namedFiltersIn(await this.#store.setting(KEY));
  }
  /** Changes the stored list: this tab may not have read it yet, or another tab may have changed it. */
  async #put(name: string, filter: PoolFilter | null): Promise<PoolFilter | null> {
    let before: PoolFilter | null = null;
    let after: readonly NamedFilter[] = [];
    await this.#store.changeSetting(KEY, (stored: unknown) => {
      const all = namedFiltersIn(stored);
      before = all.find((one) => one.name === name)?.filter ?? null;
      const others = all.filter((one) => one.name !== name);
      after = filter ? [...others, { name, filter }].sort((a, b) => a.name.localeCompare(b.name)) : others;
      return after;
    });
    this.all = after;
    return before;
  }
}
