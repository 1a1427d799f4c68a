import '../../app.css';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import type { MachineTask, PoolSeed, RunId, TaskId } from '../../core/task';
import { AppState } from '../../app/app-state.svelte';
import { WORDS as CLASSROOM } from '../../app/classroom/words';
import { IdbRunStore } from '../../storage/idb-run-store';
import { type ManyTasks, manyTasks } from '../../testing/many-tasks';
import PoolScreen from './PoolScreen.svelte';
import InApp from '../../testing/InApp.svelte';
import { type QuietServices, quietServices } from '../../testing/quiet-services';
import { deleteDatabase } from '../../testing/raw-database';
import { storeRun } from '../../testing/store-run';

const HOSTILE =
  '<img src=x onerror="window.hacked = true"><script>window.hacked = true</script> =1+1 {@html 1}';
let store: IdbRunStore;
let services: QuietServices;
let app: AppState;

const fill = (many: ManyTasks): Promise<RunId> => storeRun(store, many);
const show = async (): Promise<void> => {
  await render(InApp, { app, Screen: PoolScreen });
};
const grid = page.getByRole('grid');
const row = (text: string | RegExp): ReturnType<typeof page.getByRole> =>
  page.getByRole('row', { name: text });
const drawer = page.getByRole('complementary', { name: 'Task' });
const many = manyTasks(1, { seeds: 10, machines: 40, rejected: 20 });
const machine = (seq: number): MachineTask => {
  const task = many.machines[seq];
  if (!task) throw new Error('no such task');
  return task;
};
const stored = async (id: TaskId): Promise<MachineTask> => {
  const task = await store.task(id);
  if (task?.origin !== 'machine') throw new Error('not stored');
  return task;
};

beforeEach(async () => {
  await page.viewport(1400, 900);
  await deleteDatabase();
  store = new IdbRunStore();
  services = quietServices(store);
  app = new AppState(services);
});
afterEach(() => store.close());

it('covers exemplars that have words for a classroom', async () => {
  await fill(many);
  const [seed] = many.seeds as [PoolSeed];
  await store.changeTask(seed.id, () => ({ ...seed, instruction: 'Say who would kill a dragon.' }));
  await app.classroom.switch(true);
  await show();
  await row(machine(39).instruction).click();
  await drawer.getByText('2 seed, 0 machine').click();
  const exemplars = drawer.getByRole('listitem').filter({ hasText: CLASSROOM.covered });
  await expect.element(exemplars.first()).toBeVisible();
  await expect.element(drawer).not.toHaveTextContent('kill a dragon');
});

describe('a task in the address', () => {
  afterEach(() => {
    location.hash = '';
  });
  const shownInstead = page.getByText('1 of 50');

  it('is what the list is filtered for, until another filter is chosen', async () => {
    await fill(many);
    app.router.go('pool', { task: machine(7).id });
    await show();
    await expect.element(row(machine(7).instruction)).toBeVisible();
    await expect.element(shownInstead).toBeVisible();
    await page.getByRole('searchbox').fill('');
    await expect.element(page.getByText('50 of 50')).toBeVisible();
    // The screen is open already: a link, or the back button.
    app.router.go('pool', { task: machine(9).id });
    await expect.element(row(machine(9).instruction)).toBeVisible();
    await expect.element(shownInstead).toBeVisible();
  });
  it('that is not stored leaves the whole list', async () => {
    await fill(many);
    app.router.go('pool', { task: 'r0001-m000999-001' });
    await show();
    await expect.element(page.getByText('50 of 50')).toBeVisible();
  });
});

describe('the list', () => {
  beforeEach(async () => {
    await fill(many);
    await show();
  });

  it('shows the newest run with its counts, as a grid that knows its length', async () => {
    await expect.element(grid).toHaveAttribute('aria-rowcount', '51');
    await expect
      .element(page.getByRole('tab', { name: 'Tasks 50' }))
      .toHaveAttribute('aria-selected', 'true');
    await expect.element(row(machine(39).instruction)).toHaveAttribute('aria-rowindex', '2');
    await expect.element(page.getByText('50 of 50')).toBeVisible();
  });

  it('searches as one types, from a key', async () => {
    await expect.element(grid).toBeVisible();
    await userEvent.keyboard('/');
    await userEvent.keyboard('number 12.');
    await expect.element(page.getByText('1 of 50')).toBeVisible();
    await expect.element(row(machine(2).instruction)).toBeVisible();
    await page.getByRole('searchbox').fill('no row has this');
    await page.getByRole('button', { name: 'Show all rows' }).click();
    await expect.element(page.getByText('50 of 50')).toBeVisible();
  });

  it('filters by origin, stage and type, with chips that take a choice back', async () => {
    await page.getByRole('radio', { name: 'Machine', exact: true }).click();
    await expect.element(page.getByText('40 of 40')).toBeVisible();
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    await page.getByRole('checkbox', { name: 'Complete, with instances' }).click();
    await expect.element(page.getByText('24 of 40')).toBeVisible();
    await page.getByRole('checkbox', { name: 'Classification' }).click();
    await expect.element(page.getByText('6 of 40')).toBeVisible();
    await page.getByRole('button', { name: 'Remove the filter Complete, with instances' }).click();
    await expect.element(page.getByText('8 of 40')).toBeVisible();
  });

  it('sorts by ROUGE-L and says so', async () => {
    await page.getByRole('button', { name: 'ROUGE-L' }).click();
    await expect
      .element(page.getByRole('columnheader', { name: 'ROUGE-L' }))
      .toHaveAttribute('aria-sort', 'descending');
    await expect.element(row(machine(9).instruction)).toHaveAttribute('aria-rowindex', '2');
  });

  it('shows rejected candidates apart, by reason, with the matched word marked', async () => {
    await page.getByRole('tab', { name: 'Rejected candidates 20' }).click();
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    await page.getByRole('checkbox', { name: 'Blocked word' }).click();
    await expect.element(page.getByText('2 of 20')).toBeVisible();
    const blocked = many.candidates.find(({ verdict }) => verdict === 'blocked-word');
    await row(blocked?.text ?? '').click();
    const detail = page.getByRole('complementary', { name: 'Rejected candidate' });
    await expect.element(detail.getByText('the word “street”')).toBeVisible();
  });
});

