import '../../app.css';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import type { Instance, MachineTask } from '../../core/task';
import { AppState } from '../../app/app-state.svelte';
import { IdbRunStore } from '../../storage/idb-run-store';
import InApp from '../../testing/InApp.svelte';
import { manyTasks } from '../../testing/many-tasks';
import { quietServices } from '../../testing/quiet-services';
import { deleteDatabase } from '../../testing/raw-database';
import { storeRun } from '../../testing/store-run';
import { ReviewState } from './review-state';
import ReviewScreen from './ReviewScreen.svelte';

const many = manyTasks(1, { seeds: 10, machines: 60, rejected: 0 });
let store: IdbRunStore;
let app: AppState;
let saved: { name: string; content: Blob }[];

beforeEach(async () => {
  await page.viewport(1280, 900);
  await deleteDatabase();
  store = new IdbRunStore();
  saved = [];
  await storeRun(store, many);
  await store.saveSetting('review:rater', 'Ana');
  const services = {
    ...quietServices(store),
    saveFile: (name: string, content: Blob) => void saved.push({ name, content }),
  };
  app = new AppState(services);
  await render(InApp, { app, Screen: ReviewScreen });
  await page.getByRole('tab', { name: 'Ask an expert' }).click();
});
afterEach(() => store.close());

const button = (name: string | RegExp, exact = false) => page.getByRole('button', { name, exact });
const sent = async (as: string): Promise<string> => {
  await page.getByRole('radio', { name: as }).click();
  await button(/^Save \d+ tasks$/u).click();
  await expect.poll(() => saved.length).toBe(1);
  return saved[0]!.content.text();
};
const bring = (text: string): Promise<void> =>
  userEvent.upload(
    page.getByLabelText(/Drop the CSV file/u),
    new File([text], 'back.csv', { type: 'text/csv' }),
  );
const stored = async ({ id }: MachineTask): Promise<MachineTask> => (await store.task(id)) as MachineTask;

