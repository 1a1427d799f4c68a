/** No copies of the data beside the database: nothing is written, found or restored. */
import type { SecondHome } from './second-home';

/** @param refuse what is answered where there would have to be a copy */
export const noSecondHome = (refuse: () => Promise<never>): Omit<SecondHome, 'open'> => ({
  inMemory: false,
  flush: () => Promise.resolve(),
  watch: () => () => undefined,
  watchRows: () => () => undefined,
  snapshot: refuse,
  found: () => Promise.resolve([]),
  read: refuse,
  restore: refuse,
  beginAnew: refuse,
  goOn: () => Promise.resolve(null),
  readable: refuse,
  restart: () => undefined,
});
