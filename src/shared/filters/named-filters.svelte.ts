/** The filters that have names, the same on every screen; stored with the settings, and followed in every tab. */
import type { AppState } from '../../app/app-state.svelte';
import type { SettingStore } from '../../core/ports';
import { type NamedFilter, namedFiltersIn, type PoolFilter } from '../../core/pool-filter';

const KEY = 'task-filters';

export class NamedFilters {
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
  /** Keeps a filter under a name, in place of one that had it. @throws AppError as SettingStore */
  async keep(name: string, filter: PoolFilter): Promise<void> {
    const others = this.all.filter((one) => one.name !== name);
    await this.#save([...others, { name, filter }].sort((a, b) => a.name.localeCompare(b.name)));
  }
  /** All of them at once, to undo a change. @throws AppError as SettingStore */
  replace(all: readonly NamedFilter[]): Promise<void> {
    return this.#save(all);
  }
  /** @throws AppError as SettingStore */
  remove(name: string): Promise<void> {
    return this.#save(this.all.filter((one) => one.name !== name));
  }

  async #read(): Promise<void> {
    this.all = namedFiltersIn(await this.#store.setting(KEY));
  }
  #save(all: readonly NamedFilter[]): Promise<void> {
    this.all = all;
    return this.#store.saveSetting(KEY, all);
  }
}
