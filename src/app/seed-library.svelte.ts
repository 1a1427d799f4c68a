/** The seed sets to choose from, and the one that the next run uses. */
import { changeSeed, reversed, type SeedChange } from '../core/dataset/seed-changes';
import { freeIdAmong, type SeedFile, SeedFileReader, writeSeedFile } from '../core/dataset/seed-file';
import type { SeedSet } from '../core/dataset/seed-store';
import { AppError } from '../core/errors';
import type { SeedTask } from '../core/task';
import { fileName } from '../io/file-name';
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
  /** What another tab did to the chosen set that needs a word; empty when nothing did. */
  notice = $state('');
  #own = $state.raw<readonly SeedSet[]>([]);
  #undo = $state.raw<{ readonly label: string; readonly work: () => Promise<void> } | null>(null);

  constructor(private readonly services: Services) {
    services.seedSets.watch(() => void this.job.attempt(() => this.#follow()));
  }

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
      this.#own = await this.services.seedSets.list();
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
  /**
   * Changes the task that a form was opened with, or adds one. A built-in set becomes an own copy first.
   * @returns false when another tab changed the same task meanwhile, or it failed: nothing is written then
   */
  put(before: SeedTask | null, after: SeedTask): Promise<boolean> {
    return this.#change({ before, after }, before ? words.changed : words.added);
  }
  /** @returns as `put` */
  remove(before: SeedTask): Promise<boolean> {
    return this.#change({ before, after: null }, words.removed);
  }
  /** The task that a form was opened with, as it is now: null when it was removed. */
  now({ id }: SeedTask): SeedTask | null {
    return this.seeds.find((seed) => seed.id === id) ?? null;
  }
  async undo(): Promise<void> {
    const undo = this.#undo;
    this.#undo = null;
    if (undo) await this.#guard(undo.work);
  }
  dismissUndo(): void {
    this.#undo = null;
  }
  dismissNotice(): void {
    this.notice = '';
  }
  /** An empty task with an id that is free in this set. */
  blank(): SeedTask {
    const ids = this.seeds.map((seed) => seed.id);
    const id = freeIdAmong(`seed_${this.seeds.length}`, ids);
    return { id, name: id, instruction: '', isClassification: false, instances: [{ input: '', output: '' }] };
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
  /** An own set without tasks: where one is to write all of them. */
  async beginEmpty(): Promise<void> {
    await this.#guard(async () => {
      await this.#create(words.begun, []);
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
    await this.#guard(async () => {
      await this.services.seedSets.change(set.id, (now) => ({ ...now, name: trimmed }));
      await this.#follow();
    });
  }
  async removeSet(): Promise<void> {
    const set = this.#own.find(({ id }) => id === this.selected);
    if (!set) return;
    await this.#guard(async () => {
      const removed = await this.#drop(set.id, 'simple');
      if (!removed) return;
      const back = async (): Promise<void> => {
        await this.services.seedSets.restore(removed);
        await this.#choose(removed.id);
      };
      this.#undo = { label: words.setRemoved(set.name), work: back };
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
    // Code that only a picked file needs: the first page is light.
    const { readRecords } = await import('../io/records');
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

  async #change(change: SeedChange, label: string): Promise<boolean> {
    const { own, name, id } = this.choice;
    let done = false;
    await this.#guard(async () => {
      if (own) {
        const made = await this.#apply(id, change);
        if (!made) return;
        this.#undo = { label, work: () => this.#takeBack(id, made) };
      } else {
        const outcome = changeSeed(this.seeds, change);
        // A form that was opened on another set: its text is not lost.
        const seeds =
          outcome.kind === 'changed'
            ? outcome.seeds
            : change.after
              ? [change.after, ...this.seeds]
              : this.seeds;
        const made = outcome.kind === 'changed' ? outcome.made : { before: null, after: change.after };
        const copy = await this.#create(words.copyName(name), seeds);
        const back = async (): Promise<void> => {
          // Another tab may have changed the copy since: then only this change is taken back.
          if (!(await this.#drop(copy.id, id, copy.version))) await this.#takeBack(copy.id, made);
        };
        this.#undo = { label: words.copied(label), work: back };
      }
      done = true;
    });
    return done;
  }
  /** Changes one task of an own set. Null when it is not as it was when the change began. */
  async #apply(id: string, change: SeedChange): Promise<SeedChange | null> {
    let made: SeedChange | null = null;
    await this.services.seedSets.change(id, (set) => {
      const outcome = changeSeed(set.seeds, change);
      made = outcome.kind === 'changed' ? outcome.made : null;
      if (outcome.kind === 'conflict' || outcome.seeds === set.seeds) return set;
      return { ...set, seeds: outcome.seeds, updatedAt: this.services.now() };
    });
    await this.#follow();
    return made;
  }
  async #takeBack(id: string, made: SeedChange): Promise<void> {
    if (!(await this.#apply(id, reversed(made)))) this.notice = words.changedSince;
  }
  async #create(name: string, seeds: readonly SeedTask[]): Promise<SeedSet> {
    const set = await this.services.seedSets.create({ name, seeds, updatedAt: this.services.now() });
    await this.#choose(set.id);
    return set;
  }
  /** @param version removes it only if it is still of this version */
  async #drop(id: string, next: string, version?: number): Promise<SeedSet | undefined> {
    const removed = await this.services.seedSets.remove(id, version);
    if (removed) await this.#choose(next);
    return removed;
  }
  /** Takes over what is stored and shows a set. */
  async #choose(id: string): Promise<void> {
    this.#own = await this.services.seedSets.list();
    await this.#show(id);
    await this.services.store.saveSetting('seedSet', this.selected);
  }
  /** Takes over what is stored now, by whichever tab. */
  async #follow(): Promise<void> {
    const shown = this.#own.find(({ id }) => id === this.selected);
    this.#own = await this.services.seedSets.list();
    if (!shown) return;
    const now = this.#own.find(({ id }) => id === shown.id);
    if (now && now.version === shown.version) return;
    if (!now) this.notice = words.goneElsewhere(shown.name);
    await this.#show(shown.id);
  }
  async #show(id: string): Promise<void> {
    const own = this.#own.find((set) => set.id === id);
    const { builtInSeedSets } = this.services;
    const builtIn = builtInSeedSets.find((set) => set.id === id) ?? builtInSeedSets[0];
    const seeds = own ? own.seeds : ((await builtIn?.load()) ?? []);
    this.selected = own ? id : (builtIn?.id ?? 'simple');
    this.seeds = seeds;
  }
  async #guard(work: () => Promise<void>): Promise<void> {
    this.job.failure = null;
    await this.job.attempt(work);
  }
}
