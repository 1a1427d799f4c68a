/** The Models screen: what this device can do, which models run on it, which are here, and how fast they write. */
import { createContext } from 'svelte';
import { type DeviceReport, deviceChecks } from '../core/models/device-report';
import type { Fit } from '../core/models/model-fit';
import { measureSpeed, type ModelSpeed, tokensPerKept } from '../core/models/speed';
import type { StoredModel } from '../core/models/stored-model';
import { AppError, type Failure, failureOf } from '../core/errors';
import { modelConfig } from '../core/presets';
import type { ModelShelf, FetchableModel } from '../models/model-shelf';
import type { UnfinishedModel } from '../models/opfs-model-store';
import type { CacheLeftover } from '../models/web-llm-cache';
import { type ModelLine, modelLines } from './model-lines';
import type { ModelChoice } from './model-choice.svelte';
import { ModelWorks } from './model-works.svelte';
import type { RunSession } from './run-session.svelte';
import type { Services } from './services';

const TEST_SECONDS = 10;
/** Weights hardly shrink: packing them would be work for nothing. */
const LARGE = 1_000_000;
/** The format's plain form counts bytes with 32 bits. */
const MOST_IN_ZIP = 4_200_000_000;
const SPEEDS = 'model-speeds';
/** Work that is done for files from this device. */
export const FILES = 'files';

export interface SpeedTest {
  readonly id: string;
  readonly stage: 'loading' | 'writing';
  readonly seconds: number;
}

export class ModelsView {
  device = $state.raw<DeviceReport | null>(null);
  offered = $state.raw<readonly FetchableModel[]>([]);
  stored = $state.raw<readonly StoredModel[]>([]);
  unfinished = $state.raw<readonly UnfinishedModel[]>([]);
  leftovers = $state.raw<readonly CacheLeftover[]>([]);
  speeds = $state.raw<Readonly<Record<string, ModelSpeed>>>({});
  test = $state.raw<SpeedTest | null>(null);
  failure = $state.raw<Failure | null>(null);
  /** Files of a stored model that were found wrong; empty when all are right. */
  checked = $state.raw<{ readonly id: string; readonly wrong: readonly string[] } | null>(null);
  /** A model whose size was asked; null when none waits for a yes. */
  offer = $state.raw<{ readonly id: string; readonly bytes: number | null } | null>(null);
  readonly works = new ModelWorks();
  readonly checks = $derived(this.device ? deviceChecks(this.device) : []);
  readonly lines: readonly ModelLine[] = $derived.by(() =>
    this.device ? modelLines(this.choice.models, this.offered, this.device) : [],
  );
  /** Answer tokens that one kept instruction costs. */
  cost = $state(tokensPerKept([]));
  #testing: AbortController | null = null;
  #shelf: Promise<ModelShelf> | null = null;

  constructor(
    private readonly services: Services,
    private readonly choice: ModelChoice,
    private readonly session: RunSession,
  ) {
    services.modelStore.watch(() => void this.refresh());
  }