describe('corrections of an expert', () => {
  it('go out as CSV, come back, are accepted one by one and undone', async () => {
    const csv = await sent('CSV for a spreadsheet');
    expect(saved[0]!.name).toBe('run-1-corrections.csv');
    const [first, second] = many.machines.filter(({ stage }) => stage === 'complete') as [
      MachineTask,
      MachineTask,
    ];
    const output = (task: MachineTask): string => `Output ${task.seq},`;
    await bring(csv.replace(output(first), 'Better,').replace(output(second), 'Other,'));
    await expect.element(page.getByText('2 texts of 2 tasks changed, 2 chosen')).toBeVisible();
    await page.getByRole('checkbox', { name: new RegExp(`${first.id.slice(6)}, instance 1`, 'u') }).click();
    await button('Accept 1 correction').click();
    await expect.element(page.getByText(/Changed 1 task\./u)).toBeVisible();
    expect(await stored(first)).toEqual(first);
    expect(await stored(second)).toMatchObject({ instances: [{ output: 'Other' }] });
    await button('Undo').click();
    await expect.poll(() => stored(second)).toEqual(second);
  });

  it('that wait do not write over what was changed here since, unless they are chosen', async () => {
    const csv = await sent('CSV for a spreadsheet');
    const [first] = many.machines.filter(({ stage }) => stage === 'complete') as [MachineTask];
    await store.changeTask(
      first.id,
      () => ({ ...first, instances: [{ input: 'Input', output: 'Mine' }] }) as MachineTask,
    );
    await bring(csv.replace(`Output ${first.seq},`, 'Better,'));
    await expect.element(page.getByText('1 text of 1 task changed, 0 chosen')).toBeVisible();
    await expect.element(page.getByText(/changed here, too/u)).toBeVisible();
    await expect.element(button('Accept').first()).toBeDisabled();
  });

  it('that cannot be written are counted and stay in the list', async () => {
    const [first, second, third] = many.machines.filter(({ stage }) => stage === 'complete') as [
      MachineTask,
      MachineTask,
      MachineTask,
    ];
    const empty = { input: 'More', output: '' };
    const change = (task: MachineTask, instances: readonly Instance[]) =>
      store.changeTask(task.id, () => ({ ...task, instances }) as MachineTask);
    await change(first, [{ input: 'Input', output: 'Mine' }, empty]);
    const csv = await sent('CSV for a spreadsheet');
    await bring(
      [second, third].reduce(
        (text, { seq }) => text.replace(`Output ${seq},`, `Better ${seq},`),
        csv.replace(',Mine,', ',Better,'),
      ),
    );
    await expect.element(button('Accept 3 corrections')).toBeEnabled();
    await change(second, [{ input: 'Input', output: 'Changed meanwhile' }]);
    await button('Accept 3 corrections').click();
    await expect
      .element(
        page.getByText(
          /Changed 1 task\..*1 text that changed here meanwhile.*1 text of tasks with an empty/u,
        ),
      )
      .toBeVisible();
    await expect.element(page.getByText('2 texts of 2 tasks changed, 2 chosen')).toBeVisible();
    expect(await stored(third)).toMatchObject({ instances: [{ output: `Better ${third.seq}` }] });
    expect(await stored(first)).toMatchObject({ instances: [{ output: 'Mine' }, empty] });
  });

  it('offer no Cancel while they are written: nothing could stop that', async () => {
    const csv = await sent('CSV for a spreadsheet');
    const [first] = many.machines.filter(({ stage }) => stage === 'complete') as [MachineTask];
    await bring(csv.replace(`Output ${first.seq},`, 'Better,'));
    await expect.element(button('Accept 1 correction')).toBeEnabled();
    const changeTasks = store.changeTasks.bind(store);
    const { promise: looked, resolve: goOn } = Promise.withResolvers<undefined>();
    store.changeTasks = async (runId, ids, change, onProgress, note) => {
      onProgress(0);
      await looked;
      return changeTasks(runId, ids, change, onProgress, note);
    };
    await button('Accept 1 correction').click();
    await expect.element(page.getByText('Writing the changes')).toBeVisible();
    await expect.element(button('Cancel')).not.toBeInTheDocument();
    goOn(undefined);
    await expect.element(page.getByText(/Changed 1 task\./u)).toBeVisible();
  });

  it('are asked for in the file that was chosen when it was begun', async () => {
    await expect.element(button(/^Save \d+ tasks$/u)).toBeEnabled();
    const { corrections } = app.lasting(ReviewState);
    corrections.sentAs = 'csv';
    const sending = corrections.send();
    corrections.sentAs = 'page';
    await sending;
    expect(saved.map(({ name, content }) => [name, content.type])).toEqual([
      ['run-1-corrections.csv', 'text/csv'],
    ]);
  });

  it('go with their run when another is opened, also while their file is read', async () => {
    const csv = await sent('CSV for a spreadsheet');
    const [first] = many.machines.filter(({ stage }) => stage === 'complete') as [MachineTask];
    const back = csv.replace(`Output ${first.seq},`, 'Better,');
    const other = await storeRun(store, manyTasks(2, { seeds: 10, machines: 20, rejected: 0 }));
    const { review, corrections } = app.lasting(ReviewState);
    await bring(back);
    await expect.element(button('Accept 1 correction')).toBeEnabled();
    await review.show(other);
    await expect.element(button('Accept', true)).toBeDisabled();
    expect([corrections.changes.all, corrections.file]).toEqual([null, null]);
    await review.show(many.run.id);
    const reading = corrections.read(new File([back], 'back.csv'));
    await Promise.all([review.show(other), reading]);
    expect([corrections.changes.all, corrections.file]).toEqual([null, null]);
    expect(await stored(first)).toEqual(first);
  });

  it('are written in a page that needs nothing else', async () => {
    const html = await sent('A page to edit');
    const frame = document.createElement('iframe');
    const loaded = new Promise((resolve) => frame.addEventListener('load', resolve));
    frame.srcdoc = html;
    document.body.append(frame);
    await loaded;
    const inside = frame.contentDocument!;
    const boxes = [...inside.querySelectorAll('textarea')];
    expect(boxes.length).toBeGreaterThanOrEqual(60);
    const [, , box] = boxes as [HTMLTextAreaElement, HTMLTextAreaElement, HTMLTextAreaElement];
    box.value = '=Better, "quoted"\nand more';
    box.dispatchEvent(new Event('input'));
    let blob: Blob | null = null;
    const frameUrl = (frame.contentWindow as unknown as { URL: typeof URL }).URL;
    const create = frameUrl.createObjectURL.bind(frameUrl);
    frameUrl.createObjectURL = (given: Blob) => ((blob = given), create(given));
    const save = inside.querySelector<HTMLButtonElement>('#save')!;
    inside.addEventListener('click', (event) => {
      if (event.target instanceof (frame.contentWindow as unknown as typeof globalThis).HTMLAnchorElement)
        event.preventDefault();
    });
    save.click();
    // The realm of the file goes with the frame.
    const back = await (blob as unknown as Blob).text();
    frame.remove();
    await bring(back);
    await expect.element(page.getByText('1 text of 1 task changed, 1 chosen')).toBeVisible();
    await button('Accept 1 correction').click();
    await expect.element(page.getByText(/Changed 1 task\./u)).toBeVisible();
    const outputs = await Promise.all(many.machines.map((task) => stored(task)));
    expect(
      outputs.filter(
        (task) => task.stage === 'complete' && task.instances[0]?.output === '=Better, "quoted"\nand more',
      ),
    ).toHaveLength(1);
  });
});
