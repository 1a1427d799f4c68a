/** A staging in memory that writes by the product's own writer. */
import { AppError } from '../core/errors';
import type { StoredFile } from '../core/models/stored-model';
import type { SyncFile } from '../io/sync-file';
import { FileWriter } from '../models/file-writer';
import type { ModelStaging, PromisedFile } from '../models/model-store';

export class MemoryFile implements SyncFile {
  content = new Uint8Array(0);
  read(into: Uint8Array<ArrayBuffer>, { at }: { readonly at: number }): number {
    const part = this.content.subarray(at, at + into.length);
    into.set(part);
    return part.length;
  }
  write(bytes: Uint8Array<ArrayBuffer>, { at }: { readonly at: number }): number {
    const grown = new Uint8Array(Math.max(this.content.length, at + bytes.length));
    grown.set(this.content);
    grown.set(bytes, at);
    this.content = grown;
    return bytes.length;
  }
  truncate(size: number): void {
    this.content = this.content.slice(0, size);
  }
  getSize(): number {
    return this.content.length;
  }
  flush(): void {
    // It is in memory.
  }
  close(): void {
    // Nothing is held.
  }
}

export class MemoryStaging implements ModelStaging {
  readonly files = new Map<string, MemoryFile>();

  size(name: string): Promise<number> {
    return Promise.resolve(this.files.get(name)?.content.length ?? 0);
  }

  async write(
    name: string,
    content: Blob | ReadableStream<Uint8Array<ArrayBuffer>>,
    promised: PromisedFile,
    signal: AbortSignal,
    onProgress: (bytes: number) => void = () => undefined,
  ): Promise<StoredFile> {
    const file = this.files.get(name) ?? new MemoryFile();
    this.files.set(name, file);
    try {
      const range = {
        from: promised.from ?? 0,
        limit: promised.bytes ?? Infinity,
        md5: promised.md5 !== undefined,
      };
      const writer = await FileWriter.open(file, range, signal, onProgress);
      const reader = (content instanceof Blob ? content.stream() : content).getReader();
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        signal.throwIfAborted();
        writer.append(new Uint8Array(part.value));
        onProgress(writer.bytes);
      }
      const written = writer.finish();
      if (written.bytes !== (promised.bytes ?? written.bytes)) throw wrong('length');
      if (written.sha256 !== (promised.sha256 ?? written.sha256)) throw wrong('check sum');
      if (written.md5 !== (promised.md5 ?? null)) throw wrong('check sum');
      return { name, bytes: written.bytes, sha256: written.sha256 };
    } catch (error) {
      if (error instanceof AppError && error.failure.kind === 'bad-file') this.files.delete(name);
      throw error;
    }
  }

  open(name: string): Promise<File> {
    return Promise.resolve(new File([this.files.get(name)?.content ?? ''], name));
  }

  publish(): Promise<never> {
    throw new Error('A staging in memory is not published.');
  }

  discard(): Promise<void> {
    this.files.clear();
    return Promise.resolve();
  }
}

const wrong = (what: string): AppError => new AppError({ kind: 'bad-file', detail: what });
