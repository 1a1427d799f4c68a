import '../../app.css';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import { AppState } from '../../app/app-state.svelte';
import type { Services } from '../../app/services';
import { BrowserSecondHome } from '../../browser/second-home';
import type { FoundSnapshot } from '../../app/second-home';
import { Connection } from '../../storage/connection';
import { IdbRunStore } from '../../storage/idb-run-store';
import { type ManyTasks, manyTasks } from '../../testing/many-tasks';
import { quietServices } from '../../testing/quiet-services';
import { deleteDatabase } from '../../testing/raw-database';
import { storeRun } from '../../testing/store-run';
import { EVERY_TASK } from '../../core/pool-filter';
import { NamedFilters } from '../../shared/filters/named-filters.svelte';
import { fileOfCode, readHandIn } from '../../import/read-hand-in';
import { unzipTexts } from '../../testing/zip-files';
import InApp from '../../testing/InApp.svelte';
import ExportScreen from './ExportScreen.svelte';

const HOSTILE = '<img src=x onerror="window.hacked = true"></pre><script>window.hacked = 1</script>';
let store: IdbRunStore;
let services: Services;
let app: AppState;
let saved: File | null;

async function fill(many: ManyTasks): Promise<void> {
  const id = await storeRun(store, many);
  for await (const [seed] of store.scanTasks(id)) {
    if (seed?.origin === 'seed') await store.changeTask(seed.id, () => ({ ...seed, instruction: HOSTILE }));
    break;
  }
  await app.session.open(id);
}
const show = async (): Promise<void> => {
  await render(InApp, { app, Screen: ExportScreen });
};
const save = (): ReturnType<typeof page.getByRole> =>
  page.getByRole('button', { name: /^Save (?!a snapshot)/ });
const preview = page.getByRole('region', { name: 'First rows of the file' });
const importFile = (file: File): Promise<void> =>
  userEvent.upload(page.getByLabelText(/Drop a backup/u), file);
const choose = (title: string): Promise<void> =>
  page.getByRole('radio', { name: new RegExp(`^${title} \\.`, 'u') }).click();
async function saveBackup(): Promise<File> {
  await choose('Whole-run backup');
  saved = null;
  await expect.element(page.getByRole('button', { name: /^Save run-\d+-backup/u })).toBeEnabled();
  await save().click();
  return vi.waitUntil(() => saved, { timeout: 5_000 });
}

beforeEach(async () => {
  await page.viewport(1280, 1000);
  await deleteDatabase();
  store = new IdbRunStore();
  saved = null;
  services = {
    ...quietServices(store),
    saveFile: (name, content) => (saved = new File([content], name)),
  };
  app = new AppState(services);
});
afterEach(() => store.close());

describe('in a recording', () => {
  it('takes no file and saves no snapshot: both would be gone with it', async () => {
    services = { ...services, recorded: true };
    app = new AppState(services);
    await fill(manyTasks(1, { seeds: 3, machines: 4, rejected: 1 }));
    await show();
    await expect.element(page.getByText('Close the recording to import a file')).toBeVisible();
    await expect.element(page.getByLabelText(/Drop a backup/u)).not.toBeInTheDocument();
    await expect.element(page.getByRole('button', { name: /snapshot/u })).not.toBeInTheDocument();
  });
});

describe('without a run', () => {
  it('says what belongs here and where to begin', async () => {
    await show();
    await expect.element(page.getByRole('heading', { name: 'No run yet' })).toBeVisible();
    await expect.element(save()).not.toBeInTheDocument();
    await expect
      .element(
        page.getByText('Drop a backup, a passport, a snapshot, a recording, a hand-in or a data set here'),
      )
      .toBeVisible();
  });
  it('offers the stored ones', async () => {
    await fill(manyTasks(1, { seeds: 3, machines: 4, rejected: 1 }));
    app = new AppState(services);
    await show();
    await page.getByRole('button', { name: 'Open run 1' }).click();
    await expect.element(save()).toBeVisible();
  });
});