it('says of a data set from a file no type that the file did not say', async () => {
  const untyped = manyTasks(1, { seeds: 0, machines: 4, rejected: 0 });
  const task = untyped.machines.find(({ seq }) => seq === 3);
  if (!task) throw new Error('no task');
  const run = { ...untyped.run, imported: { file: 'birds.csv', format: 'CSV', typed: false } };
  await fill({ ...untyped, run, machines: [task] });
  await show();
  await expect.element(row(task.instruction)).not.toHaveTextContent('Open');
  await row(task.instruction).click();
  await expect.element(drawer.getByText('Type not known')).toBeVisible();
  await expect.element(drawer.getByText('Not classification')).not.toBeInTheDocument();
});

describe('the keyboard', () => {
  it('moves with J and K, opens with Enter and closes with Escape', async () => {
    await fill(many);
    await show();
    await expect.element(grid).toBeVisible();
    await userEvent.keyboard('jj');
    await expect.element(row(machine(38).instruction)).toHaveFocus();
    await userEvent.keyboard('k');
    await expect.element(row(machine(39).instruction)).toHaveFocus();
    await userEvent.keyboard('{Enter}');
    await expect
      .element(drawer.getByRole('heading', { level: 2 }))
      .toHaveTextContent(machine(39).instruction);
    await userEvent.keyboard('j');
    await expect
      .element(drawer.getByRole('heading', { level: 2 }))
      .toHaveTextContent(machine(38).instruction);
    await expect.element(row(machine(38).instruction)).toHaveAttribute('aria-selected', 'true');
    await userEvent.keyboard('{Escape}');
    await expect.element(drawer).not.toBeInTheDocument();
    await expect.element(row(machine(38).instruction)).toHaveFocus();
    await userEvent.keyboard('{End}');
    await expect.element(row(many.seeds[0]?.instruction ?? '')).toHaveFocus();
  });

  it('stays in the dialog that fills a narrow screen, and comes back to the row', async () => {
    await page.viewport(360, 740);
    await fill(many);
    await show();
    await row(machine(39).instruction).click();
    const dialog = page.getByRole('dialog', { name: 'Task' });
    await expect.element(dialog).toBeVisible();
    expect(dialog.element().contains(document.activeElement)).toBe(true);
    await userEvent.keyboard('{Escape}');
    await expect.element(dialog).not.toBeInTheDocument();
    await expect.element(row(machine(39).instruction)).toHaveFocus();
  });
});

