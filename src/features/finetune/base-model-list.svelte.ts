/** The base models that can be finetuned here, and how others are added: from files or from the Hugging Face Hub. */
import type { Progress } from '../../core/ports';
import {
  CONFIG_FILE,
  GGUF_FILE,
  type StoredModel,
  TOKENIZER_FILE,
  WEIGHTS_FILE,
} from '../../core/models/stored-model';
import type { WantedFile } from '../../models/download';
import { downloadNotes } from '../../models/download-notes';
import { storeFiles } from '../../models/store-files';
import type { HubFiles } from '../../weights/base-weights';
import { badFile } from '../../weights/bad-file';
import type { LlamaConfig } from '../../weights/llama-config';
import type { Services } from '../../app/services';
import { baseOf, missingFiles, type NamedFiles, planHubFiles, withFiles } from './base-files';
import { type BaseModel, baseModels, checkBase, KnownBases, openBase } from '../../app/training/base-models';
import { Job, type JobWork } from '../../app/job.svelte';
import { WORDS } from './words';

/** Models of the hub that are small enough to be trained in a tab. */
export const HUB_MODELS = ['HuggingFaceTB/SmolLM2-135M', 'HuggingFaceTB/SmolLM2-135M-Instruct'] as const;
/** `owner/name`, as the hub writes it. */
const HUB_NAME = /^[\w.-]{1,96}\/[\w.-]{1,96}$/u;

const NOTHING = { files: [], missing: [] };

export interface HubOffer {
  readonly repository: string;
  readonly files: readonly WantedFile[];
  /** Null when the hub did not say. */
  readonly bytes: number | null;
}

export class BaseModelList {
  all = $state.raw<readonly BaseModel[]>([]);
  readonly job = new Job();
  /** A model of the hub that waits for a yes to its size. */
  offer = $state.raw<HubOffer | null>(null);
  /** Files from this device that are not a whole model yet, and the names of those that it lacks. */
  picked = $state.raw<{ readonly files: NamedFiles; readonly missing: readonly string[] }>(NOTHING);
  /** What the configuration of an opened model says, by its id. */
  configs = $state.raw<Readonly<Record<string, LlamaConfig>>>({});

  readonly #known: KnownBases;

  constructor(private readonly services: Services) {
    this.#known = new KnownBases(services.modelStore);
    services.modelStore.watch(() => void this.refresh());
  }

  async refresh(): Promise<void> {
    await this.job.attempt(async () => {
      this.all = await baseModels(this.services, this.#known);
    });
  }

  /** Reads a model's configuration, so that its needs can be told before anything begins. */
  async look(id: string): Promise<void> {
    if (this.configs[id]) return;
    await this.job.attempt(async () => {
      const { config } = await openBase(this.services, id, new AbortController().signal, () => undefined);
      this.configs = { ...this.configs, [id]: config };
    });
  }

  /**
   * Takes files from disk, together or one after the other, until they are a model. The new model's id; null when some
   * are missing, or they were refused.
   */
  async take(added: readonly File[]): Promise<string | null> {
    return this.#store(async (signal, report) => {
      const files = withFiles(
        this.picked.files,
        added.map((file) => [file.name, file]),
      );
      this.picked = NOTHING;
      const missing = await missingFiles(files);
      if (missing.length > 0) {
        this.picked = { files, missing };
        return null;
      }
      const base = await baseOf(files);
      const id = `file-${this.services.now()}`;
      const name = await nameFromConfig(base.config);
      const model = { id, name, origin: 'file', source: WORDS.base.filesSource, style: 'base' } as const;
      return this.#write(model, base, signal, report);
    });
  }

  /** Asks the hub how large a model is; nothing is fetched yet. */
  async ask(repository: string): Promise<void> {
    if (this.job.running) return;
    await this.job.run(async (signal) => {
      if (!HUB_NAME.test(repository)) throw badFile(WORDS.base.badRepository);
      const downloader = await this.#downloader();
      this.offer = { repository, ...(await planHubFiles(repository, downloader, signal)) };
    });
  }
  decline(): void {
    this.offer = null;
  }
  /** Downloads what was offered; a broken download is resumed. */
  async accept(): Promise<string | null> {
    const { offer } = this;
    if (!offer) return null;
    return this.#store(async (signal, report) => {
      const { repository, files } = offer;
      const id = `hub-${repository.replace('/', '--')}`;
      const downloader = await this.#downloader();
      const staging = await this.services.modelStore.stage(id);
      await downloader.fetchAll(files, staging, signal, ({ done }) =>
        report({ label: WORDS.base.downloading(repository), done, total: offer.bytes }),
      );
      const name = repository.slice(repository.indexOf('/') + 1);
      const style = /instruct|chat/iu.test(name) ? 'instruct' : 'base';
      const model = { id, name, origin: 'download', source: repository, style } as const;
      // Staged files cannot be read: they become a model, which stays only if they fit together.
      await staging.publish({ ...NEW_MODEL, ...model, storedAt: this.services.now() });
      await downloader.forget(files);
      try {
        const read = files.map(
          async ({ name: one }) => [one, await this.services.modelStore.file(id, one)] as const,
        );
        const base = await baseOf(await Promise.all(read));
        await this.#write(model, base, signal, report);
      } catch (error) {
        await this.services.modelStore.delete(id);
        throw error;
      }
      this.offer = null;
      return id;
    });
  }
  async #store(work: JobWork<string | null>): Promise<string | null> {
    return (await this.job.run(work)) ?? null;
  }

  /** Checks a model and stores it, with the GGUF that lets the base model itself be run and compared. */
  async #write(
    model: Pick<StoredModel, 'id' | 'name' | 'origin' | 'source' | 'style'>,
    base: HubFiles,
    signal: AbortSignal,
    report: (progress: Progress) => void,
  ): Promise<string> {
    const { id, name } = model;
    const { config } = await checkBase(base);
    const written = await this.services.weightsWriter.write(
      { name, base },
      { kind: 'gguf', precision: 'F16' },
      signal,
      (progress) => report({ ...progress, label: WORDS.base.converting(name) }),
    );
    const gguf = written.get(GGUF_FILE);
    if (!gguf) throw new Error('no GGUF was written');
    const files = [
      { name: CONFIG_FILE, content: base.config },
      { name: TOKENIZER_FILE, content: base.tokenizer },
      { name: WEIGHTS_FILE, content: base.weights },
      { name: GGUF_FILE, content: gguf },
    ];
    await storeFiles(
      await this.services.modelStore.stage(id),
      files,
      (written) => ({
        ...NEW_MODEL,
        ...model,
        hash: written.at(-1)?.sha256 ?? '',
        bytes: gguf.size,
        contextLength: config.contextLength,
        storedAt: this.services.now(),
      }),
      signal,
      (progress) => report({ ...progress, label: WORDS.base.storing(name) }),
    );
    return id;
  }

  async #downloader(): Promise<import('../../models/download').Downloader> {
    const { Downloader } = await import('../../models/download');
    return new Downloader(downloadNotes(this.services.store));
  }
}

/** What is not known before the files are read. */
const NEW_MODEL = { engine: 'llama.cpp', bytes: null, contextLength: null, licence: null, hash: '' } as const;

/** Many configurations tell what the model was called. */
async function nameFromConfig(file: Blob): Promise<string> {
  try {
    const { _name_or_path: path } = JSON.parse(await file.text()) as { readonly _name_or_path?: unknown };
    if (typeof path === 'string') return path.split('/').at(-1)?.slice(0, 80) || WORDS.base.fromDisk;
  } catch {
    // Its check says what is wrong with it.
  }
  return WORDS.base.fromDisk;
}