describe('with a run', () => {
  beforeEach(async () => {
    await fill(manyTasks(1, { seeds: 10, machines: 40, rejected: 20 }));
    await show();
    await expect.element(preview).toBeVisible();
  });

  it('shows the first rows as they are in the file, as raw text', async () => {
    await page.getByRole('radio', { name: 'With seeds' }).click();
    await expect.element(preview).toHaveTextContent(JSON.stringify(HOSTILE));
    expect(document.querySelector('main img, main script')).toBeNull();
    await save().click();
    await expect.poll(() => saved?.name).toBe('alpaca.json');
    const text = (await saved?.text()) ?? '';
    const [, first = ''] = text.split('\n');
    await expect.element(preview).toHaveTextContent(first);
    expect((JSON.parse(text) as { instruction: string }[])[0]?.instruction).toBe(HOSTILE);
    await expect.element(page.getByRole('status').filter({ hasText: 'Saved alpaca.json' })).toBeVisible();
    expect('hacked' in window).toBe(false);
  });

  it.each([
    ['OpenAI chat', 'chat.jsonl'],
    ['ShareGPT', 'sharegpt.json'],
    ['Prompt and completion', 'finetuning.jsonl'],
    ['Machine instructions', 'machine_generated_instructions.jsonl'],
    ['CSV', 'tasks.csv'],
    ['Data set with origins', 'dataset.jsonl'],
  ])('%s is saved as %s, with the bytes that the button promised', async (title, name) => {
    await choose(title);
    await expect
      .element(
        page.getByRole('button', { name: new RegExp(`^Save ${name.replaceAll('.', '\\.')}, \\d`, 'u') }),
      )
      .toBeEnabled();
    await save().click();
    await expect.poll(() => saved?.name).toBe(name);
    expect(saved?.size).toBeGreaterThan(100);
  });

  it('exports only what a filter with a name lets through, and the card of a passport names it', async () => {
    const classification = { ...EVERY_TASK, types: ['classification'] as const };
    await app.lasting(NamedFilters).keep('Only <b>labels</b>', classification);
    await choose('CSV');
    await page.getByRole('combobox', { name: 'Saved filter' }).selectOptions('Only <b>labels</b>');
    await expect.element(page.getByText(/^6 rows$/u)).toBeVisible();
    await save().click();
    await expect.poll(() => saved?.name).toBe('tasks.csv');
    const [, ...rows] = ((await saved?.text()) ?? '').trim().split('\r\n');
    expect(rows.map((row) => row.slice(row.lastIndexOf(',') + 1))).toEqual(Array(6).fill('true'));
    await choose('Data passport');
    await expect.element(page.getByRole('button', { name: /^Save run-1-passport/u })).toBeEnabled();
    await save().click();
    await expect.poll(() => saved?.name).toBe('run-1-passport.zip');
    const card = Object.entries(await unzipTexts(saved ?? '')).find(([path]) => path.endsWith('README.md'));
    expect(card?.[1]).toContain('filter “Only \\<b\\>labels\\</b\\>” are in the data (type: classification)');
  });

  it('follows a filter that is changed under its name, and keeps it, named, when it is deleted', async () => {
    const filters = app.lasting(NamedFilters);
    await filters.keep('Mine', { ...EVERY_TASK, types: ['classification'] });
    await choose('CSV');
    const menu = page.getByRole('combobox', { name: 'Saved filter' });
    await menu.selectOptions('Mine');
    await expect.element(page.getByText(/^6 rows$/u)).toBeVisible();
    await filters.keep('Mine', { ...EVERY_TASK, types: ['open'] });
    await expect.element(page.getByText(/^18 rows$/u)).toBeVisible();
    await filters.remove('Mine');
    await expect.element(menu).toHaveDisplayValue('Mine (deleted)');
    await expect.element(page.getByText(/^18 rows$/u)).toBeVisible();
    await menu.selectOptions('All tasks');
    await expect.element(page.getByText(/^24 rows$/u)).toBeVisible();
    await expect.element(menu).not.toBeInTheDocument();
  });

  it('saves a backup and restores it as a run of its own', async () => {
    const file = await saveBackup();
    await importFile(file);
    await expect.element(page.getByRole('status').filter({ hasText: 'Run 2 is restored' })).toBeVisible();
    await expect.poll(() => app.session.run).toMatchObject({ number: 2, source: 'imported' });
    const again = await saveBackup();
    expect(again.name).toBe('run-2-backup.jsonl');
    const rows = async (one: File): Promise<unknown[]> =>
      (await one.text())
        .replaceAll('r0002', 'r0001')
        .split('\n')
        .slice(1, -1)
        .map((text) => ({ ...(JSON.parse(text) as object), check: 0 }));
    expect(await rows(again)).toEqual(await rows(file));
    expect(await rows(file)).toHaveLength(10 + 40 + 20 + 1);
  });

  it('restores a snapshot, told by its content, after it was asked', async () => {
    const connection = new Connection();
    const home = new BrowserSecondHome(connection, () => Date.now());
    const snapshot = await home.snapshot(new AbortController().signal, () => undefined);
    connection.close();
    const steps: string[] = [];
    Object.assign(services.secondHome, {
      read: home.read.bind(home),
      flush: () => Promise.resolve(void steps.push('flush')),
      restore: (found: FoundSnapshot) => Promise.resolve(void steps.push(found.file.name)),
      restart: () => void steps.push('restart'),
    });
    await importFile(new File([snapshot], 'any name.json'));
    await expect.element(page.getByText('A snapshot of everything: 1 run, 40 machine tasks.')).toBeVisible();
    await page.getByRole('button', { name: 'Restore this snapshot' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Back' }).click();
    expect(steps).toEqual([]);
    await page.getByRole('button', { name: 'Restore this snapshot' }).click();
    await dialog.getByRole('button', { name: 'Restore this snapshot' }).click();
    await expect.poll(() => steps).toEqual(['flush', 'any name.json', 'restart']);
  });

  it('saves a hand-in under the name that is typed, as a file and as a code', async () => {
    await page.getByLabelText('Your name, or that of your group').fill(' Ana & Ben ');
    await page.getByRole('button', { name: 'Make the hand-in' }).click();
    await expect.element(page.getByText('Saved Ana-Ben.handin')).toBeVisible();
    const file = await vi.waitUntil(() => saved);
    const never = new AbortController().signal;
    const { name, run } = await readHandIn(file, never);
    expect([name, run.progress.kept]).toEqual(['Ana & Ben', 40]);
    const write = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
    await page.getByRole('button', { name: 'Copy the code' }).click();
    const [pasted = ''] = write.mock.calls[0] ?? [];
    expect((await readHandIn(fileOfCode(pasted), never)).name).toBe('Ana & Ben');
    await importFile(file);
    const restored = page.getByRole('status').filter({ hasText: 'Run 2 is restored' });
    await expect.element(restored).toBeVisible();
    await expect.poll(() => app.session.run?.number).toBe(2);
    // That was of the other run.
    await expect.element(page.getByText('Saved Ana-Ben.handin')).not.toBeInTheDocument();
    await expect.element(page.getByRole('button', { name: 'Copy the code' })).not.toBeInTheDocument();
  });

  it('makes a run of a data set after a look, hostile cells as text', async () => {
    const text = `instruction,input,output\n"${HOSTILE.replaceAll('"', '""')}",,Robin\nName a fish.,,Carp\nbad\n`;
    await importFile(new File([text], 'birds.json'));
    await expect.element(page.getByText('2 tasks, 2 rows')).toBeVisible();
    await expect.element(page.getByText('it has 1 cell, but the first line has 3')).toBeVisible();
    expect(document.querySelector('main img, main script')).toBeNull();
    await page.getByRole('button', { name: 'Import 2 tasks as a run' }).click();
    await expect
      .element(page.getByRole('status').filter({ hasText: 'Run 2 now contains the data set' }))
      .toBeVisible();
    await expect.poll(() => app.session.run?.imported).toMatchObject({ file: 'birds.json', typed: false });
    await expect.element(preview).toHaveTextContent('Carp');
    await expect.element(page.getByText('All checks pass')).toBeVisible();
  });

  it('tells of odd characters before the import, and of half ones before a CSV file is saved', async () => {
    const rows = ['Name a \ud83d bird.', 'Name a \u202efish.', 'Name a \u202etree.'].map((instruction) =>
      JSON.stringify({ instruction, output: 'Robin' }),
    );
    await importFile(new File([rows.join('\n')], 'odd.jsonl'));
    const half = '1 row has half of a character (a lone surrogate), in row 1. It is kept';
    await expect.element(page.getByText(half)).toBeVisible();
    const hidden = '2 rows have invisible or direction-changing characters, the first in row 2.';
    await expect.element(page.getByText(hidden)).toBeVisible();
    await page.getByRole('button', { name: 'Import 3 tasks as a run' }).click();
    await expect.element(page.getByRole('status').filter({ hasText: 'Run 2 now contains' })).toBeVisible();
    await choose('CSV');
    const check = page.getByRole('listitem').filter({ hasText: 'half of a character' });
    await expect.element(check).toHaveTextContent('m000000-000');
    await expect.element(page.getByText('All required checks pass')).toBeVisible();
  });

  it('saves a passport that restores the run', async () => {
    await choose('Data passport');
    await expect.element(page.getByRole('heading', { name: 'Files' })).toBeVisible();
    const content = page.getByRole('region', { name: /^Content of/u });
    await expect.element(content).toHaveTextContent('Self-Instruct run 1');
    await page.getByRole('combobox', { name: 'Show' }).selectOptions('dataset_info.json');
    await expect.element(content).toHaveTextContent('"file_name": "data/alpaca-train.json"');
    await page.getByRole('combobox', { name: 'Show' }).selectOptions('data/alpaca-train.json');
    await expect.element(content).toHaveTextContent(/^\[ ?\{"instruction"/u);
    await save().click();
    await expect.poll(() => saved?.name, { timeout: 10_000 }).toBe('run-1-passport.zip');
    if (saved) await importFile(saved);
    await expect.element(page.getByRole('status').filter({ hasText: 'Run 2 is restored' })).toBeVisible();
  });

  it('refuses a cut backup and leaves nothing of it', async () => {
    const file = await saveBackup();
    await importFile(new File([file.slice(0, file.size - 40)], '<b>cut</b>.jsonl'));
    await expect
      .element(page.getByRole('alert'))
      .toHaveTextContent('“<b>cut</b>.jsonl” cannot be restored: it ends in the middle');
    expect(await store.latestRuns(10)).toHaveLength(1);
    await importFile(new File(['Dear diary'], 'diary.txt'));
    await expect.element(page.getByRole('alert')).toHaveTextContent('“diary.txt” is not a readable data set');
    // The screen still works.
    await importFile(file);
    await expect.element(page.getByRole('status').filter({ hasText: /Run \d+ is restored/u })).toBeVisible();
    await expect.element(page.getByRole('alert')).not.toBeInTheDocument();
  });

  it('saves no half of a file when the storage fails on the way', async () => {
    await choose('CSV');
    await expect.element(page.getByRole('button', { name: /^Save tasks\.csv, \d/u })).toBeEnabled();
    // The checks read the tasks, too: the fault is for the file that is written.
    await expect.element(page.getByText(/^All (?:required )?checks pass$/u)).toBeVisible();
    const scanTasks = store.scanTasks.bind(store);
    store.scanTasks = async function* (run) {
      for await (const tasks of scanTasks(run)) {
        yield tasks.slice(0, 5);
        throw new Error('backing store');
      }
    };
    await save().click();
    await expect.element(page.getByRole('alert')).toHaveTextContent('backing store');
    expect(saved).toBeNull();
    store.scanTasks = scanTasks;
    await page.getByRole('button', { name: /^Save tasks\.csv/u }).click();
    await expect.poll(() => saved?.name).toBe('tasks.csv');
  });

  it('tells when the storage fails, and goes on when it answers again', async () => {
    const scanTasks = store.scanTasks.bind(store);
    // eslint-disable-next-line require-yield, @typescript-eslint/require-await
    store.scanTasks = async function* () {
      throw new Error('backing store');
    };
    await choose('CSV');
    await expect.element(page.getByRole('alert')).toHaveTextContent('backing store');
    store.scanTasks = scanTasks;
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect.element(page.getByRole('alert')).not.toBeInTheDocument();
    await expect.element(preview).toHaveTextContent('id,instruction,input,output');
  });
});

describe('with words for a classroom', () => {
  it('leaves hidden tasks out, says so, and asks before they go out', async () => {
    const many = manyTasks(1, { seeds: 3, machines: 8, rejected: 0 });
    await fill(many);
    const complete = many.machines.filter((task) => task.stage === 'complete' && task.instances.length > 0);
    const [first] = complete;
    if (!first) throw new Error('no task is complete');
    await store.changeTask(first.id, () => ({
      ...first,
      instruction: 'Say how a knight would kill a dragon.',
    }));
    await app.classroom.switch(true);
    await show();
    await expect.element(page.getByText('Include 1 task with words for a classroom')).toBeVisible();
    await expect.element(save()).toBeEnabled();
    await save().click();
    const without = await vi.waitUntil(() => saved);
    expect(await without.text()).not.toContain('dragon');
    await expect.element(page.getByText('1 task with words for a classroom is left out.')).toBeVisible();

    saved = null;
    await page.getByText('Include 1 task with words for a classroom').click();
    await expect.element(preview).toHaveTextContent('dragon');
    await save().first().click();
    const dialog = page.getByRole('dialog', { name: 'Save hidden tasks too?' });
    await expect.element(dialog).toBeVisible();
    await dialog.getByRole('button', { name: 'Do not save' }).click();
    expect(saved).toBeNull();
    await save().first().click();
    await dialog.getByRole('button', { name: 'Save with them' }).click();
    const file = await vi.waitUntil(() => saved);
    expect(await file.text()).toContain('dragon');
    await expect.element(page.getByText('1 task with words for a classroom is in it.')).toBeVisible();
  });
});
