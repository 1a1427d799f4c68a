/** Models in this device's store that llama.cpp computes: GGUF files from disk or the net, and those finetuned here. */
import { AppError } from '../core/errors';
import { GGUF_FILE, type ModelInfo } from '../core/models/stored-model';
import type { Progress } from '../core/ports';
import type { ModelStore } from '../models/model-store';
import { LlamaModel } from './llama-model';
import { llamaOptions } from './llama-options';
import type { ModelSource, OpenModel } from './model-source';
import { unlessStopped } from './unless-stopped';

export class StoredSource implements ModelSource {
  constructor(
    private readonly store: Pick<ModelStore, 'list' | 'file'>,
    private readonly threads: number,
  ) {}

  async list(): Promise<readonly ModelInfo[]> {
    const models = await this.store.list();
    return models.filter(({ engine, files }) => engine === 'llama.cpp' && files.some(isGguf));
  }

  async open(
    model: ModelInfo,
    signal: AbortSignal,
    onProgress: (progress: Progress) => void,
  ): Promise<OpenModel> {
    if (typeof WebAssembly === 'undefined') throw new AppError({ kind: 'webassembly-missing' });
    // It lies on disk; the engine copies it piece by piece.
    const file = await this.store.file(model.id, GGUF_FILE);
    onProgress({ label: 'Starting the model', done: 0, total: null });
    const { id, name, hash, style } = model;
    const llama = new LlamaModel(
      { id, name, style, sha256: hash, knownAnswer: null },
      file,
      // The size that the settings of a run were made for.
      llamaOptions(model.bytes ?? file.size, this.threads),
    );
    try {
      await unlessStopped(llama.start(), signal);
    } catch (error) {
      llama.dispose();
      throw error;
    }
    return llama;
  }
}

const isGguf = ({ name }: { readonly name: string }): boolean => name === GGUF_FILE;