  /** Asks the device and reads what is here. */
  async open(): Promise<void> {
    await this.#guard(async () => {
      const shelf = await this.#open();
      await this.choice.ready;
      const [device, offered, runs, speeds] = await Promise.all([
        this.services.deviceReport(),
        shelf.offered(),
        this.services.store.latestRuns(20),
        this.services.store.setting(SPEEDS),
      ]);
      this.device = device;
      this.offered = offered;
      this.cost = tokensPerKept(runs.map(({ progress }) => progress));
      if (isSpeeds(speeds)) this.speeds = speeds;
    });
    await this.refresh();
  }

  async refresh(): Promise<void> {
    await this.#guard(async () => {
      const shelf = await this.#open();
      this.stored = await this.services.modelStore.list();
      this.unfinished = await shelf.unfinished();
      this.leftovers = await shelf.leftovers();
    });
  }

  /** Lines of one group, those that are here first, then the small ones. */
  group(fit: Fit): readonly ModelLine[] {
    return this.lines.filter(({ verdict }) => verdict.fit === fit);
  }

  /** Seconds for so many kept instructions at the measured speed; null before it was measured. */
  secondsFor(id: string, instructions: number): number | null {
    const speed = this.speeds[id];
    return speed && speed.tokensPerSecond > 0 ? (instructions * this.cost) / speed.tokensPerSecond : null;
  }

  /** Asks how large a model is; `offer` then waits for a yes. */
  async ask(line: ModelLine): Promise<void> {
    const shelf = await this.#open();
    this.offer = null;
    const bytes = await this.works.run(line.id, `Asking for the size of ${line.name}`, (signal) =>
      shelf.sizeOfOffered(line.id, signal).then((size) => ({ size })),
    );
    if (bytes) this.offer = { id: line.id, bytes: bytes.size };
  }
  /** Not now: the few small files that were read go again. */
  async decline(): Promise<void> {
    const { offer } = this;
    this.offer = null;
    if (offer) await this.discard(offer.id);
  }

  async fetch(line: ModelLine): Promise<void> {
    this.offer = null;
    await this.services.requestPersistence().catch(() => false);
    const shelf = await this.#open();
    const model = await this.works.run(line.id, line.name, (signal, tell) =>
      shelf.fetchOffered(line.id, signal, tell),
    );
    await this.#arrived(model);
  }

  sizeOf(url: string, signal: AbortSignal): Promise<number | null> {
    return this.#open().then((shelf) => shelf.sizeOf(url, signal));
  }
  async fetchFile(url: string): Promise<boolean> {
    await this.services.requestPersistence().catch(() => false);
    const shelf = await this.#open();
    const model = await this.works.run(url, url, (signal, tell) => shelf.fetchFile(url, signal, tell));
    await this.#arrived(model);
    return model !== null;
  }
  async take(files: readonly File[]): Promise<void> {
    const [first] = files;
    if (!first) return;
    const label = files.length === 1 ? first.name : `${files.length} files`;
    const shelf = await this.#open();
    const model = await this.works.run(FILES, label, (signal, tell) => shelf.take(files, signal, tell));
    await this.#arrived(model);
  }

  /** Hands out a model: a GGUF file as it is, several files as one zip. */
  async pack({ id, name }: ModelLine): Promise<void> {
    const shelf = await this.#open();
    const packed = await this.works.run(id, `Packing ${name}`, async (signal, tell) => {
      const files = await shelf.files(id);
      const [only] = files;
      const plain = name.replaceAll(/[^\w.-]+/gu, '-');
      if (files.length === 1 && only) return { name: `${plain}.gguf`, content: only.file };
      const total = files.reduce((sum, { file }) => sum + file.size, 0);
      if (total > MOST_IN_ZIP) {
        const detail = `${name} has more than 4 GB, which a zip cannot hold. Bring it in from its first files instead.`;
        throw new AppError({ kind: 'bad-file', detail });
      }
      const { writeZip } = await import('../export/passport/zip');
      const inputs = files.map((entry) => ({
        path: `${plain}/${entry.name}`,
        content: entry.file,
        packed: entry.file.size > LARGE,
      }));
      const content = await writeZip(inputs, this.services.now(), signal, (done) =>
        tell({ label: name, done, total }),
      );
      return { name: `${plain}.zip`, content };
    });
    if (packed) this.services.saveFile(packed.name, packed.content);
  }
  /** Hashes all files of a model again. */
  async check({ id, name }: ModelLine): Promise<void> {
    const wrong = await this.works.run(id, `Checking ${name}`, (signal, tell) =>
      this.services.modelStore.check(id, signal, tell),
    );
    if (wrong) this.checked = { id, wrong };
  }
  async remove(line: ModelLine): Promise<void> {
    await this.#guard(async () => {
      if (line.engine === 'server') await this.services.servers.remove(line.id);
      else await this.services.modelStore.delete(line.id);
    });
    await this.refresh();
  }
  async removeAll(): Promise<void> {
    await this.#guard(async () => {
      for (const { id } of this.stored) await this.services.modelStore.delete(id);
      const shelf = await this.#open();
      for (const { key } of await shelf.unfinished()) await shelf.discard(key);
      await shelf.removeLeftovers(await shelf.leftovers());
    });
    await this.refresh();
  }
  async discard(key: string): Promise<void> {
    await this.#guard(async () => (await this.#open()).discard(key));
    await this.refresh();
  }
  async removeLeftovers(): Promise<void> {
    await this.#guard(async () => (await this.#open()).removeLeftovers(this.leftovers));
    await this.refresh();
  }

  /** Ten seconds of real requests. The model stays loaded: whoever tests one will use it. */
  async measure({ id, here: info }: ModelLine): Promise<void> {
    if (this.#testing || this.session.active || !info) return;
    const testing = new AbortController();
    this.#testing = testing;
    this.failure = null;
    this.test = { id, stage: 'loading', seconds: 0 };
    const stop = new AbortController();
    testing.signal.addEventListener('abort', () => stop.abort());
    const began = { at: 0 };
    const clock = setInterval(() => {
      if (began.at > 0) this.test = { id, stage: 'writing', seconds: (performance.now() - began.at) / 1000 };
    }, 500);
    try {
      const model = await this.services.models.load(id, testing.signal, () => undefined);
      const [set] = this.services.builtInSeedSets;
      const seeds = (await set?.load()) ?? [];
      testing.signal.throwIfAborted();
      began.at = performance.now();
      setTimeout(() => stop.abort(), TEST_SECONDS * 1000);
      const speed = await measureSpeed(
        model,
        modelConfig(info, 1, 1),
        seeds,
        () => performance.now() / 1000,
        stop.signal,
      );
      if (!testing.signal.aborted) {
        this.speeds = { ...this.speeds, [id]: speed };
        await this.services.store.saveSetting(SPEEDS, this.speeds);
      }
    } catch (error) {
      if (!testing.signal.aborted) {
        this.failure = failureOf(error, (detail) => ({ kind: 'engine-failed', detail }));
      }
    } finally {
      clearInterval(clock);
      this.test = null;
      this.#testing = null;
    }
  }
  stopTest(): void {
    this.#testing?.abort();
  }

  /** Code that is needed by this screen alone. */
  #open(): Promise<ModelShelf> {
    return (this.#shelf ??= this.services.modelShelf());
  }

  async #arrived(model: StoredModel | null): Promise<void> {
    await this.refresh();
    if (model) await this.choice.choose(model.id);
  }

  async #guard(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.failure = failureOf(error, (detail) => ({ kind: 'storage-unavailable', detail }));
    }
  }
}

function isSpeeds(value: unknown): value is Readonly<Record<string, ModelSpeed>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every(
      (one: unknown) => typeof (one as ModelSpeed | null)?.tokensPerSecond === 'number',
    )
  );
}

export const [getModelsView, setModelsView] = createContext<ModelsView>();
