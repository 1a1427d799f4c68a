/** The Models screen: what this device can do, which models run on it, which are here, and how they come and go. */
import { type DeviceReport, deviceChecks } from '../../core/models/device-report';
import type { Fit } from '../../core/models/model-fit';
import type { StoredModel } from '../../core/models/stored-model';
import { type Failure, failureOf } from '../../core/errors';
import type { ModelShelf, FetchableModel } from '../../models/model-shelf';
import type { UnfinishedModel } from '../../models/opfs-model-store';
import type { CacheLeftover } from '../../models/web-llm-cache';
import { AddressFetch } from './address-fetch.svelte';
import { bestToFetch, type ModelLine, modelLines } from '../../models/model-lines';
import type { AppState } from '../../app/app-state.svelte';
import type { ModelChoice } from '../../app/model-choice.svelte';
import { ModelJobs } from './model-jobs.svelte';
import { packModel, saveAsFolder } from './model-packing';
import type { Services } from '../../app/services';
import { SpeedTests } from './speed-tests.svelte';

/** Work that is done for files from this device. */
export const FILES = 'files';

export class ModelsView {
  device = $state.raw<DeviceReport | null>(null);
  offered = $state.raw<readonly FetchableModel[]>([]);
  stored = $state.raw<readonly StoredModel[]>([]);
  leftovers = $state.raw<readonly CacheLeftover[]>([]);
  failure = $state.raw<Failure | null>(null);
  /** Files of a stored model that were found wrong; empty when all are right. */
  checked = $state.raw<{ readonly id: string; readonly wrong: readonly string[] } | null>(null);
  /** A model whose size was asked; null when none waits for a yes. */
  offer = $state.raw<{ readonly id: string; readonly bytes: number | null } | null>(null);
  readonly jobs = new ModelJobs();
  readonly speed: SpeedTests;
  readonly address: AddressFetch;
  readonly checks = $derived(this.device ? deviceChecks(this.device) : []);
  readonly lines: readonly ModelLine[] = $derived.by(() =>
    this.device ? modelLines(this.#choice.models, this.offered, this.device) : [],
  );
  /** Id of the model that is worth fetching first; null when there is none. */
  readonly recommended: string | null = $derived(bestToFetch(this.lines)?.id ?? null);
  #begun = $state.raw<readonly UnfinishedModel[]>([]);
  /** Begun, and nobody here works on it. */
  readonly unfinished: readonly UnfinishedModel[] = $derived(
    this.#begun.filter(({ key, source }) => !this.jobs.isRunning(key) && !this.jobs.isRunning(source)),
  );
  #shelf: Promise<ModelShelf> | null = null;

  readonly #services: Services;
  readonly #choice: ModelChoice;

  constructor({ services, choice, session }: Pick<AppState, 'services' | 'choice' | 'session'>) {
    this.#services = services;
    this.#choice = choice;
    this.speed = new SpeedTests(services, session);
    this.address = new AddressFetch({
      size: async (url, signal) => (await this.#open()).sizeOf(url, signal),
      fetch: (url) => this.#fetchFile(url),
      cancel: (url) => this.cancel(url),
    });
    services.modelStore.watch(() => void this.refresh());
  }

  /** Whether models can be written into a folder of a person's choice. */
  get savesFolders(): boolean {
    return this.#services.pickFolder !== null;
  }

  /** Asks the device and reads what is here. */
  async open(): Promise<void> {
    await this.#guard(async () => {
      const shelf = await this.#open();
      await this.#choice.ready;
      const [device, offered] = await Promise.all([
        this.#services.deviceReport(),
        shelf.offered(),
        this.speed.open(),
      ]);
      this.device = device;
      this.offered = offered;
    });
    await this.refresh();
  }

