/** All models that can be chosen here, from all sources; one of them is resident at a time. */
import { AppError } from '../core/errors';
import type { ModelInfo } from '../core/models/stored-model';
import type { LanguageModel, ModelHost, Progress } from '../core/ports';
import type { StopSignal } from '../core/signal';
import type { ModelSource, OpenModel } from './model-source';
import { unlessStopped } from './unless-stopped';

export class SourcesHost implements ModelHost {
  #resident: { readonly info: string; readonly model: OpenModel } | null = null;
  /** Loads and unloads come one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  /** @param sources in the order in which their models are shown; the built-in model's first. */
  constructor(private readonly sources: readonly ModelSource[]) {}

  async list(): Promise<readonly ModelInfo[]> {
    const lists = await Promise.allSettled(this.sources.map((source) => source.list()));
    return lists.flatMap((list) => (list.status === 'fulfilled' ? list.value : []));
  }

  async find(id: string): Promise<ModelInfo> {
    const [info] = await this.#find(id);
    return info;
  }

  async load(
    id: string,
    signal: StopSignal,
    onProgress: (progress: Progress) => void,
  ): Promise<LanguageModel> {
    const abort = signal as AbortSignal;
    const mine = this.#last.then(() => this.#load(id, abort, onProgress));
    this.#last = mine.catch(() => undefined);
    return unlessStopped(mine, abort);
  }

  async unload(): Promise<void> {
    this.#last = this.#last.then(() => this.#free());
    await this.#last;
  }

  async #load(
    id: string,
    signal: AbortSignal,
    onProgress: (progress: Progress) => void,
  ): Promise<LanguageModel> {
    signal.throwIfAborted();
    const [info, source] = await this.#find(id);
    // Other settings of the same model, as of a server, are another model.
    const key = JSON.stringify(info);
    if (this.#resident?.info === key) return this.#resident.model;
    this.#free();
    const model = await source.open(info, signal, onProgress);
    this.#resident = { info: key, model };
    return model;
  }

  /** A source that cannot be read is blamed only when no other knows the id. */
  async #find(id: string): Promise<readonly [ModelInfo, ModelSource]> {
    let failed: unknown = new AppError({ kind: 'model-not-here', model: id });
    for (const source of this.sources) {
      try {
        const info = await source.find(id);
        if (info) return [info, source];
      } catch (error) {
        failed = error;
      }
    }
    throw failed;
  }

  #free(): void {
    this.#resident?.model.dispose();
    this.#resident = null;
  }
}
