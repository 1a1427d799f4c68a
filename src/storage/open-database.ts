/** Opens the database, and says in plain data why it does not open. */
import { wrap } from 'idb';
import { AppError, type Failure } from '../core/errors';
import type { OpenHome } from './home';
import { DATABASE_VERSION, type Database, migrate, STORES, type Upgrade } from './schema';

/** Opening takes a fraction of a second; what takes so long waits for something that may never come. */
const OPEN_MS = 10_000;
/** Another tab holds an older version: it closes at once when it can. */
const BLOCKED_MS = 3_000;

/**
 * Looks at a database that was opened.
 * @param dataLoss what the browser says when it found the data damaged and removed them; null when it did not
 * @returns why it is not to be used; null when it is
 */
export type Admission = (database: Database, dataLoss: string | null) => Promise<Failure | null>;

/** What Chromium tells of a database that it found damaged. */
interface LossyEvent extends IDBVersionChangeEvent {
  readonly dataLoss?: 'none' | 'total';
  readonly dataLossMessage?: string;
}

/**
 * @param onClosing a newer build in another tab wants to upgrade, or the browser has closed the database
 * @throws AppError storage-unavailable, storage-full, storage-too-new, storage-foreign, storage-denied; DOMException when
 * the browser failed and another try may help
 */
export async function openDatabase(
  { name, factory }: OpenHome,
  admit: Admission | undefined,
  onClosing: () => void,
): Promise<Database> {
  let dataLoss: string | null = null;
  let foreign = false;
  const database = await new Promise<Database>((resolve, reject) => {
    let waiting = true;
    const giveUp = (): void => {
      waiting = false;
      reject(new AppError({ kind: 'storage-unavailable', detail: BLOCKED }));
    };
    let timer = setTimeout(giveUp, OPEN_MS);
    const request = factory.open(name, DATABASE_VERSION);
    request.onupgradeneeded = (event: LossyEvent) => {
      if (event.dataLoss === 'total') dataLoss = event.dataLossMessage ?? '';
      const { result, transaction } = request;
      foreign = event.oldVersion > 0 && !result.objectStoreNames.contains('runs');
      if (foreign) transaction?.abort();
      else if (transaction) {
        migrate(wrap(result) as Database, event.oldVersion, wrap(transaction) as unknown as Upgrade);
      }
    };
    request.onblocked = () => {
      clearTimeout(timer);
      timer = setTimeout(giveUp, BLOCKED_MS);
    };
    request.onerror = () => {
      clearTimeout(timer);
      reject(foreign ? new AppError({ kind: 'storage-foreign' }) : asError(request.error));
    };
    request.onsuccess = () => {
      clearTimeout(timer);
      const opened = request.result;
      opened.onversionchange = onClosing;
      opened.onclose = onClosing;
      if (waiting) resolve(wrap(opened) as Database);
      else opened.close();
    };
  }).catch(async (error: unknown) => {
    throw await explained(error, { name, factory });
  });
  try {
    const refused = hasOurStores(database)
      ? await admit?.(database, dataLoss)
      : ({ kind: 'storage-foreign' } as const);
    if (refused) throw new AppError(refused);
    return database;
  } catch (error) {
    // A handle that nobody has any more would block whoever deletes the database.
    database.close();
    throw error;
  }
}

const BLOCKED = 'The database does not open. Another tab may hold an older version: close other tabs.';

const asError = (error: DOMException | null): DOMException =>
  error ?? new DOMException('The database does not open.', 'UnknownError');

const hasOurStores = ({ objectStoreNames }: Pick<IDBDatabase, 'objectStoreNames'>): boolean =>
  STORES.every((store) => objectStoreNames.contains(store));

/** @returns the error to throw: one that tells what the state of the device is, where it is known */
async function explained(error: unknown, home: OpenHome): Promise<unknown> {
  if (error instanceof AppError) return error;
  // Where a browser has no IndexedDB at all, what it throws is not a DOMException.
  if (!(error instanceof DOMException)) return new AppError(storageFailure(error), { cause: error });
  if (error.name === 'SecurityError') return new AppError({ kind: 'storage-denied' }, { cause: error });
  // A newer database of something else is not a newer version of ours.
  if (error.name === 'VersionError' && !(await isOurs(home))) {
    return new AppError({ kind: 'storage-foreign' }, { cause: error });
  }
  return error;
}

/** Whether a database of any version has our first store. */
function isOurs({ name, factory }: OpenHome): Promise<boolean> {
  return new Promise((resolve) => {
    const request = factory.open(name);
    request.onsuccess = () => {
      resolve(request.result.objectStoreNames.contains('runs'));
      request.result.close();
    };
    request.onerror = () => resolve(true);
  });
}

/** Browsers disguise a full disk: some report it as an aborted transaction. */
export function storageFailure(error: unknown): AppError['failure'] {
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  const detail = `${name}: ${message}`;
  if (name === 'QuotaExceededError' || (name === 'AbortError' && /quota/iu.test(message))) {
    return { kind: 'storage-full', detail };
  }
  if (name === 'VersionError') {
    const stored = Number(/existing version \((\d+)\)/u.exec(message)?.[1] ?? DATABASE_VERSION + 1);
    return { kind: 'storage-too-new', stored, known: DATABASE_VERSION };
  }
  return { kind: 'storage-unavailable', detail };
}
