/** Writers' locks over all tabs by the Web Locks API; the browser frees the lock of a tab that dies. */
import { AppError } from '../core/errors';
import type { LockHolder, WriterLock, WriterLocks } from '../app/writer-locks';
import { storageFailure } from '../storage/open-database';

type Named = Parameters<WriterLocks['holder']>;
const nameOf = (...[kind, id]: Named): string => `write-${kind}-${id}`;

export class WebLocks implements WriterLocks {
  /** Names of the locks of this page. */
  readonly #own = new Set<string>();

  acquire(...[kind, id, steal = false]: Parameters<WriterLocks['acquire']>): Promise<WriterLock | null> {
    const lost = new AbortController();
    const locks = lockManager();
    // Without the API (plain-http pages on a network) there is nothing to ask; what writes checks that it still may.
    const alone = { release: (): void => undefined, lost: lost.signal };
    if (!locks) return Promise.resolve(alone);
    const name = nameOf(kind, id);
    return new Promise((resolve, reject) => {
      void locks
        .request(name, steal ? { steal } : { ifAvailable: true }, (lock) => {
          if (!lock) {
            resolve(null);
            return;
          }
          this.#own.add(name);
          return new Promise<void>((free) => {
            const release = (): void => {
              this.#own.delete(name);
              free();
            };
            resolve({ release, lost: lost.signal });
          });
        })
        .catch((error: unknown) => {
          // A request that was granted fails when the lock is stolen.
          if (this.#own.delete(name)) lost.abort();
          // Where a browser forbids storage it also forbids locks; what is in memory has no other writer.
          else if (error instanceof DOMException && error.name === 'SecurityError') resolve(alone);
          else reject(new AppError(storageFailure(error), { cause: error }));
        });
    });
  }

  async holder(...named: Named): Promise<LockHolder> {
    const locks = lockManager();
    if (!locks) return 'unknown';
    const name = nameOf(...named);
    if (this.#own.has(name)) return 'here';
    const { held = [] } = await locks.query();
    return held.some((lock) => lock.name === name) ? 'elsewhere' : 'nobody';
  }
}

const lockManager = (): LockManager | undefined => (navigator as { readonly locks?: LockManager }).locks;
