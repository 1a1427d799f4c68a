/** The seed sets to choose from, and the one that the next run uses. */
import { freeIdAmong, type SeedFile, SeedFileReader, writeSeedFile } from '../core/dataset/seed-file';
import { NearDuplicates, type SeedWarning, setWarnings, taskWarnings } from '../core/dataset/seed-warnings';
import { AppError } from '../core/errors';
import type { SeedSet } from '../core/ports';
import type { SeedTask } from '../core/task';
import { fileName } from '../io/file-name';
import { Pacer } from '../io/pacer';
import { readRecords } from '../io/records';
import type { RunRequest } from './run/run-session.svelte';
import type { Services } from './services';
import { Job, type JobWork } from './job.svelte';
import { WORDS } from './words';

export interface SeedSetChoice {
  readonly id: string;
  readonly name: string;
  readonly note: string;
  readonly own: boolean;
}
export interface ImportedSeeds extends SeedFile {
  readonly name: string;
}

const words = WORDS.seeds;
const MAX_FILE = 32 * 1024 * 1024;
const MAX_LINE = 256 * 1024;
const MAX_NAME = 80;

export class SeedLibrary {
  selected = $state('simple');
  seeds = $state.raw<readonly SeedTask[]>([]);
  /** A file that was read and waits for a decision. */
  imported = $state.raw<ImportedSeeds | null>(null);
  /** Reads a file; also holds the failure of everything else that was done here last. */
  readonly job = new Job();
  #own = $state.raw<readonly SeedSet[]>([]);
  #undo = $state.raw<{ readonly label: string; readonly work: () => Promise<void> } | null>(null);
  /** A large set is looked through in slices, so these arrive a moment later. */
  #ofTasks = $state.raw<readonly SeedWarning[]>([]);
  #duplicates = new NearDuplicates();
  #search: AbortController | null = null;
  readonly warnings: readonly SeedWarning[] = $derived([...setWarnings(this.seeds), ...this.#ofTasks]);

  constructor(private readonly services: Services) {}

  get choices(): readonly SeedSetChoice[] {
    const builtIn = this.services.builtInSeedSets.map(({ id, name, note, count }) => ({
      id,
      name,
      note: words.builtIn(count, note),
      own: false,
    }));
    const own = this.#own.map(({ id, name, seeds }) => ({
      id,
      name,
      note: words.own(seeds.length),
      own: true,
    }));
    return [...builtIn, ...own];
  }
  /** What a new run takes of the chosen set. */
  get forRun(): Pick<RunRequest, 'seeds' | 'seedSet'> {
    const { id, name } = this.choice;
    return { seeds: this.seeds, seedSet: { id, name, count: this.seeds.length } };
  }
  get choice(): SeedSetChoice {
    const [first] = this.choices;
    return this.choices.find(({ id }) => id === this.selected) ?? (first as SeedSetChoice);
  }
  /** What can be undone, in words; null when there is nothing. */
  get undoable(): string | null {
    return this.#undo?.label ?? null;
  }

  async load(): Promise<void> {
    let chosen: string | undefined;
    await this.job.attempt(async () => {
      this.#own = await this.services.store.seedSets();
      chosen = await this.services.store.setting<string>('seedSet');
    });
    // The built-in sets are files: they are there even when the storage is not.
    await this.job.attempt(() => this.#show(chosen ?? 'simple'));
  }
  async select(id: string): Promise<void> {
    await this.#guard(async () => {
      await this.#show(id);
      this.#undo = null;
      await this.services.store.saveSetting('seedSet', this.selected);
    });
  }
  /** Changes one seed, or adds it when `index` is null. A built-in set becomes an own copy first. */
  async put(index: number | null, seed: SeedTask): Promise<void> {
    if (index === null) {
      await this.#change([seed, ...this.seeds], words.added);
    } else {
      const seeds = this.seeds.map((other, i) => (i === index ? seed : other));
      await this.#change(seeds, words.changed);
    }
  }
  async remove(index: number): Promise<void> {
    await this.#change(
      this.seeds.filter((_, i) => i !== index),
      words.removed,
    );
  }
  async undo(): Promise<void> {
    const undo = this.#undo;
    this.#undo = null;
    if (undo) await this.#guard(undo.work);
  }
  dismissUndo(): void {
    this.#undo = null;
  }
  /** An empty task with an id that is free in this set. */
  blank(): SeedTask {
    const ids = this.seeds.map((seed) => seed.id);
    const id = freeIdAmong(`seed_${this.seeds.length}`, ids);
    return { id, name: id, instruction: '', isClassification: false, instances: [{ input: '', output: '' }] };
  }
  /** Warnings about a task as it is being typed; `index` is its place in the set, null for a new one. */
  warningsOf(seed: SeedTask, index: number | null): readonly string[] {
    const near = this.#duplicates.warning(seed.instruction, index);
    return near === null ? taskWarnings(seed) : [...taskWarnings(seed), near];
  }

  /** Reads a seed file in slices; what was found waits in `imported`. */
  async read(file: File): Promise<void> {
    this.imported = null;
    await this.job.replace(async (signal, report) => {
      const found = await this.#readFile(file, signal, report);
      signal.throwIfAborted();
      this.imported = { name: file.name, ...found };
    });
  }
  async acceptImport(): Promise<void> {
    const file = this.imported;
    if (!file || file.seeds.length === 0) return;
    const stem = file.name.replace(/\.[^.]*$/u, '').trim();
    await this.#guard(async () => {
      await this.#create(stem.slice(0, MAX_NAME) || words.imported, file.seeds);
      this.imported = null;
      this.#undo = null;
    });
  }
  discardImport(): void {
    this.imported = null;
  }
  async rename(name: string): Promise<void> {
    const set = this.#own.find(({ id }) => id === this.selected);
    const trimmed = name.trim().slice(0, MAX_NAME);
    if (!set || trimmed === '' || trimmed === set.name) return;
    await this.#guard(() => this.#store({ ...set, name: trimmed }));
  }
  async removeSet(): Promise<void> {
    const set = this.#own.find(({ id }) => id === this.selected);
    if (!set) return;
    await this.#guard(async () => {
      await this.#drop(set.id, 'simple');
      this.#undo = { label: words.setRemoved(set.name), work: () => this.#store(set) };
    });
  }
  save(): void {
    const content = new Blob([writeSeedFile(this.seeds)], { type: 'application/jsonl' });
    this.services.saveFile(`${fileName(this.choice.name)}.jsonl`, content);
  }

  async #readFile(file: File, ...[signal, report]: Parameters<JobWork<SeedFile>>): Promise<SeedFile> {
    if (file.size > MAX_FILE) {
      const size = Math.round(file.size / 1_000_000);
      const detail = words.tooLarge(file.name, size);
      throw new AppError({ kind: 'bad-file', detail });
    }
    const found = new SeedFileReader();
    const onProgress = (done: number): void =>
      report({ label: words.reading(file.name), done, total: file.size });
    const options = { maxRecordBytes: MAX_LINE, lists: true, signal, onProgress };
    for await (const records of readRecords(file, options)) {
      for (const record of records) found.add(record);
      if (found.done) break;
    }
    return found.result();
  }

  async #change(seeds: readonly SeedTask[], label: string): Promise<void> {
    const { own, name, id } = this.choice;
    const before = this.#own.find((set) => set.id === id);
    await this.#guard(async () => {
      if (own && before) {
        await this.#store({ ...before, seeds });
        this.#undo = { label, work: () => this.#store(before) };
      } else {
        const copy = await this.#create(words.copyName(name), seeds);
        this.#undo = { label: words.copied(label), work: () => this.#drop(copy, id) };
      }
    });
  }
  async #create(name: string, seeds: readonly SeedTask[]): Promise<string> {
    const ids = this.#own.map((set) => set.id);
    const id = freeIdAmong(`own-${this.services.now()}`, ids);
    await this.#store({ id, name, seeds, updatedAt: 0 });
    return id;
  }
  /** Writes an own set and shows it. */
  async #store(set: SeedSet): Promise<void> {
    const stored: SeedSet = { ...set, updatedAt: this.services.now() };
    await this.services.store.saveSeedSet(stored);
    const known = this.#own.some(({ id }) => id === set.id);
    this.#own = known
      ? this.#own.map((other) => (other.id === set.id ? stored : other))
      : [...this.#own, stored];
    await this.#show(set.id);
    await this.services.store.saveSetting('seedSet', this.selected);
  }
  async #drop(id: string, next: string): Promise<void> {
    await this.services.store.deleteSeedSet(id);
    this.#own = this.#own.filter((set) => set.id !== id);
    await this.#show(next);
    await this.services.store.saveSetting('seedSet', this.selected);
  }
  async #show(id: string): Promise<void> {
    const own = this.#own.find((set) => set.id === id);
    const { builtInSeedSets } = this.services;
    const builtIn = builtInSeedSets.find((set) => set.id === id) ?? builtInSeedSets[0];
    const seeds = own ? own.seeds : ((await builtIn?.load()) ?? []);
    this.selected = own ? id : (builtIn?.id ?? 'simple');
    this.seeds = seeds;
    void this.#lookThrough(seeds);
  }
  async #lookThrough(seeds: readonly SeedTask[]): Promise<void> {
    this.#search?.abort();
    const search = new AbortController();
    this.#search = search;
    this.#ofTasks = [];
    const duplicates = new NearDuplicates();
    const found: SeedWarning[] = [];
    const pacer = new Pacer();
    for (const [index, seed] of seeds.entries()) {
      for (const text of taskWarnings(seed)) found.push({ index, text });
      const near = duplicates.warning(seed.instruction, null);
      if (near !== null) found.push({ index, text: near });
      duplicates.add(seed.instruction);
      await pacer.breathe();
      if (search.signal.aborted) return;
    }
    this.#duplicates = duplicates;
    this.#ofTasks = found;
  }
  async #guard(work: () => Promise<void>): Promise<void> {
    this.job.failure = null;
    await this.job.attempt(work);
  }
}
