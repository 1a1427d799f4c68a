/** The Models screen: what this device can do, which models run on it, and how they are downloaded, imported, saved and deleted. */
import { type Check, concerns, type DeviceReport, deviceChecks } from '../../core/models/device-report';
import type { Fit } from '../../core/models/model-fit';
import { HUNDRED } from '../../core/models/run-time';
import type { StoredModel } from '../../core/models/stored-model';
import type { ModelLibrary, FetchableModel } from '../../models/model-library';
import type { UnfinishedModel } from '../../models/opfs-model-store';
import type { CacheLeftover } from '../../models/web-llm-cache';
import { AddressDownload } from './address-download.svelte';
import { ComputerProbe } from './computer-probe.svelte';
import { adaptersOf } from '../../models/model-weights';
import { type ModelLine, modelLines, pickFor } from '../../models/model-lines';
import { online } from 'svelte/reactivity/window';
import type { AppState } from '../../app/app-state.svelte';
import { tabWork } from '../../app/tab-work';
import type { ModelChoice } from '../../app/model-choice.svelte';
import { Job, type JobWork } from '../../app/job.svelte';
import { ModelJobs } from './model-jobs.svelte';
import { packModel, saveAsFolder } from './model-packing';
import type { Services } from '../../app/services';
import { SpeedTests } from './speed-tests.svelte';
import { WORDS } from './words';

/** The job that imports files. */
export const FILES = 'files';

