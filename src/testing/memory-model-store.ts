/** A model store in memory, with the rule that counts: a model is seen when all of it is there. */
import { AppError } from '../core/errors';
import { Listeners } from '../core/listeners';
import type { StoredFile, StoredModel } from '../core/models/stored-model';
import type { ModelStaging, ModelStore } from '../models/model-store';

export class MemoryModelStore implements ModelStore {
  readonly #models = new Map<string, StoredModel>();
  readonly #files = new Map<string, ReadonlyMap<string, File>>();
  readonly #listeners = new Listeners();
  /** Thrown by the next write. */
  nextFailure: Error | null = null;
  /** Awaited before each write. */
  beforeWrite: () => Promise<void> = () => Promise.resolve();

  list(): Promise<readonly StoredModel[]> {
    return Promise.resolve([...this.#models.values()].reverse());
  }
  get(id: string): Promise<StoredModel | undefined> {
    return Promise.resolve(this.#models.get(id));
  }
  file(id: string, name: string): Promise<File> {
    const file = this.#files.get(id)?.get(name);
    if (file) return Promise.resolve(file);
    return Promise.reject(new AppError({ kind: 'model-file-missing', url: `${id}/${name}`, status: null }));
  }
  stage(_id: string): Promise<ModelStaging> {
    const files = new Map<string, File>();
    const stored: StoredFile[] = [];
    return Promise.resolve({
      size: (name) => Promise.resolve(files.get(name)?.size ?? 0),
      write: async (name, content, _promised, signal, onProgress) => {
        signal.throwIfAborted();
        await this.beforeWrite();
        signal.throwIfAborted();
        const { nextFailure } = this;
        this.nextFailure = null;
        if (nextFailure !== null) throw nextFailure;
        const bytes = await new Response(content).arrayBuffer();
        files.set(name, new File([bytes], name));
        onProgress?.(bytes.byteLength);
        const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
        const sha256 = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
        stored.push({ name, bytes: bytes.byteLength, sha256 });
        return { name, bytes: bytes.byteLength, sha256 };
      },
      open: (name) => Promise.resolve(files.get(name) ?? new File([], name)),
      publish: (model) => {
        const whole = { ...model, files: stored };
        this.#models.set(model.id, whole);
        this.#files.set(model.id, files);
        this.#listeners.notify();
        return Promise.resolve(whole);
      },
      discard: () => {
        files.clear();
        return Promise.resolve();
      },
    });
  }
  rename(id: string, name: string): Promise<void> {
    const model = this.#models.get(id);
    if (model) this.#models.set(id, { ...model, name });
    this.#listeners.notify();
    return Promise.resolve();
  }
  delete(id: string): Promise<void> {
    this.#models.delete(id);
    this.#files.delete(id);
    this.#listeners.notify();
    return Promise.resolve();
  }
  check(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }
  watch(listener: () => void): () => void {
    return this.#listeners.add(listener);
  }
}
