/** Small services of the browser: keeping storage, handing out files, knowing what the device can do. */
import { AppError } from '../core/errors';
import type { DeviceFacts, Services } from '../app/services';
import { smallModelThreads } from '../core/models/capacity';
import { WORDS } from './words';

/** Asks for storage that is not evicted; browsers may decline without asking the user. */
export async function requestPersistence(): Promise<boolean> {
  const storage = (navigator as { readonly storage?: StorageManager }).storage;
  if (!storage) return false;
  return (await storage.persisted()) || (await storage.persist());
}

export function saveFile(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  // The download has its own hold on the data once it has begun.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** The way to ask for a folder; null where the browser has none. */
export function folderPicker(): Services['pickFolder'] {
  type Picker = (options: { readonly mode: 'read' | 'readwrite' }) => Promise<FileSystemDirectoryHandle>;
  const { showDirectoryPicker: pick } = window as { readonly showDirectoryPicker?: Picker };
  if (!pick) return null;
  return async (mode) => {
    try {
      return await pick.call(window, { mode });
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') return null;
      const detail = WORDS.noFolder(String(error));
      throw new AppError({ kind: 'folder-not-written', detail }, { cause: error });
    }
  };
}

/** Threads that a model may use: at most 4, as many as there are cores; one where the page is not isolated. */
export const modelThreads = (): number =>
  crossOriginIsolated ? Math.min(4, Math.max(1, navigator.hardwareConcurrency)) : 1;

export async function deviceFacts(): Promise<DeviceFacts> {
  const storage = (navigator as { readonly storage?: StorageManager }).storage;
  const { quota, usage } = (await storage?.estimate()) ?? {};
  return {
    webAssembly: typeof WebAssembly !== 'undefined',
    threads: smallModelThreads(modelThreads()),
    freeBytes: quota === undefined ? null : quota - (usage ?? 0),
    persisted: (await storage?.persisted()) ?? false,
    secure: isSecureContext,
  };
}