describe('an edit', () => {
  it('is stored, and keeps what the machine wrote', async () => {
    await fill(many);
    await show();
    await row(machine(37).instruction).click();
    await expect.element(drawer).toBeVisible();
    await userEvent.keyboard('e');
    await drawer.getByRole('textbox', { name: 'Instruction' }).fill('Name the three longest rivers.');
    await drawer.getByRole('textbox', { name: 'Output' }).fill('A, B and C');
    await drawer.getByRole('button', { name: 'Save' }).click();
    await expect.element(drawer.getByRole('heading', { level: 2 })).toHaveTextContent('longest rivers');
    await expect.element(row('Name the three longest rivers.')).toBeVisible();
    const task = await stored(machine(37).id);
    expect(task).toMatchObject({
      instruction: 'Name the three longest rivers.',
      instances: [{ input: 'Input 37', output: 'A, B and C' }],
      provenance: {
        original: {
          instruction: machine(37).instruction,
          instances: [{ input: 'Input 37', output: 'Output 37' }],
        },
      },
    });
  });

  it('that is not saved is not lost by a key or a click', async () => {
    await fill(many);
    await show();
    await row(machine(37).instruction).click();
    await drawer.getByRole('button', { name: 'Edit' }).click();
    await drawer.getByRole('textbox', { name: 'Instruction' }).fill('Half a thought');
    await userEvent.keyboard('{Escape}');
    await expect.element(page.getByRole('alert')).toHaveTextContent('not saved');
    await row(machine(39).instruction).click();
    await expect.element(drawer.getByRole('textbox', { name: 'Instruction' })).toHaveValue('Half a thought');
    await drawer.getByRole('button', { name: 'Discard the changes' }).click();
    expect(await stored(machine(37).id)).toEqual(machine(37));
  });

  it('waits until the run is paused', async () => {
    const id = await fill(many);
    await show();
    await row(machine(37).instruction).click();
    await expect.element(drawer.getByRole('button', { name: 'Edit' })).toBeVisible();
    void app.session.resume(id);
    await drawer.getByRole('button', { name: 'Pause the run' }).click();
    await expect.element(drawer.getByRole('button', { name: 'Edit' })).toBeVisible();
  });

  it('waits while another tab computes the run', async () => {
    const id = await fill(many);
    services.lockedElsewhere.add(id);
    await show();
    await row(machine(37).instruction).click();
    await expect.element(drawer.getByText(/Another tab computes this run/u)).toBeVisible();
    await expect.element(drawer.getByRole('button', { name: 'Remove' })).not.toBeInTheDocument();
    services.lockedElsewhere.delete(id);
    await expect.element(drawer.getByRole('button', { name: 'Remove' })).toBeVisible();
  });

  it('says when another tab is writing the run, and changes nothing', async () => {
    const id = await fill(many);
    await show();
    await row(machine(37).instruction).click();
    services.lockedElsewhere.add(id);
    await drawer.getByRole('button', { name: 'Remove' }).click();
    await expect.element(drawer.getByRole('alert')).toHaveTextContent('This run is open in another tab');
    expect(await stored(machine(37).id)).toEqual(machine(37));
  });

  it('does not overwrite what another tab saved meanwhile', async () => {
    await fill(many);
    await show();
    await row(machine(37).instruction).click();
    await drawer.getByRole('button', { name: 'Edit' }).click();
    await drawer.getByRole('textbox', { name: 'Instruction' }).fill('Mine, written slowly.');
    const elsewhere = new IdbRunStore();
    await elsewhere.changeTask(machine(37).id, () => ({
      ...machine(37),
      instruction: 'Theirs, saved first.',
    }));
    elsewhere.close();
    await drawer.getByRole('button', { name: 'Save' }).click();
    await expect.element(drawer.getByRole('alert')).toHaveTextContent('changed in another place');
    expect((await stored(machine(37).id)).instruction).toBe('Theirs, saved first.');
    await drawer.getByRole('button', { name: 'Save' }).click();
    await expect.poll(async () => (await stored(machine(37).id)).instruction).toBe('Mine, written slowly.');
  });
});

it('a removed task can be restored, and the counters follow', async () => {
  const id = await fill(many);
  await show();
  await row(machine(37).instruction).click();
  await drawer.getByRole('button', { name: 'Remove' }).click();
  await expect.element(page.getByText('49 of 49')).toBeVisible();
  expect(await store.task(machine(37).id)).toBeUndefined();
  expect((await store.progress(id)).kept).toBe(39);
  expect(app.session.progress?.kept).toBe(39);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.element(page.getByText('50 of 50')).toBeVisible();
  expect(await stored(machine(37).id)).toEqual(machine(37));
  expect((await store.progress(id)).kept).toBe(40);
});

it('hostile text is shown as text', async () => {
  const machines = many.machines.map((task, seq) =>
    seq === 37
      ? ({
          ...task,
          instruction: HOSTILE,
          stage: 'complete',
          isClassification: false,
          dropped: [],
          instances: [{ input: HOSTILE, output: HOSTILE }],
        } as const)
      : task,
  );
  await fill({ ...many, machines });
  await show();
  await row(HOSTILE).click();
  await expect.element(drawer.getByRole('heading', { level: 2 })).toHaveTextContent(HOSTILE);
  expect(document.querySelector('img, main script')).toBeNull();
  expect(window).not.toHaveProperty('hacked');
});

describe('runs', () => {
  it('none: says what belongs here and how to begin', async () => {
    await show();
    await expect.element(page.getByRole('link', { name: 'Go to Start' })).toBeVisible();
  });

  it('several: another one can be chosen, and deleted after a question that names what goes', async () => {
    await fill(many);
    const second = await fill(manyTasks(2, { seeds: 5, machines: 10, rejected: 4 }));
    await show();
    await expect.element(page.getByText('15 of 15')).toBeVisible();
    await page.getByRole('combobox', { name: 'Run' }).selectOptions('Run 1, 40 accepted');
    await expect.element(page.getByText('50 of 50')).toBeVisible();
    await page.getByRole('combobox', { name: 'Run' }).selectOptions('Run 2, 10 accepted');
    await page.getByRole('button', { name: 'Delete run', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete run 2?' });
    await expect.element(dialog.getByText('15 tasks, 4 rejected candidates')).toBeVisible();
    await expect.element(dialog.getByRole('button', { name: 'Keep it' })).toHaveFocus();
    await dialog.getByRole('button', { name: 'Delete run 2' }).click();
    await expect.element(page.getByText('50 of 50')).toBeVisible();
    expect(await store.run(second)).toBeUndefined();
  });
});
