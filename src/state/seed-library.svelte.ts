/** The seed sets to choose from, and the one that the next run uses. */
import { createContext } from 'svelte';
import { readSeedFile, type SeedFile, writeSeedFile } from '../core/dataset/seed-file';
import { seedWarnings, type SeedWarning } from '../core/dataset/seed-warnings';
import { type Failure, failureOf } from '../core/errors';
import type { SeedSet } from '../core/ports';
import type { SeedTask } from '../core/task';
import type { Services } from './services';

export interface SeedSetChoice {
  readonly id: string;
  readonly name: string;
  readonly note: string;
  readonly own: boolean;
}

export class SeedLibrary {
  selected = $state('simple');
  seeds = $state.raw<readonly SeedTask[]>([]);
  failure = $state.raw<Failure | null>(null);
  /** A file that was read and waits for a decision. */
  imported = $state.raw<(SeedFile & { readonly name: string }) | null>(null);
  #own = $state.raw<readonly SeedSet[]>([]);
  #undo = $state.raw<readonly SeedTask[] | null>(null);
  readonly warnings: readonly SeedWarning[] = $derived(seedWarnings(this.seeds));

  constructor(private readonly services: Services) {}

  get choices(): readonly SeedSetChoice[] {
    const builtIn = this.services.builtInSeedSets.map(({ id, name, note, count }) => ({
      id,
      name,
      note: `${count} tasks. ${note}`,
      own: false,
    }));
    const own = this.#own.map(({ id, name, seeds }) => ({
      id,
      name,
      note: `${seeds.length} tasks.`,
      own: true,
    }));
    return [...builtIn, ...own];
  }
  get choice(): SeedSetChoice {
    const [first] = this.choices;
    return this.choices.find(({ id }) => id === this.selected) ?? (first as SeedSetChoice);
  }
  get canUndo(): boolean {
    return this.#undo !== null;
  }

  async load(): Promise<void> {
    await this.#guard(async () => {
      this.#own = await this.services.store.seedSets();
      await this.select((await this.services.store.setting<string>('seedSet')) ?? 'simple');
    });
  }
  async select(id: string): Promise<void> {
    await this.#guard(async () => {
      const own = this.#own.find((set) => set.id === id);
      const builtIn =
        this.services.builtInSeedSets.find((set) => set.id === id) ?? this.services.builtInSeedSets[0];
      this.seeds = own ? own.seeds : ((await builtIn?.load()) ?? []);
      this.selected = own ? id : (builtIn?.id ?? 'simple');
      this.#undo = null;
      await this.services.store.saveSetting('seedSet', this.selected);
    });
  }
  /** Changes one seed, or adds it when `index` is past the end. A built-in set becomes an own copy first. */
  async put(index: number, seed: SeedTask): Promise<void> {
    const seeds = [...this.seeds];
    seeds[index] = seed;
    await this.#save(seeds);
  }
  async remove(index: number): Promise<void> {
    const before = this.seeds;
    await this.#save(before.filter((_, i) => i !== index));
    this.#undo = before;
  }
  async undo(): Promise<void> {
    if (this.#undo) await this.#save(this.#undo);
    this.#undo = null;
  }
  async read(file: File): Promise<void> {
    await this.#guard(async () => {
      const text = file.size > 32 * 1024 * 1024 ? null : await file.text();
      this.imported =
        text === null
          ? {
              name: file.name,
              seeds: [],
              duplicates: 0,
              problems: [{ line: 1, reason: 'the file is larger than 32 MB' }],
            }
          : { name: file.name, ...readSeedFile(text) };
    });
  }
  async acceptImport(): Promise<void> {
    const file = this.imported;
    if (!file || file.seeds.length === 0) return;
    await this.#store(file.name.replace(/\.[^.]*$/u, '') || 'Imported', file.seeds);
    this.imported = null;
  }
  async removeSet(): Promise<void> {
    await this.#guard(async () => {
      await this.services.store.deleteSeedSet(this.selected);
      this.#own = this.#own.filter(({ id }) => id !== this.selected);
      await this.select('simple');
    });
  }
  save(): void {
    const text = writeSeedFile(this.seeds);
    this.services.saveFile(`${this.choice.name}.jsonl`, new Blob([text], { type: 'application/jsonl' }));
  }

  async #save(seeds: readonly SeedTask[]): Promise<void> {
    this.#undo = null;
    const { own, name } = this.choice;
    if (!own) {
      await this.#store(`${name}, changed`, seeds);
      return;
    }
    await this.#guard(async () => {
      const set = { id: this.selected, name, seeds, updatedAt: this.services.now() };
      await this.services.store.saveSeedSet(set);
      this.#own = this.#own.map((other) => (other.id === set.id ? set : other));
      this.seeds = seeds;
    });
  }
  async #store(name: string, seeds: readonly SeedTask[]): Promise<void> {
    await this.#guard(async () => {
      const now = this.services.now();
      const set: SeedSet = { id: `own-${now}`, name, seeds, updatedAt: now };
      await this.services.store.saveSeedSet(set);
      this.#own = [...this.#own, set];
      await this.select(set.id);
    });
  }
  async #guard(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.failure = null;
    } catch (error) {
      this.failure = failureOf(error, (detail) => ({ kind: 'storage-unavailable', detail }));
    }
  }
}
export const [getSeedLibrary, setSeedLibrary] = createContext<SeedLibrary>();
