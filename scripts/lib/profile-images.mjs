/**
 * Damaged images of a real profile of Chromium: a run and its snapshot are stored, the browser is killed, the files of its
 * database are damaged, and the app is opened on them. Whatever happens, the page must work, and what was stored when the
 * last snapshot was written must be there or come back, byte by byte.
 */
/* global window, indexedDB */
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { chromium } from 'playwright';
import { ensureChromium } from './chromium.mjs';
import { KillableBrowser } from './killable-browser.mjs';
import { DIST, ensureBuild } from './project.mjs';
import { serve } from './server.mjs';

/** What is done to the files of the database. */
export const KINDS = /** @type {const} */ ([
  'flip-log',
  'flip-ldb',
  'flip-manifest',
  'flip-current',
  'cut-log',
  'cut-ldb',
  'cut-manifest',
  'remove-log',
  'remove-ldb',
  'remove-manifest',
  'remove-current',
  'remove-all',
  'foreign',
  'newer',
]);
/** @typedef {(typeof KINDS)[number]} Kind */
/** @typedef {{ kind: Kind, told: string, restored: boolean, fault: string | null }} Outcome `told`: what the page said first */

const PARTS = { log: /\.log$/u, ldb: /\.ldb$/u, manifest: /^MANIFEST/u, current: /^CURRENT$/u };
/** Nothing here takes so long, whatever else the machine does. */
const PATIENCE_MS = 90_000;

/** A generator of numbers from 0 to 1; the same seed gives the same damage. @param {number} seed */
export function numbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}

export class ProfileImages {
  #folder = mkdtempSync(join(tmpdir(), 'self-instruct-images-'));
  #server;
  #executablePath;
  /** What is stored in the undamaged profile. */
  #stored = '';

  /**
   * @param {Awaited<ReturnType<typeof serve>>} server
   * @param {string} executablePath
   */
  constructor(server, executablePath) {
    this.#server = server;
    this.#executablePath = executablePath;
  }

