/** The way on where the database cannot be used: restore a snapshot, save one, or start with an empty database. */
import type { Failure } from '../../core/errors';
import type { FoundSnapshot, SecondHome } from '../../app/second-home';
import { filesIn } from '../../app/saving/picked-folder';
import { Job } from '../../app/job.svelte';
import type { Services } from '../../app/services';
import { WORDS } from './words';

type Condition = keyof typeof WORDS.conditions;

export class RecoveryState {
  readonly job = new Job();
  /** Null while they are looked for, and when the search was stopped or failed. */
  snapshots = $state.raw<readonly FoundSnapshot[] | null>(null);
  /** What was saved or found last. */
  said = $state('');
  /** Whether it asks before it starts with an empty database. */
  asking = $state(false);
  readonly #home: SecondHome;

  constructor(
    readonly failure: Failure,
    private readonly services: Pick<Services, 'secondHome' | 'saveFile' | 'pickFolder'>,
    /** Called when the database can be used after all. */
    private readonly onopen: () => void,
  ) {
    this.#home = services.secondHome;
    void this.#look();
  }

  get condition(): Condition {
    const { failure } = this;
    if (failure.kind === 'storage-lost') return failure.cause;
    if (failure.kind === 'storage-foreign') return 'foreign';
    if (failure.kind === 'storage-too-new') return 'newer';
    return failure.kind === 'storage-denied' ? 'denied' : 'closed';
  }
  /** What the browser says of it; may be empty. */
  get detail(): string {
    return 'detail' in this.failure ? this.failure.detail : '';
  }
  get newest(): FoundSnapshot | null {
    return this.snapshots?.[0] ?? null;
  }
  get older(): readonly FoundSnapshot[] {
    return this.snapshots?.slice(1) ?? [];
  }

  async restore(snapshot: FoundSnapshot): Promise<void> {
    await this.#moveBy((signal, report) => this.#home.restore(snapshot, this.failure, signal, report));
  }
  async restoreFile(file: File): Promise<void> {
    await this.#moveBy(async (signal, report) => {
      const found = await this.#home.read(file, signal, report);
      await this.#home.restore(found, this.failure, signal, report);
    });
  }
  get canPick(): boolean {
    return this.services.pickFolder !== null;
  }
  /** Lists the snapshots of a folder as well. Called by a click. */
  async lookInFolder(): Promise<void> {
    const folder = await this.job.attempt(async () => this.services.pickFolder?.('read'));
    if (!folder) return;
    const found = await this.job.run(async (signal, report) =>
      this.#home.found(signal, report, await filesIn(folder, '.jsonl', signal)),
    );
    if (!found) return;
    const usable = found.filter(holdsAny);
    const listed = (this.snapshots ?? []).map(({ at }) => at);
    const others = usable.filter(({ at }) => !listed.includes(at));
    this.snapshots = [...(this.snapshots ?? []), ...others].sort((a, b) => b.at - a.at);
    this.said = WORDS.folder.found(usable.length, folder.name);
  }
  async startEmpty(): Promise<void> {
    this.asking = false;
    // What the newest snapshot says of models comes along, so it must have been looked for.
    if (this.snapshots === null) await this.#look();
    if (this.snapshots === null) return;
    await this.#moveBy((signal, report) => this.#home.beginAnew(this.failure, this.newest, signal, report));
  }
  async goOn(): Promise<void> {
    const failure = await this.#home.goOn();
    if (failure) this.job.failure = failure;
    else this.onopen();
  }
  retry(): void {
    this.#home.restart();
  }
  inMemory(): void {
    this.#home.restart(true);
  }
  save({ file }: FoundSnapshot): void {
    this.services.saveFile(file.name, file);
    this.said = WORDS.saved(file.name);
  }
  async saveReadable(): Promise<void> {
    const file = await this.job.run((signal, report) => this.#home.readable(signal, report));
    if (!file) return;
    this.services.saveFile(file.name, file);
    this.said = WORDS.saved(file.name);
  }

  async #look(): Promise<void> {
    const found = await this.job.run((signal, report) => this.#home.found(signal, report));
    if (found) this.snapshots = found.filter(holdsAny);
  }
  /** Loads the page again once the new database is whole. */
  async #moveBy(work: Parameters<Job['run']>[0]): Promise<void> {
    const moved = await this.job.run(async (signal, report) => {
      await work(signal, report);
      return true;
    });
    if (moved) this.#home.restart();
  }
}

const holdsAny = ({ content }: FoundSnapshot): boolean => Object.values(content).some((count) => count > 0);
