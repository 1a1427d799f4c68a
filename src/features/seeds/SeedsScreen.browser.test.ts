import '../../app.css';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { cleanup, render } from 'vitest-browser-svelte';
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
let otherStore: IdbRunStore;
let services: Services;
let app: AppState;
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
const ownSeeds = async (): Promise<readonly SeedTask[]> => (await services.seedSets.list())[0]?.seeds ?? [];

beforeEach(async () => {
  await page.viewport(1280, 900);
  await deleteDatabase();
  location.hash = '#/seeds';
  store = new IdbRunStore();
  otherStore = new IdbRunStore();
  saved = null;
  const set = { note: 'For tests.', count: 10, load: () => Promise.resolve(tinySeeds()) } as const;
  services = {
    ...quietServices(store),
    builtInSeedSets: [
      { ...set, id: 'simple', name: 'Simple English' },
      { ...set, id: 'paper', name: 'Paper-sized', load: () => Promise.resolve(tinySeeds(4)) },
    ],
    saveFile: (_, content) => (saved = content),
  };
  app = new AppState(services);
  await render(InApp, { app, Screen: SeedsScreen });
  await expect.element(row(/Is this animal a pet/u)).toBeVisible();
});
afterEach(() => {
  store.close();
  otherStore.close();
});

describe('the set', () => {
  it('is chosen, shown with its warnings, and used', async () => {
    await expect.element(page.getByRole('heading', { name: '10 seed tasks' })).toBeVisible();
    await page.getByText('Paper-sized').click();
    await expect.element(page.getByText('A prompt shows 8 tasks; this set has 4.')).toBeVisible();
    expect(await store.setting('seedSet')).toBe('paper');
    await button('Use these seeds').click();
    expect(location.hash).toBe('#/generate');
  });

  it('can be begun empty, so that it has only what is added', async () => {
    await button('Begin an empty set').click();
    await expect.element(page.getByRole('radio', { name: /My seeds/u })).toBeChecked();
    await expect.element(button('Begin an empty set')).toBeDisabled();
    await button('Add a task').first().click();
    const editor = page.getByRole('dialog', { name: 'New seed task' });
    await editor.getByLabelText('Instruction').fill('Name three birds that are seen in our yard.');
    await editor.getByRole('button', { name: 'Add the task' }).click();
    await expect.element(row('Name three birds that are seen in our yard.')).toBeVisible();
    expect((await ownSeeds()).map(({ instruction }) => instruction)).toEqual([
      'Name three birds that are seen in our yard.',
    ]);
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
    expect(await services.seedSets.list()).toEqual([]);
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

describe('two tabs', () => {
  let other: AppState;
  const editor = page.getByRole('dialog', { name: 'Seed task' });
  const instructions = async (): Promise<string[]> =>
    (await ownSeeds()).map(({ instruction }) => instruction);
  const seedOf = (app: AppState, text: string): SeedTask => {
    const seed = app.seeds.seeds.find(({ instruction }) => instruction.includes(text));
    if (!seed) throw new Error('no such seed');
    return seed;
  };
  beforeEach(async () => {
    // An own set, known to both.
    await app.seeds.put(null, { ...app.seeds.blank(), instruction: 'Name the first of all tasks here.' });
    app.seeds.dismissUndo();
    other = new AppState({ ...quietServices(otherStore), builtInSeedSets: services.builtInSeedSets });
    await other.load();
    expect(other.seeds.seeds).toHaveLength(11);
  });

  it('each add a task at once: both stay, under ids of their own, and both tabs show both', async () => {
    const add = (one: AppState, instruction: string): Promise<boolean> =>
      one.seeds.put(null, { ...one.seeds.blank(), instruction });
    await Promise.all([add(app, 'Count the red apples.'), add(other, 'Draw some blue whales.')]);
    const stored = await ownSeeds();
    expect(stored).toHaveLength(12 + 1);
    expect(new Set(stored.map(({ id }) => id)).size).toBe(13);
    for (const one of [app, other]) await expect.poll(() => one.seeds.seeds).toEqual(stored);
    await expect.element(row(/blue whales/u)).toBeVisible();
    // Undo takes back the own change alone.
    await app.seeds.undo();
    expect(await instructions()).toContain('Draw some blue whales.');
    expect(await instructions()).not.toContain('Count the red apples.');
  });

  it.each([
    ['Use my version', ['Sing one loud melody.'], []],
    ['Use the other version', ['Paint two green doors.'], ['Sing one loud melody.']],
    ['Keep both', ['Sing one loud melody.', 'Paint two green doors.'], []],
  ])('change one task: both versions are shown, and “%s” does so', async (choice, there, gone) => {
    await row(/lost umbrella/u).click();
    await editor.getByLabelText('Instruction').fill('Sing one loud melody.');
    const before = seedOf(other, 'lost umbrella');
    await other.seeds.put(before, { ...before, instruction: 'Paint two green doors.' });
    await expect.element(editor.getByText('Another tab changed this task')).toBeVisible();
    await expect.element(editor.getByText('Paint two green doors.')).toBeVisible();
    await expect.element(editor.getByLabelText('Instruction')).toHaveValue('Sing one loud melody.');
    await expect.element(editor.getByRole('button', { name: 'Save the task' })).toBeDisabled();
    await editor.getByRole('button', { name: choice }).click();
    await expect.element(editor).not.toBeInTheDocument();
    await expect.poll(async () => await instructions()).toEqual(expect.arrayContaining(there));
    for (const text of gone) expect(await instructions()).not.toContain(text);
  });

  it('a save that meets a newer version writes nothing, and the form stays with both', async () => {
    await row(/lost umbrella/u).click();
    await editor.getByLabelText('Instruction').fill('Sing one loud melody.');
    const before = seedOf(app, 'lost umbrella');
    // Before its notice arrives.
    await services.seedSets.change(app.seeds.selected, (set) => ({
      ...set,
      seeds: set.seeds.map((seed) =>
        seed.id === before.id ? { ...seed, instruction: 'Paint two green doors.' } : seed,
      ),
    }));
    await editor.getByRole('button', { name: 'Save the task' }).click();
    await expect.element(editor.getByText('Paint two green doors.')).toBeVisible();
    expect(await instructions()).not.toContain('Sing one loud melody.');
    await editor.getByRole('button', { name: 'Keep both' }).click();
    await expect.element(row(/loud melody/u)).toBeVisible();
  });

  it('remove what the other has open, and undo leaves what was changed since', async () => {
    await row(/lost umbrella/u).click();
    await editor.getByLabelText('Instruction').fill('Sing one loud melody.');
    await other.seeds.remove(seedOf(other, 'lost umbrella'));
    await expect.element(editor.getByText('Another tab removed this task')).toBeVisible();
    await editor.getByRole('button', { name: 'Add my version again' }).click();
    await expect.element(row(/loud melody/u)).toBeVisible();
    await expect.poll(() => other.seeds.seeds).toEqual(app.seeds.seeds);
    const mine = seedOf(other, 'Sing one loud melody.');
    await other.seeds.put(mine, { ...mine, instruction: 'Ours of it all.' });
    await button(/Undo/u).click();
    await expect.element(page.getByText(/Another tab changed this task since/u)).toBeVisible();
    expect(await instructions()).toContain('Ours of it all.');
  });

  it('rename and remove a set that is shown in the other', async () => {
    await other.seeds.rename('Of the class');
    await expect.element(page.getByRole('radio', { name: /Of the class/u })).toBeChecked();
    await other.seeds.removeSet();
    await expect.element(page.getByText('“Of the class” was removed in another tab.', { exact: false })).toBeVisible();
    await expect.element(page.getByRole('radio', { name: /^Simple English/u })).toBeChecked();
    await other.seeds.undo();
    await expect.element(page.getByRole('radio', { name: /Of the class/u })).toBeVisible();
  });
});

describe('typed text', () => {
  const editor = page.getByRole('dialog', { name: 'Seed task' });
  it('that was not saved is offered again in another tab, and can be saved there', async () => {
    await row(/lost umbrella/u).click();
    await editor.getByLabelText('Instruction').fill('Half of a good task');
    await editor.getByLabelText('Output').first().fill('an answer');
    await expect.poll(async () => JSON.stringify(await store.setting('form-drafts'))).toContain('an answer');
    // The tab is gone; a new one is opened.
    cleanup();
    await render(InApp, { app: new AppState(services), Screen: SeedsScreen });
    await expect.element(page.getByText('Its text is still here: “Half of a good task”')).toBeVisible();
    await button('Continue writing').click();
    await expect.element(editor.getByLabelText('Instruction')).toHaveValue('Half of a good task');
    await expect.element(editor.getByLabelText('Output').first()).toHaveValue('an answer');
    await editor.getByRole('button', { name: 'Save the task' }).click();
    await expect.element(row(/Half of a good task/u)).toBeVisible();
    await expect.poll(() => store.setting('form-drafts')).toEqual([]);
    await expect.element(button('Continue writing')).not.toBeInTheDocument();
  });

  it('can be discarded: in the form, and where it is offered', async () => {
    await button('Add a task').click();
    const fresh = page.getByRole('dialog', { name: 'New seed task' });
    await fresh.getByLabelText('Instruction').fill('Never mind this one');
    await userEvent.keyboard('{Escape}');
    await button('Continue writing').click();
    await expect.element(fresh.getByText('This text was typed before and not saved.')).toBeVisible();
    await fresh.getByRole('button', { name: 'Cancel' }).click();
    await expect.element(button('Continue writing')).not.toBeInTheDocument();
    await row(/lost umbrella/u).click();
    await editor.getByLabelText('Instruction').fill('Nor this one');
    await userEvent.keyboard('{Escape}');
    await button('Discard the text').click();
    await expect.element(button('Discard the text')).not.toBeInTheDocument();
    await expect.poll(() => store.setting('form-drafts')).toEqual([]);
  });

  it('that cannot be stored is asked for before the tab closes', async () => {
    services.store.changeSetting = () => Promise.reject(new Error('broken'));
    await row(/lost umbrella/u).click();
    const leave = (): boolean => window.dispatchEvent(new Event('beforeunload', { cancelable: true }));
    expect(leave()).toBe(true);
    await editor.getByLabelText('Instruction').fill('Half of a good task');
    expect(leave()).toBe(false);
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
    expect(await saved?.text()).toMatch(/^<b>mine<\/b>\.jsonl, line 2: .+\n.+, line 4: .+\n$/u);
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
