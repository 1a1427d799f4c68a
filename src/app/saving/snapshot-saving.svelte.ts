/** Saves everything as one file: by a click, and by itself into a folder that the user picked. */
import type { AppState } from '../app-state.svelte';
import { Job } from '../job.svelte';
import { askFor, isOpen, type PickedFolder, writeInto } from './picked-folder';
import { UnsavedRows } from './unsaved-rows.svelte';
import { WORDS } from './words';

/** The folder with the mark of its files, where the browser can keep a handle. */
const SETTING = 'snapshot-folder';
/** A folder gets the newest state so often, while something changes. All of it is written each time. */
const EVERY_MS = 5 * 60_000;

export class SnapshotSaving {
  readonly job = new Job();
  readonly unsaved = new UnsavedRows();
  readonly canPick: boolean;
  folder = $state.raw<PickedFolder | null>(null);
  /** Whether the user has to allow the folder again, as after a restart of the browser. */
  folderAsks = $state(false);
  /** What was saved last, for the user. */
  said = $state('');
  /** Whether the browser may clear what is stored. */
  #evictable = $state(false);
  /** Of the files in the folder: another database that writes there on the same day has another one. */
  #mark = '';
  #finding = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | null = null;
  readonly #services: AppState['services'];

  constructor({ services }: Pick<AppState, 'services'>) {
    this.#services = services;
    this.canPick = services.pickFolder !== null;
    services.secondHome.watchRows((rows) => this.#grow(rows));
    services.store.watchSetting(SETTING, () => void this.#find());
    void this.#find();
    void this.#askPersistence();
  }

  /** Whether the user should save: much has grown, and only this browser has it, which may clear it. */
  get due(): boolean {
    const { inMemory } = this.#services.secondHome;
    const kept = this.folder !== null && !this.folderAsks && this.job.failure === null;
    return this.unsaved.many && this.#evictable && !inMemory && !kept;
  }

  /** Hands everything to the user as a file. */
  async save(): Promise<void> {
    await this.#write((file) => {
      this.#services.saveFile(file.name, file);
      return WORDS.saved(file.name);
    });
  }
  /** Called by a click. */
  async chooseFolder(): Promise<void> {
    const folder = await this.job.attempt(async () => this.#services.pickFolder?.('readwrite'));
    if (!folder) return;
    const mark = (await this.#isPicked(folder)) ? this.#mark : crypto.randomUUID().slice(0, 8);
    // A browser that cannot keep the handle asks for the folder again after a reload.
    await this.job.attempt(() => this.#services.store.saveSetting(SETTING, { folder, mark }));
    await this.#finding;
    this.folder = folder;
    this.#mark = mark;
    this.folderAsks = false;
    await this.#writeFolder();
  }
  /** Called by a click. */
  async allowFolder(): Promise<void> {
    const { folder } = this;
    if (!folder || !(await this.job.attempt(() => askFor(folder)))) return;
    this.folderAsks = false;
    await this.#writeFolder();
  }
  /** Writes nothing into the folder any more; its files stay. */
  async leaveFolder(): Promise<void> {
    this.folder = null;
    this.folderAsks = false;
    this.said = '';
    await this.job.attempt(() => this.#services.store.saveSetting(SETTING, undefined));
  }
  /** Reminds again when much more has grown. */
  later(): void {
    this.unsaved.later();
  }

  #grow(rows: number): void {
    const { many } = this.unsaved;
    this.unsaved.add(rows);
    if (!many && this.unsaved.many) void this.#askPersistence();
    if (this.folder && !this.folderAsks) this.#writeLater();
  }

  async #isPicked(folder: PickedFolder): Promise<boolean> {
    const same = await this.job.attempt(async () => this.folder?.isSameEntry(folder));
    return same === true;
  }

  async #writeFolder(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const { folder } = this;
    if (!folder) return;
    if (this.job.running) {
      this.#writeLater();
      return;
    }
    await this.#write(async (file, signal) => {
      const name = file.name.replace(/\.jsonl$/u, `-${this.#mark}.jsonl`);
      await writeInto(folder, name, file, signal);
      return WORDS.folder.written(name, folder.name);
    });
  }
  #writeLater(): void {
    this.#timer ??= setTimeout(() => void this.#writeFolder(), EVERY_MS);
  }

  /** @param hand puts the file where it belongs, and says so */
  async #write(hand: (file: File, signal: AbortSignal) => string | Promise<string>): Promise<void> {
    const said = await this.job.run(async (signal, report) => {
      const { rows } = this.unsaved;
      const file = await this.#services.secondHome.snapshot(signal, report);
      const done = await hand(file, signal);
      this.unsaved.saved(rows, this.#services.now());
      return done;
    });
    this.said = said ?? '';
  }

  /** One after the other, so that the newest is what stays. */
  #find(): Promise<void> {
    this.#finding = this.#finding.then(() => this.#readFolder());
    return this.#finding;
  }
  async #readFolder(): Promise<void> {
    if (!this.canPick) return;
    const stored = await this.#services.store.setting(SETTING).catch(() => undefined);
    const { folder: handle, mark } = (stored ?? {}) as { folder?: unknown; mark?: unknown };
    // A restored snapshot has the row, but not the handle.
    const folder = handle instanceof FileSystemDirectoryHandle ? handle : null;
    this.folderAsks = folder !== null && !(await isOpen(folder));
    this.#mark = typeof mark === 'string' ? mark : '';
    this.folder = folder;
    // What grew before this page was loaded is written as well.
    if (folder && !this.folderAsks && this.unsaved.rows > 0) this.#writeLater();
  }

  async #askPersistence(): Promise<void> {
    const facts = await this.#services.deviceFacts().catch(() => null);
    this.#evictable = facts !== null && !facts.persisted;
  }
}
