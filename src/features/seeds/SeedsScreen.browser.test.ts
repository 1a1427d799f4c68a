import '../../app.css';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import { readSeedFile } from '../../core/dataset/seed-file';
import type { SeedTask } from '../../core/task';
import { AppState } from '../../app/app-state.svelte';
import type { Services } from '../../app/services';
import { IdbRunStore } from '../../storage/idb-run-store';
import { quietServices } from '../../testing/quiet-services';
import { deleteDatabase } from '../../testing/raw-database';
import InApp from '../../testing/InApp.svelte';
import { tinySeeds } from '../../testing/tiny-pool';
import SeedsScreen from './SeedsScreen.svelte';

const HOSTILE = '<img src=x onerror="window.hacked = true">Name four good birds.';
let store: IdbRunStore;
let saved: Blob | null;

const line = (instruction: string, more: object = {}): string =>
  JSON.stringify({ instruction, instances: [{ input: '', output: 'yes' }], is_classification: false, ...more });
const choose = (name: string, text: string): Promise<void> =>
  userEvent.upload(page.getByLabelText(/Use your own seeds/u), new File([text], name));
/** Drops a file beside the drop zone; true when the browser was kept from leaving the page. */
function drop(file: File): boolean {
  const data = new DataTransfer();
  data.items.add(file);
  const options = { dataTransfer: data, bubbles: true, cancelable: true };
  const over = new DragEvent('dragover', options);
  document.body.dispatchEvent(over);
  document.body.dispatchEvent(new DragEvent('drop', options));
  return over.defaultPrevented;
}
const row = (text: string | RegExp): ReturnType<typeof page.getByRole> =>
  page.getByRole('row', { name: text });
const button = (name: string | RegExp): ReturnType<typeof page.getByRole> =>
  page.getByRole('button', { name });
const ownSeeds = async (): Promise<readonly SeedTask[]> => (await store.seedSets())[0]?.seeds ?? [];

beforeEach(async () => {
  await page.viewport(1280, 900);
  await deleteDatabase();
  location.hash = '#/seeds';
  store = new IdbRunStore();
  saved = null;
  const set = { note: 'For tests.', count: 10, load: () => Promise.resolve(tinySeeds()) } as const;
  const services: Services = {
    ...quietServices(store),
    builtInSeedSets: [
      { ...set, id: 'simple', name: 'Simple English' },
      { ...set, id: 'paper', name: 'Paper-sized', load: () => Promise.resolve(tinySeeds(4)) },
    ],
    saveFile: (_, content) => (saved = content),
  };
  await render(InApp, { app: new AppState(services), Screen: SeedsScreen });
  await expect.element(row(/Is this animal a pet/u)).toBeVisible();
});
afterEach(() => store.close());

describe('the set', () => {
  it('is chosen, shown with its warnings, and used', async () => {
    await expect.element(page.getByRole('heading', { name: '10 seed tasks' })).toBeVisible();
    await page.getByText('Paper-sized').click();
    await expect.element(page.getByText('A prompt shows 8 tasks; this set has 4.')).toBeVisible();
    expect(await store.setting('seedSet')).toBe('paper');
    await button('Use these seeds').click();
    expect(location.hash).toBe('#/generate');
  });

  it('becomes an own copy when a task is added, with warnings as one types, and undo brings it back', async () => {
    await button('Add a task').click();
    const editor = page.getByRole('dialog', { name: 'New seed task' });
    await expect.element(editor.getByRole('button', { name: 'Add the task' })).toBeDisabled();
    await editor.getByLabelText('Instruction').fill('Too short.');
    await expect.element(editor.getByText('The instruction has fewer than 4 words.')).toBeVisible();
    await editor.getByLabelText('Instruction').fill('Name three fruits that grow on high trees.');
    await expect.element(editor.getByText(/Very similar \(ROUGE-L 0\.\d\d\) to “Name three fruits/u)).toBeVisible();
    await editor.getByLabelText('Instruction').fill(HOSTILE);
    await editor.getByLabelText('Output').fill('eagle');
    await editor.getByRole('button', { name: 'Add the task' }).click();
    await expect.element(row(HOSTILE)).toBeVisible();
    expect((await ownSeeds())[0]).toMatchObject({ instruction: HOSTILE, instances: [{ input: '', output: 'eagle' }] });
    await expect.element(page.getByRole('radio', { name: /Simple English, changed/u })).toBeChecked();
    await button(/Undo/u).click();
    await expect.element(page.getByRole('heading', { name: '10 seed tasks' })).toBeVisible();
    expect(await store.seedSets()).toEqual([]);
    expect('hacked' in window).toBe(false);
  });

  it('is searched, edited and shortened by keyboard alone', async () => {
    await page.getByRole('searchbox').fill('umbrella');
    await expect.element(row(/lost umbrella/u)).toBeVisible();
    await expect.element(row(/Is this animal/u)).not.toBeInTheDocument();
    await userEvent.tab();
    await userEvent.keyboard('{Enter}');
    const editor = page.getByRole('dialog', { name: 'Seed task' });
    await editor.getByLabelText('Instruction').fill('Tell a story about a lost glove.');
    await editor.getByRole('button', { name: 'Save the task' }).click();
    await expect.element(editor).not.toBeInTheDocument();
    expect((await ownSeeds())[2]?.instruction).toBe('Tell a story about a lost glove.');

    await button('Show all').click();
    await row(/lost glove/u).click();
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await expect.element(row(/lost glove/u)).not.toBeInTheDocument();
    await userEvent.keyboard('{Control>}z{/Control}');
    await expect.element(row(/lost glove/u)).toBeVisible();
    expect(await ownSeeds()).toHaveLength(10);
  });

  it('is renamed, saved as a file that can be read again, and removed with a way back', async () => {
    await choose('class.jsonl', `${line('Name a bird that cannot fly.', { level: 2 })}\n`);
    await button('Use the good task').click();
    const name = page.getByLabelText('Name of this set');
    await expect.element(name).toHaveValue('class');
    await name.fill('Class <b>7</b>');
    await userEvent.tab();
    await expect.element(page.getByRole('radio', { name: /Class <b>7<\/b>/u })).toBeChecked();
    await button('Save as JSONL').click();
    expect(readSeedFile((await saved?.text()) ?? '').seeds).toEqual(await ownSeeds());
    expect((await ownSeeds())[0]?.extra).toEqual({ level: 2 });
    await button('Remove set').click();
    await expect.element(page.getByRole('radio', { name: /Class/u })).not.toBeInTheDocument();
    await button(/Undo/u).click();
    await expect.element(page.getByRole('radio', { name: /Class <b>7<\/b>/u })).toBeChecked();
  });
});

