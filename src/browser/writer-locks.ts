/** Writers' locks over all tabs by the Web Locks API; the browser frees the lock of a tab that dies. */
import { AppError } from '../core/errors';
import type { WriterLocks } from '../app/writer-locks';
import { storageFailure } from '../storage/open-database';

const FREE = { release: (): void => undefined };

export const webLocks: WriterLocks = {
  acquire(kind, id) {
    // Without the API (plain-http pages on a network) there is nothing to ask: single-tab use is assumed.
    const locks = (navigator as { readonly locks?: LockManager }).locks;
    if (!locks) return Promise.resolve(FREE);
    return new Promise((resolve, reject) => {
      void locks
        .request(`write-${kind}-${id}`, { ifAvailable: true }, (lock) => {
          if (!lock) {
            resolve(null);
            return;
          }
          return new Promise<void>((free) => resolve({ release: free }));
        })
        .catch((error: unknown) => {
          // Where a browser forbids storage it also forbids locks; what is in memory has no other writer.
          if (error instanceof DOMException && error.name === 'SecurityError') resolve(FREE);
          else reject(new AppError(storageFailure(error), { cause: error }));
        });
    });
  },
};