  async refresh(): Promise<void> {
    await this.#guard(async () => {
      const shelf = await this.#open();
      this.stored = await this.#services.modelStore.list();
      this.#begun = await shelf.unfinished();
      this.leftovers = await shelf.leftovers();
    });
  }

  /** Lines of one group: those that are here, the recommended one, then the others from small to large. */
  group(fit: Fit): readonly ModelLine[] {
    const rank = ({ here, id }: ModelLine): number => (here ? 0 : id === this.recommended ? 1 : 2);
    return this.lines.filter(({ verdict }) => verdict.fit === fit).sort((a, b) => rank(a) - rank(b));
  }

  /** Bytes of an offered model that are here already, when it was begun. */
  begun(id: string): number | null {
    return this.unfinished.find(({ key }) => key === id)?.bytes ?? null;
  }

  /** Asks how large a model is; `offer` then waits for a yes. */
  async ask(line: ModelLine): Promise<void> {
    const shelf = await this.#open();
    this.offer = null;
    const bytes = await this.jobs.run(line.id, `Asking for the size of ${line.name}`, (signal) =>
      shelf.sizeOfOffered(line.id, signal).then((size) => ({ size })),
    );
    if (bytes) this.offer = { id: line.id, bytes: bytes.size };
  }
  /** Not now: what was begun before stays, the few small files that were read for the size go again. */
  async decline(): Promise<void> {
    const { offer } = this;
    this.offer = null;
    if (offer && this.begun(offer.id) === null) await this.cancel(offer.id);
  }

  async fetch(line: ModelLine): Promise<void> {
    this.offer = null;
    await this.#services.requestPersistence().catch(() => false);
    const shelf = await this.#open();
    const model = await this.jobs.run(line.id, line.name, (signal, tell) =>
      shelf.fetchOffered(line.id, signal, tell),
    );
    await this.#arrived(model);
  }

  async #fetchFile(url: string): Promise<boolean> {
    await this.#services.requestPersistence().catch(() => false);
    const shelf = await this.#open();
    const model = await this.jobs.run(url, url, (signal, tell) => shelf.fetchFile(url, signal, tell));
    await this.#arrived(model);
    return model !== null;
  }

  /** Stops a download and gives up what came. @param name of an offered model, an address, or the key of what was begun */
  async cancel(name: string): Promise<void> {
    const find = (): UnfinishedModel | undefined =>
      this.#begun.find(({ key, source }) => key === name || source === name);
    const known = find();
    for (const key of [name, ...(known ? [known.key, known.source] : [])]) await this.jobs.end(key);
    if (this.address.offer?.url === (known?.source ?? name)) this.address.offer = null;
    await this.refresh();
    const begun = find();
    if (begun) await this.#guard(async () => (await this.#open()).discard(begun.key));
    await this.refresh();
  }

  async take(files: readonly File[]): Promise<void> {
    const [first] = files;
    if (!first) return;
    const label = files.length === 1 ? first.name : `${files.length} files`;
    const shelf = await this.#open();
    const model = await this.jobs.run(FILES, label, (signal, tell) => shelf.take(files, signal, tell));
    await this.#arrived(model);
  }

  /** Hands out a model as one file. */
  async pack(line: ModelLine): Promise<void> {
    const shelf = await this.#open();
    const packed = await this.jobs.run(line.id, `Packing ${line.name}`, (signal, tell) =>
      packModel(shelf, line, this.#services.now(), signal, tell),
    );
    if (packed) this.#services.saveFile(packed.name, packed.content);
  }
  /** Hands out a model as a folder. Called by a click: browsers ask for a folder at no other time. */
  async saveFolder(line: ModelLine): Promise<void> {
    await this.#guard(async () => {
      const into = await this.#services.pickFolder?.();
      if (!into) return;
      const shelf = await this.#open();
      await this.jobs.run(line.id, `Writing ${line.name}`, (signal, tell) =>
        saveAsFolder(shelf, line, into, signal, tell),
      );
    });
  }
  /** Hashes all files of a model again. */
  async check({ id, name }: ModelLine): Promise<void> {
    const wrong = await this.jobs.run(id, `Checking ${name}`, (signal, tell) =>
      this.#services.modelStore.check(id, signal, tell),
    );
    if (wrong) this.checked = { id, wrong };
  }
  async remove(line: ModelLine): Promise<void> {
    await this.#guard(async () => {
      if (line.engine === 'server') await this.#services.servers.remove(line.id);
      else await this.#services.modelStore.delete(line.id);
    });
    await this.refresh();
  }
  async removeAll(): Promise<void> {
    await this.#guard(async () => {
      for (const { id } of this.stored) await this.#services.modelStore.delete(id);
      const shelf = await this.#open();
      for (const { key } of this.#begun) await this.cancel(key);
      await shelf.removeLeftovers(await shelf.leftovers());
    });
    await this.refresh();
  }
  async removeLeftovers(): Promise<void> {
    await this.#guard(async () => (await this.#open()).removeLeftovers(this.leftovers));
    await this.refresh();
  }

  /** Code that is needed by this screen alone. */
  #open(): Promise<ModelShelf> {
    return (this.#shelf ??= this.#services.modelShelf());
  }

  async #arrived(model: StoredModel | null): Promise<void> {
    await this.refresh();
    if (model) await this.#choice.choose(model.id);
  }

  async #guard(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.failure = failureOf(error);
    }
  }
}