describe('a file', () => {
  it('with bad lines offers the good ones and tells line and reason of the others', async () => {
    await choose('<b>mine</b>.jsonl', [line(HOSTILE), '{"cut', line('Name four good trees.'), '<script>window.hacked=1</script>'].join('\r\n'));
    await expect.element(page.getByText('2 good tasks', { exact: true })).toBeVisible();
    await expect.element(page.getByRole('heading', { name: '<b>mine</b>.jsonl' })).toBeVisible();
    const problems = page.getByRole('region', { name: 'Bad lines' });
    await expect.element(problems.getByRole('row', { name: /^2 this is not JSON/u })).toBeVisible();
    await expect.element(problems.getByRole('row', { name: /^4 this is not JSON/u })).toBeVisible();
    await button('Save the list of bad lines').click();
    expect(await saved?.text()).toMatch(/^line 2: .+\nline 4: .+\n$/u);
    await button('Use the 2 good tasks').click();
    await expect.element(row(HOSTILE)).toBeVisible();
    expect(document.querySelector('main img, main script')).toBeNull();
    expect('hacked' in window).toBe(false);
  });

  it('that is dropped anywhere on the screen is read', async () => {
    expect(drop(new File([line('Name four good rivers.')], 'rivers.jsonl'))).toBe(true);
    await expect.element(page.getByText('1 good task', { exact: true })).toBeVisible();
  });

  it('that is too large is refused by its size, before it is read', async () => {
    const read = vi.spyOn(File.prototype, 'stream');
    drop(new File(Array.from({ length: 33 }, () => new Uint8Array(1024 * 1024)), 'huge.jsonl'));
    await expect.element(page.getByRole('alert')).toHaveTextContent('seed files of up to 32 MB can be read');
    expect(read).not.toHaveBeenCalled();
    read.mockRestore();
  });

  it('that holds no seed task says what a seed file is', async () => {
    await choose('notes.yaml', 'a: 1\nb: 2\n');
    await expect.element(page.getByText('No seed task could be read.')).toBeVisible();
    await expect.element(button('Use these seeds')).toBeVisible();
    await button('Close').click();
    await expect.element(page.getByText('No seed task could be read.')).not.toBeInTheDocument();
  });

  it('of 5,000 tasks is read, checked and stored in short slices', async () => {
    let longest = 0;
    const observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
    });
    observer.observe({ type: 'longtask', buffered: false });
    const lines = Array.from({ length: 5_000 }, (_, i) => line(`Write number ${i} in ${(i * 7919) % 4_999} words of the ${i % 97}th kind.`));
    drop(new File([lines.join('\n')], 'many.jsonl'));
    await button('Use the 5,000 good tasks').click();
    await expect.element(page.getByRole('heading', { name: '5,000 seed tasks' })).toBeVisible();
    expect(await ownSeeds()).toHaveLength(5_000);
    observer.disconnect();
    // Told, not judged: the time depends on the machine.
    console.info(`longest task of the import: ${Math.round(longest)} ms`);
  });
});
