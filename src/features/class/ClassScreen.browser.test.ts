import '../../app.css';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import { AppState } from '../../app/app-state.svelte';
import { AppError } from '../../core/errors';
import { handInCode } from '../../export/hand-in';
import { IdbRunStore } from '../../storage/idb-run-store';
import { handInOf } from '../../testing/class-hand-ins';
import { quietServices } from '../../testing/quiet-services';
import { deleteDatabase } from '../../testing/raw-database';
import InApp from '../../testing/InApp.svelte';
import { SimilarityClient } from '../../workers/similarity-client';
import { ClassView } from './class-view.svelte';
import ClassScreen from './ClassScreen.svelte';

const HOSTILE = '=HYPERLINK("x")<img src=x onerror="window.hacked = true">';
let app: AppState;
let store: IdbRunStore;
let comparer: SimilarityClient;
let saved: File | null;

const drop = (files: File[]): Promise<void> => userEvent.upload(page.getByLabelText(/Drop hand-ins/u), files);
const tab = (name: string): Promise<void> => page.getByRole('tab', { name }).click();
const stat = (name: string): ReturnType<typeof page.getByText> =>
  page.getByRole('region', { name: 'Overview' }).getByText(name, { exact: true });

beforeEach(async () => {
  await page.viewport(1280, 1000);
  await deleteDatabase();
  store = new IdbRunStore();
  comparer = new SimilarityClient();
  saved = null;
  const services = {
    ...quietServices(store),
    classComparer: comparer,
    saveFile: (name: string, content: Blob) => (saved = new File([content], name)),
  };
  app = new AppState(services);
  await render(InApp, { app, Screen: ClassScreen });
});
afterEach(() => {
  comparer.terminate();
  store.close();
});

