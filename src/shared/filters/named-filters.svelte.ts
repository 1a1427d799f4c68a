/** The filters that have names, the same on every screen; stored with the settings, and followed in every tab. */
import type { AppState } from '../../app/app-state.svelte';
import type { SettingStore } from '../../core/ports';
import { type NamedFilter, namedFiltersIn, type PoolFilter } from '../../core/pool-filter';

const KEY = 'task-filters';

export class NamedFilters {
  /** Empty until they were read. */
  all = $state.raw<readonly NamedFilter[]>([]);
  /** By name, as each was when it was seen last in this visit. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- asked after `all`, which tells of each change
  readonly #seen = new Map<string, NamedFilter>();
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
  /** The filter that has the name, or had it in this visit: a screen keeps using one that is deleted. */
  known(name: string | null): NamedFilter | null {
    return this.get(name) ?? this.#seen.get(name ?? '') ?? null;
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
    this.#take(namedFiltersIn(await this.#store.setting(KEY)));
  }
  #take(all: readonly NamedFilter[]): void {
    for (const one of all) this.#seen.set(one.name, one);
    this.all = all;
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
    this.#take(after);
    return before;
  }
}