export class ModelsView {
  device = $state.raw<DeviceReport | null>(null);
  offered = $state.raw<readonly FetchableModel[]>([]);
  stored = $state.raw<readonly StoredModel[]>([]);
  leftovers = $state.raw<readonly CacheLeftover[]>([]);
  /** Files of a model that are damaged or missing; empty when all are intact. */
  verified = $state.raw<{ readonly id: string; readonly wrong: readonly string[] } | null>(null);
  /** A model whose size is known and that waits for a yes. */
  offer = $state.raw<{ readonly id: string; readonly bytes: number | null } | null>(null);
  readonly jobs = new ModelJobs();
  /** Reads and deletes; its failure is shown above all models. */
  readonly job = new Job();
  readonly speed: SpeedTests;
  readonly probe: ComputerProbe;
  readonly address: AddressDownload;
  readonly checks = $derived(this.device ? deviceChecks(this.device) : []);
  readonly lines: readonly ModelLine[] = $derived.by(() =>
    this.device ? modelLines(this.#choice.models, this.offered, this.device) : [],
  );
  /** Whether other hosts can be reached, as far as the browser knows. */
  readonly online: boolean = $derived(online.current !== false);
  /** The model for this device; null before it was checked. */
  readonly pick: ModelLine | null = $derived(
    pickFor(this.lines, {
      seconds: (line) => this.secondsFor(line, HUNDRED)?.seconds ?? null,
      online: this.online,
    }),
  );
  /** Id of the model that is worth fetching first; null when there is none. */
  readonly recommended: string | null = $derived(this.pick?.here === null ? this.pick.id : null);
  /** What stands in the way of models like the pick. */
  readonly concerns: readonly Check[] = $derived(
    concerns(this.checks, this.pick?.engine === 'web-llm' ? 'gpu' : 'cpu'),
  );
  #begun = $state.raw<readonly UnfinishedModel[]>([]);
  /** Begun, and not being worked on. */
  readonly unfinished: readonly UnfinishedModel[] = $derived(
    this.#begun.filter(({ key, source }) => !this.jobs.isRunning(key) && !this.jobs.isRunning(source)),
  );
  #library: Promise<ModelLibrary> | null = null;

  readonly #services: Services;
  readonly #choice: ModelChoice;

  /** Whether something is computed in this tab that needs its model loaded, or the whole processor. */
  readonly busy: { readonly active: boolean };

  constructor(app: AppState) {
    const { services, choice } = app;
    this.#services = services;
    this.#choice = choice;
    this.busy = tabWork(app);
    this.speed = new SpeedTests(services, this.busy);
    this.probe = new ComputerProbe(services, this.busy);
    this.address = new AddressDownload({
      size: async (url, signal) => (await this.#open()).sizeOf(url, signal),
      download: (url) => this.#downloadFile(url),
      cancel: (url) => this.cancel(url),
    });
    services.modelStore.watch(() => void this.refresh());
  }

  /** Whether the browser lets the user pick a folder to write to. */
  get savesFolders(): boolean {
    return this.#services.pickFolder !== null;
  }

  /** Checks the device and reads what is stored. */
  async open(): Promise<void> {
    await this.job.attempt(async () => {
      const library = await this.#open();
      await this.#choice.ready;
      const [device, offered] = await Promise.all([
        this.#services.deviceReport(),
        library.offered(),
        this.speed.open(),
        this.probe.open(),
      ]);
      this.device = device;
      this.offered = offered;
    });
    await this.refresh();
  }

  async refresh(): Promise<void> {
    await this.job.attempt(async () => {
      const library = await this.#open();
      this.stored = await this.#services.modelStore.list();
      this.#begun = await library.unfinished();
      this.leftovers = await library.leftovers();
    });
  }

  /** Seconds for so many accepted tasks, as the model's own test or the probe of this computer says; null before either. */
  secondsFor(
    { id, work, here }: ModelLine,
    tasks: number,
  ): { readonly seconds: number; readonly estimated: boolean } | null {
    const tested = this.speed.secondsFor(id, tasks);
    if (tested !== null) return { seconds: tested, estimated: false };
    // The probe says how fast the processor is.
    const seconds = here?.onGpu === true ? null : this.probe.secondsFor(work, tasks);
    return seconds === null ? null : { seconds, estimated: true };
  }

  /** The model that the probe asks: the chosen one where it computes on the CPU, else the built-in one. */
  get probed(): ModelLine | null {
    const chosen = this.lines.find(({ here }) => here !== null && here.id === this.#choice.info?.id);
    if (chosen && chosen.work !== null && chosen.here?.onGpu !== true) return chosen;
    return this.lines.find(({ here }) => here?.origin === 'built-in') ?? null;
  }

  /** Lines of one group: stored models, the recommended one, then the others from least work to most. */
  group(fit: Fit): readonly ModelLine[] {
    const rank = ({ here, id }: ModelLine): number => (here ? 0 : id === this.recommended ? 1 : 2);
    return this.lines.filter(({ verdict }) => verdict.fit === fit).sort((a, b) => rank(a) - rank(b));
  }

  /** Names of finetuned models that cannot be used without this one. */
  adaptersOn({ hash }: StoredModel): readonly string[] {
    return adaptersOf(hash, this.stored).map(({ name }) => name);
  }

  /** Bytes of an unfinished download; null when there is none. */
  begun(id: string): number | null {
    return this.unfinished.find(({ key }) => key === id)?.bytes ?? null;
  }

  /** Asks how large a model is; `offer` then waits for a yes. */
  async ask(line: ModelLine): Promise<void> {
    const library = await this.#open();
    this.offer = null;
    const bytes = await this.jobs.run(line.id, WORDS.jobs.sizing(line.name), (signal) =>
      library.sizeOfOffered(line.id, signal).then((size) => ({ size })),
    );
    if (bytes) this.offer = { id: line.id, bytes: bytes.size };
  }
  /** Not now: an unfinished download stays; the few small files that were read for the size are deleted. */
  async decline(): Promise<void> {
    const { offer } = this;
    this.offer = null;
    if (offer && this.begun(offer.id) === null) await this.cancel(offer.id);
  }

  async download(line: ModelLine): Promise<void> {
    this.offer = null;
    await this.#services.requestPersistence().catch(() => false);
    await this.#store(line.id, line.name, (library, ...job) => library.fetchOffered(line.id, ...job));
  }
  async #downloadFile(url: string): Promise<boolean> {
    await this.#services.requestPersistence().catch(() => false);
    return this.#store(url, url, (library, ...job) => library.fetchFile(url, ...job));
  }
  async importFiles(files: readonly File[]): Promise<void> {
    const [first] = files;
    if (!first) return;
    const label = files.length === 1 ? first.name : WORDS.jobs.files(files.length);
    await this.#store(FILES, label, (library, ...job) => library.take(files, ...job));
  }
  /** The model that `work` stored is used from now on. @returns whether it is stored */
  async #store(
    key: string,
    label: string,
    work: (library: ModelLibrary, ...job: Parameters<JobWork<StoredModel>>) => Promise<StoredModel>,
  ): Promise<boolean> {
    const library = await this.#open();
    const model = await this.jobs.run(key, label, (...job) => work(library, ...job));
    await this.refresh();
    if (model) await this.#choice.choose(model.id);
    return model !== null;
  }

  /** Stops a download and discards it. @param name id of an offered model, a URL, or the key of an unfinished download */
  async cancel(name: string): Promise<void> {
    const find = (): UnfinishedModel | undefined =>
      this.#begun.find(({ key, source }) => key === name || source === name);
    const known = find();
    for (const key of [name, ...(known ? [known.key, known.source] : [])]) await this.jobs.end(key);
    if (this.address.offer?.url === (known?.source ?? name)) this.address.offer = null;
    await this.refresh();
    const begun = find();
    if (begun) await this.job.attempt(async () => (await this.#open()).discard(begun.key));
    await this.refresh();
  }

  /** Saves a model as one file. */
  async saveFile(line: ModelLine): Promise<void> {
    const library = await this.#open();
    const packed = await this.jobs.run(line.id, WORDS.jobs.saving(line.name), (signal, tell) =>
      packModel(library, line, this.#services.now(), signal, tell),
    );
    if (packed) this.#services.saveFile(packed.name, packed.content);
  }
  /** Saves a model as a folder. Called by a click: browsers ask for a folder at no other time. */
  async saveFolder(line: ModelLine): Promise<void> {
    await this.job.attempt(async () => {
      const into = await this.#services.pickFolder?.('readwrite');
      if (!into) return;
      const library = await this.#open();
      await this.jobs.run(line.id, WORDS.jobs.saving(line.name), (signal, tell) =>
        saveAsFolder(library, line, into, signal, tell),
      );
    });
  }
  /** Hashes all files of a model again. */
  async verify({ id, name }: ModelLine): Promise<void> {
    const wrong = await this.jobs.run(id, WORDS.jobs.verifying(name), (signal, tell) =>
      this.#services.modelStore.check(id, signal, tell),
    );
    if (wrong) this.verified = { id, wrong };
  }
  async remove(line: ModelLine): Promise<void> {
    await this.job.attempt(async () => {
      if (line.engine === 'server') await this.#services.servers.remove(line.id);
      else await this.#services.modelStore.delete(line.id);
    });
    await this.refresh();
  }
  async removeAll(): Promise<void> {
    await this.job.attempt(async () => {
      for (const { id } of this.stored) await this.#services.modelStore.delete(id);
      const library = await this.#open();
      for (const { key } of this.#begun) await this.cancel(key);
      await library.removeLeftovers(await library.leftovers());
    });
    await this.refresh();
  }
  async removeLeftovers(): Promise<void> {
    await this.job.attempt(async () => (await this.#open()).removeLeftovers(this.leftovers));
    await this.refresh();
  }

  /** Code that is needed by this screen alone. */
  #open(): Promise<ModelLibrary> {
    return (this.#library ??= this.#services.modelLibrary());
  }
}