describe('a class', () => {
  it('shows thirty hand-ins together: tasks, ratings, before and after', async () => {
    await drop(await Promise.all(Array.from({ length: 30 }, (_, pupil) => handInOf(pupil))));
    await expect.element(stat('30'), { timeout: 30_000 }).toBeVisible();
    await expect.element(stat('3,000')).toBeVisible();
    const chart = page.getByRole('region', { name: 'Before and after finetuning' });
    await chart.getByText('Table', { exact: true }).click();
    await expect.element(chart.getByRole('row', { name: /Pupil 5 20\.\d 7\d\.\d/u })).toBeVisible();
    await tab('Ratings');
    await expect.element(page.getByRole('row', { name: /Valid task 300/u })).toBeVisible();
    await expect.element(page.getByText('300 ratings by 30 raters')).toBeVisible();
    await tab('Predictions');
    await expect.element(page.getByRole('row', { name: /30 50%/u })).toBeVisible();
    await tab('Same tasks');
    await expect.element(page.getByRole('listitem').first()).toHaveTextContent(/Pupil \d+ and Pupil \d+/u);
    await page.getByRole('button', { name: 'Save the table (CSV)' }).first().click();
    const table = await (await vi.waitUntil(() => saved)).text();
    expect(table.trim().split('\r\n')).toHaveLength(31);
  });

  it('names damaged, doubled, foreign and hostile files one by one and takes the others', async () => {
    const [ana, ben] = [await handInOf(1, 12, 'Ana'), await handInOf(2, 12, HOSTILE)];
    const cut = new File([ana.slice(0, ana.size - 30)], 'cut.handin');
    const foreign = new File(['a,b\n1,2\n'], '<b>marks</b>.csv');
    await drop([ana, cut, foreign, ana, ben]);
    const notes = page.getByRole('status').filter({ hasText: '3 files need a look' });
    await expect.element(notes).toHaveTextContent('it is damaged or incomplete');
    await expect.element(notes).toHaveTextContent('<b>marks</b>.csv');
    await expect.element(notes).toHaveTextContent('“Ana.handin”: this hand-in of “Ana” is here already.');
    await expect.element(stat('2')).toBeVisible();
    await page.getByRole('button', { name: 'Save the table (CSV)' }).first().click();
    const table = await (await vi.waitUntil(() => saved)).text();
    expect(table).toContain(`"'=HYPERLINK`);
    expect((window as { hacked?: boolean }).hacked).toBeUndefined();
    expect(document.querySelector('main img')).toBeNull();
  });

  it('opens the work of one, and hides names from the projector', async () => {
    await drop([await handInOf(1, 30, 'Ana'), await handInOf(2, 30, 'Ben')]);
    await tab('Pupils');
    const work = page.getByRole('dialog');
    await page.getByRole('button', { name: 'Open the work of Ben' }).click();
    const active = vi.spyOn(app.session, 'active', 'get').mockReturnValue(true);
    await work.getByRole('button', { name: 'Open as a run here' }).click();
    await expect.element(work.getByRole('status')).toHaveTextContent('once the current run is paused');
    active.mockRestore();
    await work.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'Open the work of Ana' }).click();
    await expect.element(work).toHaveTextContent('30 tasks accepted, 21 rejected');
    await expect.element(work).toHaveTextContent('m000000-002');
    vi.spyOn(store, 'importRun').mockRejectedValueOnce(new AppError({ kind: 'storage-full', detail: '' }));
    const open = work.getByRole('button', { name: 'Open as a run here' });
    await open.click();
    await expect.element(work.getByRole('alert')).toBeVisible();
    await open.click();
    await expect.poll(() => app.session.run?.number).toBe(2);
    expect(app.session.progress?.kept).toBe(30);
    await tab('Overview');
    await page.getByLabelText('Without names').click();
    await expect.element(page.getByText('Group 1', { exact: true }).first()).toBeVisible();
    await expect.element(page.getByText('Ana')).not.toBeInTheDocument();
    await drop([await handInOf(1, 30, 'Ana')]);
    await expect.element(page.getByText('1 file needs a look')).toBeVisible();
    await expect.element(page.getByText('Ana')).not.toBeInTheDocument();
  });

  it('stays as it was when stopped while comparing, and empty once all were removed', async () => {
    await drop([await handInOf(1, 12, 'Ana')]);
    await expect.element(stat('1')).toBeVisible();
    const asked = comparer.neighbours.bind(comparer);
    for (const [stop, left] of [
      ['Cancel', 1],
      ['Remove all', 0],
    ] as const) {
      const gate = Promise.withResolvers<undefined>();
      const held = vi.spyOn(comparer, 'neighbours').mockImplementation(async (...texts) => {
        await gate.promise;
        return asked(...texts);
      });
      await drop([await handInOf(2, 12, 'Ben')]);
      await vi.waitUntil(() => held.mock.calls.length > 0);
      await page.getByRole('button', { name: stop }).click();
      gate.resolve(undefined);
      await app.lasting(ClassView).job.ended;
      held.mockRestore();
      expect(app.lasting(ClassView).results?.pupils ?? []).toHaveLength(left);
    }
    await drop([await handInOf(3, 12, 'Cem')]);
    await expect.element(stat('1')).toBeVisible();
  });

  it('takes a hand-in as a code that is pasted, and keeps what is typed while files are read', async () => {
    await page.getByLabelText('Or paste the code').fill('handin1-nothing');
    await drop([await handInOf(1, 12, 'Ana')]);
    await expect.element(stat('1')).toBeVisible();
    await page.getByRole('button', { name: 'Add this hand-in' }).click();
    await expect.element(page.getByText(/The pasted code.*not a hand-in/u).first()).toBeVisible();
    await page.getByLabelText('Or paste the code').fill(await handInCode(await handInOf(2, 12, 'Ben')));
    await page.getByRole('button', { name: 'Add this hand-in' }).click();
    await expect.element(stat('2')).toBeVisible();
  });

  it('keeps the focus where a code is typed when the first results come', async () => {
    const field = page.getByLabelText('Or paste the code');
    await field.fill(await handInCode(await handInOf(2, 12, 'Ben')));
    await userEvent.keyboard('{Enter}');
    await expect.element(stat('1')).toBeVisible();
    await expect.element(field).toHaveFocus();
  });
});