  /** Makes the profiles that the images are copied from. @param {number} target instructions of each of two runs */
  static async make(target) {
    ensureBuild();
    const images = new ProfileImages(await serve(DIST), await ensureChromium());
    for (const seed of [1, 2]) await images.#use('whole', (page) => images.#store(page, seed, target));
    for (const kind of /** @type {const} */ (['foreign', 'newer'])) {
      copyProfile(images.#path('whole'), images.#path(kind));
      await images.#use(kind, (page) => images.#replace(page, kind));
    }
    return images;
  }

  /**
   * One image: damaged, opened, and restored if something is missing.
   * @param {Kind} kind
   * @param {() => number} random
   * @returns {Promise<Outcome>}
   */
  async examine(kind, random) {
    const path = this.#path('image');
    rmSync(path, { recursive: true, force: true, maxRetries: 5 });
    copyProfile(this.#path(kind === 'foreign' || kind === 'newer' ? kind : 'whole'), path);
    damage(path, kind, random);
    /** @type {Outcome} */
    const outcome = { kind, told: '', restored: false, fault: null };
    /** @type {string[]} */
    const errors = [];
    try {
      await this.#use('image', async (page) => {
        page.on('pageerror', (error) => errors.push(error.message));
        await page.goto(this.#server.url);
        if (await this.#refusal(page)) {
          outcome.told = (await page.getByRole('heading', { level: 1 }).textContent()) ?? '';
          await page.getByRole('button', { name: 'Restore this snapshot' }).click({ timeout: PATIENCE_MS });
          await page.getByText('What will happen').waitFor({ timeout: PATIENCE_MS });
          if (await this.#refusal(page)) throw new Error('refused after it was restored');
          outcome.restored = true;
        }
        await page.getByText('What will happen').waitFor({ timeout: PATIENCE_MS });
        if ((await page.evaluate(dump)) !== this.#stored) outcome.fault = 'other rows than were stored';
      });
    } catch (error) {
      outcome.fault = error instanceof Error ? error.message.slice(0, 300) : String(error);
    }
    if (errors.length > 0) outcome.fault ??= `page error: ${errors[0]}`;
    return outcome;
  }

  async close() {
    await this.#server.close();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  /** @param {string} name */
  #path(name) {
    return join(this.#folder, name);
  }

  /**
   * Opens a browser on a profile and kills it when `work` is done.
   * @param {string} profile
   * @param {(page: import('playwright').Page) => Promise<void>} work
   */
  async #use(profile, work) {
    const process = await KillableBrowser.launch({
      name: 'chromium',
      executablePath: this.#executablePath,
      profile: this.#path(profile),
    });
    const endpoint = process.browser.wsEndpoint();
    await process.browser.disconnect();
    const connection = await chromium.connectOverCDP(endpoint);
    try {
      const [context] = connection.contexts();
      const page = context?.pages()[0] ?? (await context?.newPage());
      if (!page) throw new Error('The browser has no page.');
      await work(page);
    } finally {
      await process.kill();
    }
  }

  /** Why the app does not use the database; null when it does. @param {import('playwright').Page} page */
  async #refusal(page) {
    await page.waitForFunction(() => 'selfInstruct' in window, null, { timeout: PATIENCE_MS });
    const refusal = await page.evaluate(() => window.selfInstruct.storage());
    if (refusal) return refusal;
    // Rows that rotted are found when the first snapshot is to be written.
    return page.evaluate(() => window.selfInstruct.settled());
  }

  /**
   * A run, and its snapshot.
   * @param {import('playwright').Page} page
   * @param {number} seed
   * @param {number} target
   */
  async #store(page, seed, target) {
    await page.goto(this.#server.url);
    await page.waitForFunction(() => 'selfInstruct' in window);
    // So much that it lies in a table and not in the log alone.
    await page.evaluate(fill, seed);
    await page.evaluate((given) => window.selfInstruct.start(given), { target, seed });
    await page.waitForFunction(() => window.selfInstruct.state().status === 'finished', null, {
      timeout: PATIENCE_MS,
    });
    await page.evaluate(() => window.selfInstruct.snapshot());
    this.#stored = await page.evaluate(dump);
  }

  /**
   * Puts another database in the place of the app's.
   * @param {import('playwright').Page} page
   * @param {'foreign' | 'newer'} kind
   */
  async #replace(page, kind) {
    // A page of this address without the app.
    await page.goto(new URL('icon.svg', this.#server.url).href);
    await page.evaluate(async (made) => {
      const settled = (/** @type {IDBRequest} */ request) =>
        new Promise((resolve, reject) => {
          request.onsuccess = () => resolve(undefined);
          request.onerror = () => reject(request.error);
        });
      if (made === 'foreign') await settled(indexedDB.deleteDatabase('self-instruct'));
      const request = indexedDB.open('self-instruct', made === 'foreign' ? 7 : 99);
      request.onupgradeneeded = () => request.result.createObjectStore('of-another-version');
      await settled(request);
      request.result.close();
    }, kind);
  }
}

/**
 * Without the lock of the browser that was killed.
 * @param {string} from
 * @param {string} to
 */
const copyProfile = (from, to) =>
  cpSync(from, to, { recursive: true, filter: (path) => !basename(path).startsWith('Singleton') });

/**
 * @param {string} profile
 * @param {Kind} kind
 * @param {() => number} random
 */
function damage(profile, kind, random) {
  const [how, part] = kind.split('-');
  if (!how || !part) return;
  const stores = join(profile, 'Default', 'IndexedDB');
  const folder = readdirSync(stores).find((name) => name.endsWith('.leveldb'));
  if (!folder) throw new Error('The profile has no database.');
  const path = join(stores, folder);
  if (part === 'all') {
    rmSync(path, { recursive: true });
    return;
  }
  const pattern = PARTS[/** @type {keyof typeof PARTS} */ (part)];
  const names = readdirSync(path).filter((name) => pattern.test(name));
  const name = names[Math.floor(random() * names.length)];
  if (!name || !existsSync(join(path, name))) throw new Error(`The database has no file for ${kind}.`);
  const file = join(path, name);
  const bytes = readFileSync(file);
  if (how === 'remove') rmSync(file);
  else if (how === 'cut') truncateSync(file, Math.floor(random() * bytes.length));
  else {
    for (let flips = random() < 0.5 ? 1 : 20; flips > 0; flips--) {
      const at = Math.floor(random() * bytes.length);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
    }
    writeFileSync(file, bytes);
  }
}

/** In the page: writes 6 MB that cannot be compressed, as the app writes settings. @param {number} seed */
async function fill(seed) {
  const request = indexedDB.open('self-instruct');
  /** @type {IDBDatabase} */
  const database = await new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  for (let part = 0; part < 3; part++) {
    const transaction = database.transaction(['settings', 'outbox'], 'readwrite');
    const changes = [];
    for (let row = 0; row < 250; row++) {
      const bytes = crypto.getRandomValues(new Uint8Array(4096));
      const key = `filling:${seed}-${part}-${row}`;
      transaction.objectStore('settings').put([...bytes].map((byte) => byte.toString(16)).join(''), key);
      changes.push(['settings', key]);
    }
    transaction.objectStore('outbox').put({ token: part, changes });
    await new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
  }
  database.close();
}

/** In the page: all rows of the database in use, as text; without what counts how often was written. */
async function dump() {
  const root = await navigator.storage.getDirectory();
  /** @type {{ name: string, bucket: string | null }} */
  const home = await root
    .getFileHandle('home.json')
    .then(async (note) => JSON.parse(await (await note.getFile()).text()))
    .catch(() => ({ name: 'self-instruct', bucket: null }));
  /** @type {{ storageBuckets?: { open(name: string): Promise<{ indexedDB: IDBFactory }> } }} */
  const { storageBuckets } = navigator;
  const factory =
    home.bucket !== null && storageBuckets ? (await storageBuckets.open(home.bucket)).indexedDB : indexedDB;
  const settled = (/** @type {IDBRequest} */ request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  /** @type {IDBDatabase} */
  const database = await settled(factory.open(home.name));
  /** @type {Record<string, unknown>} */
  const rows = {};
  for (const name of [...database.objectStoreNames].sort()) {
    if (name === 'outbox') continue;
    const store = database.transaction(name).objectStore(name);
    rows[name] = [await settled(store.getAllKeys()), await settled(store.getAll())];
  }
  database.close();
  return JSON.stringify(rows);
}
