/** Fetches, checks and starts the built-in model. The only file that knows where its weights lie. */
import { AppError } from '../core/errors';
import { BUILT_IN, isNamed, type ModelInfo } from '../core/models/stored-model';
import type { Progress } from '../core/ports';
import { appFile } from '../io/app-file';
import { LlamaModel } from './llama-model';
import { llamaOptions } from './llama-options';
import type { ModelManifest } from './model-manifest';
import type { ModelSource, OpenModel } from './model-source';
import { startModel } from './start-model';
import { WORDS } from './words';

/** What the weights were trained to see at once. */
const CONTEXT = 512;

export class BuiltInSource implements ModelSource {
  #known: ModelManifest | null = null;

  /** @param folder URL of the folder with manifest.json, ending in "/". */
  constructor(
    private readonly folder: string,
    private readonly threads: number,
  ) {}

  async list(): Promise<readonly ModelInfo[]> {
    const { id, name, bytes, sha256 } = await this.#manifest();
    return [
      {
        id,
        name,
        engine: 'llama.cpp',
        origin: 'built-in',
        style: 'base',
        bytes,
        contextLength: CONTEXT,
        licence: 'Apache-2.0',
        languages: ['en'],
        hash: sha256,
      },
    ];
  }

  /** The manifest is fetched only for an id that a version of the built-in model has. */
  async find(id: string): Promise<ModelInfo | null> {
    if (!id.startsWith(BUILT_IN)) return null;
    return (await this.list()).find((info) => isNamed(info, id)) ?? null;
  }

  async open(
    _model: ModelInfo,
    signal: AbortSignal,
    onProgress: (progress: Progress) => void,
  ): Promise<OpenModel> {
    if (typeof WebAssembly === 'undefined') throw new AppError({ kind: 'webassembly-missing' });
    const manifest = await this.#manifest();
    const gguf = await this.#weights(manifest, signal, onProgress);
    onProgress({ label: WORDS.progress.starting, done: manifest.bytes, total: manifest.bytes });
    const model = new LlamaModel(manifest, { gguf }, llamaOptions(manifest.bytes, this.threads));
    return startModel(model, () => model.start(), signal);
  }

  async #manifest(): Promise<ModelManifest> {
    return (this.#known ??= await this.#fetchManifest());
  }

  async #fetchManifest(): Promise<ModelManifest> {
    const url = `${this.folder}manifest.json`;
    const text = await appFile(url, (response) => response.text());
    try {
      return JSON.parse(text) as ModelManifest;
    } catch (error) {
      // Some servers send their start page for every address.
      const failure = { kind: 'engine-load-failed', model: url, detail: WORDS.failures.notJson } as const;
      throw new AppError(failure, { cause: error });
    }
  }

  async #weights(
    manifest: ModelManifest,
    signal: AbortSignal,
    onProgress: (progress: Progress) => void,
  ): Promise<Blob> {
    const url = this.folder + manifest.file;
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    let done = 0;
    const read = async (response: Response): Promise<void> => {
      // Not every browser can iterate over a stream.
      const reader = response.body?.getReader();
      for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
        chunks.push(part.value);
        done += part.value.byteLength;
        // A body without an end is not worth waiting for.
        if (done > manifest.bytes) break;
        onProgress({ label: WORDS.progress.reading, done, total: manifest.bytes });
      }
    };
    await appFile(url, read, signal);
    const file = new Blob(chunks);
    await checkWeights(file, manifest, url, signal);
    return file;
  }
}

/** Refuses an incomplete or wrong body. */
async function checkWeights(
  file: Blob,
  manifest: ModelManifest,
  url: string,
  signal: AbortSignal,
): Promise<void> {
  const wrong = (detail: string): AppError =>
    new AppError({ kind: 'engine-load-failed', model: manifest.name, detail: `${url}: ${detail}` });
  if (file.size !== manifest.bytes) throw wrong(WORDS.failures.size(file.size, manifest.bytes));
  // Not by `crypto.subtle`, which pages of plain-http addresses lack.
  const { hashOf } = await import('../models/file-writer');
  const hash = await hashOf(file, signal, () => undefined);
  if (hash !== manifest.sha256) throw wrong(WORDS.failures.checksum);
}
