/** One writer per run over all tabs, by the Web Locks API; the browser frees the lock of a tab that dies. */
import type { RunLocks } from '../app/services';

export const webLocks: RunLocks = {
  acquire(runId) {
    // Without the API (plain-http pages on a network) there is nothing to ask: single-tab use is assumed.
    const locks = (navigator as { readonly locks?: LockManager }).locks;
    if (!locks) return Promise.resolve({ release: () => undefined });
    return new Promise((resolve, reject) => {
      void locks
        .request(`run-${runId}`, { ifAvailable: true }, (lock) => {
          if (!lock) {
            resolve(null);
            return;
          }
          return new Promise<void>((free) => resolve({ release: free }));
        })
        .catch(reject);
    });
  },
};
