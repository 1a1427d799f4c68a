import '../../app.css';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import { IdbRunStore } from '../../storage/idb-run-store';
import InApp from '../../testing/InApp.svelte';
import { quietServices } from '../../testing/quiet-services';
import { deleteDatabase } from '../../testing/raw-database';
import { AppState } from '../app-state.svelte';
import type { Services } from '../services';
import SaveReminder from './SaveReminder.svelte';
import { SnapshotSaving } from './snapshot-saving.svelte';

let store: IdbRunStore;
let services: Services;
let app: AppState;
/** As a transaction that wrote so many rows. */
let grow: (rows: number) => void;
let saved: string[];
let folder: FileSystemDirectoryHandle;
const reminder = page.getByRole('complementary', { name: 'Not saved yet' });

beforeEach(async () => {
  localStorage.removeItem('unsaved-rows');
  await deleteDatabase();
  const root = await navigator.storage.getDirectory();
  await root.removeEntry('picked', { recursive: true }).catch(() => undefined);
  folder = await root.getDirectoryHandle('picked', { create: true });
  store = new IdbRunStore();
  saved = [];
  const quiet = quietServices(store);
  services = {
    ...quiet,
    deviceFacts: async () => ({ ...(await quiet.deviceFacts()), persisted: false }),
    saveFile: (name) => saved.push(name),
    pickFolder: () => Promise.resolve(folder),
    secondHome: {
      ...quiet.secondHome,
      watchRows: (listener) => {
        grow = listener;
        return () => undefined;
      },
      snapshot: () => Promise.resolve(new File(['everything'], 'all.jsonl')),
    },
  };
});
afterEach(() => store.close());

const show = async (): Promise<void> => {
  app = new AppState(services);
  await render(InApp, { app, Screen: SaveReminder });
  grow(0);
};
/** Everything that was asked for has happened. */
const settled = (): Promise<unknown> =>
  expect.poll(() => app.lasting(SnapshotSaving).job.running).toBe(false);
/** The texts of the files in the folder. */
const written = async (): Promise<string[]> => {
  const texts: string[] = [];
  for await (const handle of folder.values()) {
    expect(handle.name).toMatch(/^all-[0-9a-f]{8}\.jsonl$/u);
    if (handle.kind === 'file') texts.push(await (await handle.getFile()).text());
  }
  return texts.sort();
};

describe('where the browser may clear what is stored', () => {
  it('reminds when data have grown, is quiet once saved, and reminds when much has grown since', async () => {
    await show();
    grow(49);
    await expect.element(reminder).not.toBeInTheDocument();
    grow(1);
    await expect.element(reminder).toBeVisible();
    await page.getByRole('button', { name: 'Save a snapshot' }).click();
    await expect.element(reminder).not.toBeInTheDocument();
    expect(saved).toEqual(['all.jsonl']);
    grow(999);
    await expect.element(reminder).not.toBeInTheDocument();
    grow(1);
    await expect.element(reminder).toBeVisible();
  });
  it('is quiet for a while when it is told so', async () => {
    await show();
    grow(150);
    await page.getByRole('button', { name: 'Later' }).click();
    await expect.element(reminder).not.toBeInTheDocument();
    grow(1_000);
    await expect.element(reminder).toBeVisible();
    expect(saved).toEqual([]);
  });
  it('remembers what was not saved across a reload', async () => {
    await show();
    grow(30);
    app = new AppState(services);
    const next = app.lasting(SnapshotSaving);
    grow(20);
    await expect.poll(() => next.due).toBe(true);
  });
  it('is still due when it could not be saved', async () => {
    services = {
      ...services,
      secondHome: { ...services.secondHome, snapshot: () => Promise.reject(new Error('no')) },
    };
    await show();
    grow(100);
    await page.getByRole('button', { name: 'Save a snapshot' }).click();
    await settled();
    await expect.element(reminder).toBeVisible();
    expect(saved).toEqual([]);
  });
});

describe('where it promised to keep it', () => {
  it('does not remind', async () => {
    const quiet = quietServices(store);
    services = { ...services, deviceFacts: () => quiet.deviceFacts() };
    await show();
    grow(5_000);
    await quiet.deviceFacts();
    await expect.element(reminder).not.toBeInTheDocument();
  });
});

describe('a picked folder', () => {
  it('gets the newest state at once, and is found again after a reload', async () => {
    await show();
    grow(100);
    await page.getByRole('button', { name: 'Keep snapshots in a folder' }).click();
    await expect.element(reminder).not.toBeInTheDocument();
    await expect.poll(written).toEqual(['everything']);
    const next = new AppState(services).lasting(SnapshotSaving);
    await expect.poll(() => next.folder?.name).toBe('picked');
    expect(next.folderAsks).toBe(false);
    await next.leaveFolder();
    expect(await store.setting('snapshot-folder')).toBeUndefined();
    expect(await written()).toEqual(['everything']);
  });
  it('holds the file of another database that was written on the same day', async () => {
    await show();
    await app.lasting(SnapshotSaving).chooseFolder();
    await app.lasting(SnapshotSaving).chooseFolder();
    expect(await written()).toEqual(['everything']);
    await store.saveSetting('snapshot-folder', undefined);
    services.secondHome.snapshot = () => Promise.resolve(new File(['almost nothing'], 'all.jsonl'));
    await new AppState(services).lasting(SnapshotSaving).chooseFolder();
    expect(await written()).toEqual(['almost nothing', 'everything']);
  });
  it('keeps its files when it cannot be written, and says so', async () => {
    await show();
    const saving = app.lasting(SnapshotSaving);
    await saving.chooseFolder();
    expect(await written()).toEqual(['everything']);
    services.secondHome.snapshot = () =>
      Promise.resolve(
        Object.assign(new File(['newer'], 'all.jsonl'), {
          stream: () => new ReadableStream({ start: (stream) => stream.error(new Error('unplugged')) }),
        }),
      );
    await saving.chooseFolder();
    expect(saving.job.failure).toMatchObject({ kind: 'folder-not-written' });
    expect(await written()).toEqual(['everything']);
    grow(2_000);
    await expect.element(reminder).toHaveTextContent('unplugged');
  });
  it('is not offered where the browser has none', async () => {
    services = { ...services, pickFolder: null };
    await show();
    grow(100);
    await expect.element(reminder).toBeVisible();
    await expect.element(page.getByRole('button', { name: 'Keep snapshots' })).not.toBeInTheDocument();
  });
});
