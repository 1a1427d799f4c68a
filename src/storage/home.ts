/**
 * Where the database is. It is the first home until that one cannot be used: then a new one is made, and a note beside the
 * database says which. The old one is left as it is.
 */
import { DATABASE_NAME } from './schema';

export interface Home {
  /** Of the database. */
  readonly name: string;
  /** Storage of its own, apart from a default one that does not open. Null: the default. */
  readonly bucket: string | null;
}
/** What opens databases: `indexedDB`, or that of a bucket. */
export interface OpenHome {
  readonly name: string;
  readonly factory: Factory;
}
type Factory = Pick<IDBFactory, 'open' | 'deleteDatabase'>;

export const FIRST_HOME: Home = { name: DATABASE_NAME, bucket: null };
const NOTE = 'home.json';

/** https://wicg.github.io/storage-buckets/, in Chromium. */
interface Buckets {
  open(name: string, options?: { readonly persisted?: boolean }): Promise<{ readonly indexedDB: IDBFactory }>;
}
const buckets = (): Buckets | undefined =>
  (navigator as { readonly storageBuckets?: Buckets }).storageBuckets;

/** The home that is in use. */
export async function currentHome(): Promise<Home> {
  return parsed(await readNote()) ?? FIRST_HOME;
}

/** A home after this one. @param apart whether the default storage of the browser does not open */
export function nextHome({ name }: Home, apart: boolean): Home {
  const number = Number(/-(\d+)$/u.exec(name)?.[1] ?? 1) + 1;
  const next = `${DATABASE_NAME}-${number}`;
  return { name: next, bucket: apart && buckets() ? next : null };
}

/** From now on, this home is in use. */
export async function moveTo(home: Home): Promise<void> {
  const text = JSON.stringify(home);
  const root = await fileSystem();
  if (root) {
    const note = await root.getFileHandle(NOTE, { create: true });
    const writable = await note.createWritable();
    await writable.write(text);
    await writable.close();
  } else {
    localStorage.setItem(NOTE, text);
  }
}

export async function openHome({ name, bucket }: Home): Promise<OpenHome> {
  const own = bucket === null ? undefined : buckets();
  return { name, factory: own && bucket !== null ? held((await own.open(bucket)).indexedDB) : indexedDB };
}

/**
 * When the factory of a bucket is garbage, Chromium never ends the transactions of its databases: what comes from the
 * factory holds it.
 */
function held(factory: IDBFactory): Factory {
  const hold = <T extends object>(holder: T): T => Object.assign(holder, { factory });
  return {
    open(name, version) {
      const request = hold(factory.open(name, version));
      request.addEventListener('success', () => hold(request.result));
      return request;
    },
    deleteDatabase: (name) => hold(factory.deleteDatabase(name)),
  };
}

async function readNote(): Promise<string | null> {
  try {
    const root = await fileSystem();
    if (root) return await (await (await root.getFileHandle(NOTE)).getFile()).text();
    // Workers have none.
    return 'localStorage' in globalThis ? localStorage.getItem(NOTE) : null;
  } catch {
    // There is none, or storage is denied: then the first home is tried, which tells.
    return null;
  }
}

/** Null where there is none. */
async function fileSystem(): Promise<FileSystemDirectoryHandle | null> {
  const storage = (navigator as { readonly storage?: Partial<StorageManager> }).storage;
  return (await storage?.getDirectory?.()) ?? null;
}

function parsed(text: string | null): Home | null {
  try {
    const { name, bucket } = JSON.parse(text ?? 'null') as Partial<Home>;
    if (typeof name !== 'string' || !name.startsWith(DATABASE_NAME)) return null;
    return { name, bucket: typeof bucket === 'string' ? bucket : null };
  } catch {
    return null;
  }
}
