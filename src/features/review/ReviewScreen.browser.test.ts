import '../../app.css';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import { labelOf } from '../../core/ids';
import type { BackupRow } from '../../core/ports';
import { type Rating, ratingId } from '../../core/review/rating';
import { sampleOf } from '../../core/review/sample';
import type { MachineTask, RunId, TaskId } from '../../core/task';
import { ratingsFile } from '../../export/ratings-file';
import { AppState } from '../../app/app-state.svelte';
import { IdbRunStore } from '../../storage/idb-run-store';
import { type ManyTasks, manyTasks } from '../../testing/many-tasks';
import { type QuietServices, quietServices } from '../../testing/quiet-services';
import { deleteDatabase } from '../../testing/raw-database';
import ReviewScreen from './ReviewScreen.svelte';
import InApp from '../../testing/InApp.svelte';

const HOSTILE =
  '<img src=x onerror="window.hacked = true"><script>window.hacked = true</script> =1+1 {@html 1} $& $1';
let store: IdbRunStore;
let services: QuietServices;
let app: AppState;
let saved: { name: string; content: Blob }[];

const many = manyTasks(1, { seeds: 10, machines: 40, rejected: 5 });
/** Those with instances, in the order of the sample that a review begins with. */
const sample = sampleOf(
  many.machines.filter(({ stage }) => stage === 'complete'),
  200,
  1,
);
const taskAt = (place: number): MachineTask => {
  const task = sample[place];
  if (!task) throw new Error('no such task');
  return task;
};

async function* rowsOf(all: ManyTasks): AsyncGenerator<readonly BackupRow[]> {
  await Promise.resolve();
  yield [...all.seeds, ...all.machines].map((row) => ({ kind: 'task', row }) as const);
}
async function fill(all: ManyTasks): Promise<RunId> {
  const { id } = await store.importRun(all, rowsOf(all), new AbortController().signal, () => undefined);
  return id;
}
const show = async (rater: string | null = 'Ana'): Promise<void> => {
  if (rater !== null) await store.saveSetting('review:rater', rater);
  await render(InApp, { app, Screen: ReviewScreen });
};
const ratings = async (): Promise<Rating[]> => {
  const found: Rating[] = [];
  for await (const rows of store.scanRatings(many.run.id)) found.push(...rows);
  return found;
};
const ratingOf = async (task: MachineTask, rater = 'Ana'): Promise<Rating | undefined> =>
  (await ratings()).find(({ id }) => id === ratingId(task.id, rater));
const stored = async (id: TaskId): Promise<MachineTask> => {
  const task = await store.task(id);
  if (task?.origin !== 'machine') throw new Error('not stored');
  return task;
};
const heading = page.getByRole('heading', { level: 2, name: /number/u });
const standsAt = (place: number) => expect.element(heading).toHaveTextContent(taskAt(place).instruction);
const said = (text: string | RegExp) => expect.element(page.getByText(text)).toBeVisible();

beforeEach(async () => {
  await page.viewport(1400, 900);
  await deleteDatabase();
  store = new IdbRunStore();
  saved = [];
  services = {
    ...quietServices(store),
    saveFile: (name, content) => void saved.push({ name, content }),
  };
  app = new AppState(services);
});
afterEach(() => store.close());

describe('rating by keyboard', () => {
  it('asks once who rates, then goes through the sample', async () => {
    await fill(many);
    await show(null);
    await expect.element(page.getByRole('textbox', { name: 'Your name or initials' })).toHaveFocus();
    await userEvent.keyboard('  Ana \u202e {Enter}');
    await standsAt(0);
    await expect.element(page.getByRole('progressbar')).toHaveAttribute('aria-valuemax', '24');
    expect(await store.setting('review:rater')).toBe('Ana');
  });

  it('answers the three questions with Y and N and stores each at once', async () => {
    await fill(many);
    await show();
    await standsAt(0);
    await userEvent.keyboard('yn');
    await said(/Question 2 answered no/u);
    expect((await ratingOf(taskAt(0)))?.answers).toEqual({ valid: true, input: false, output: null });
    await userEvent.keyboard('y');
    await expect.element(page.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '1');
    await userEvent.keyboard('2y');
    await said(/Question 2 answered yes/u);
    expect((await ratingOf(taskAt(0)))?.answers).toEqual({ valid: true, input: true, output: true });
  });

  it('goes on counting when one comes back to the screen', async () => {
    await fill(many);
    await store.saveSetting('review:rater', 'Ana');
    const first = await render(InApp, { app, Screen: ReviewScreen });
    await standsAt(0);
    await userEvent.keyboard('yyy');
    await expect.element(page.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '1');
    await first.unmount();
    await show();
    await userEvent.keyboard('j');
    await standsAt(1);
    await userEvent.keyboard('yyy');
    await expect.element(page.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '2');
  });

  it('accepts and rejects and goes on, flags and stays, moves with J and K', async () => {
    await fill(many);
    await show();
    await standsAt(0);
    await userEvent.keyboard('ax');
    await standsAt(2);
    await userEvent.keyboard('f');
    await expect
      .element(page.getByRole('button', { name: 'Flag F' }))
      .toHaveAttribute('aria-pressed', 'true');
    await userEvent.keyboard('kk');
    await standsAt(0);
    await expect
      .element(page.getByRole('button', { name: 'Accept A' }))
      .toHaveAttribute('aria-pressed', 'true');
    await userEvent.keyboard('jjj');
    await standsAt(3);
    expect((await ratings()).map(({ taskId, verdict, flagged }) => [taskId, verdict, flagged])).toEqual(
      (
        [
          [taskAt(0).id, 'accepted', false],
          [taskAt(1).id, 'rejected', false],
          [taskAt(2).id, null, true],
        ] as const
      ).toSorted(([a], [b]) => (a < b ? -1 : 1)),
    );
  });

  it('takes every action back, one by one, and shows where it was', async () => {
    await fill(many);
    await show();
    await standsAt(0);
    await userEvent.keyboard('yaxf');
    await standsAt(2);
    await expect
      .element(page.getByRole('button', { name: 'Flag F' }))
      .toHaveAttribute('aria-pressed', 'true');
    await userEvent.keyboard('uu');
    await standsAt(1);
    expect(await ratingOf(taskAt(1))).toBeUndefined();
    await userEvent.keyboard('u');
    await standsAt(0);
    await said(/Undone: Accepted/u);
    expect(await ratingOf(taskAt(0))).toMatchObject({ verdict: null, answers: { valid: true } });
    await userEvent.keyboard('u');
    await said(/Undone: Question 1/u);
    expect(await ratings()).toEqual([]);
    await userEvent.keyboard('u');
    await said('There is nothing to undo.');
  });

  it('leaves keys to fields, and searches', async () => {
    await fill(many);
    await show();
    await standsAt(0);
    await userEvent.keyboard('/');
    await userEvent.keyboard('number 12.');
    await expect.element(page.getByText('1 of 1', { exact: true })).toBeVisible();
    expect(await ratings()).toEqual([]);
    await userEvent.keyboard('{Escape}');
    await expect.element(page.getByText('1 of 24', { exact: true })).toBeVisible();
  });

  it('works by pointer as well', async () => {
    await fill(many);
    await show();
    await standsAt(0);
    await page.getByRole('radiogroup', { name: 'Output correct' }).getByRole('radio', { name: 'No' }).click();
    await page.getByRole('button', { name: 'Reject X' }).click();
    await standsAt(1);
    expect(await ratingOf(taskAt(0))).toMatchObject({ verdict: 'rejected', answers: { output: false } });
  });
});

describe('an edit', () => {
  it('keeps what the machine wrote, is taken back as one step, and marks the rating as of the older text', async () => {
    await fill(many);
    await show();
    await standsAt(0);
    await userEvent.keyboard('ye');
    await page.getByRole('textbox', { name: 'Instruction' }).fill('Name the number of rivers.');
    await userEvent.keyboard('{Escape}');
    await expect.element(page.getByRole('alert')).toHaveTextContent('not saved');
    await userEvent.keyboard('{Control>}{Enter}{/Control}');
    await expect.element(heading).toHaveTextContent('Name the number of rivers.');
    await said(/before its text was changed/u);
    const edited = await stored(taskAt(0).id);
    expect(edited.provenance.original).toMatchObject({ instruction: taskAt(0).instruction });
    await userEvent.keyboard('u');
    await standsAt(0);
    expect(await stored(taskAt(0).id)).toEqual(taskAt(0));
  });

  it('is refused in words while the run is computed, and the run can be paused there', async () => {
    const id = await fill(many);
    await show();
    await standsAt(0);
    void app.session.resume(id);
    await said(/Pause it to edit/u);
    await userEvent.keyboard('e');
    await expect.element(page.getByRole('textbox', { name: 'Instruction' })).not.toBeInTheDocument();
    // Ratings are no part of the pool.
    await userEvent.keyboard('y');
    await said(/Question 1 answered yes/u);
    await page.getByRole('button', { name: 'Pause the run' }).click();
    await userEvent.keyboard('e');
    await expect.element(page.getByRole('textbox', { name: 'Instruction' })).toBeVisible();
  });

  it('says when another tab is writing the run, and changes nothing', async () => {
    const id = await fill(many);
    await show();
    await standsAt(0);
    await userEvent.keyboard('e');
    await page.getByRole('textbox', { name: 'Instruction' }).fill('Other words.');
    services.lockedElsewhere.add(id);
    await page.getByRole('button', { name: 'Save' }).click();
    await expect.element(page.getByRole('alert')).toHaveTextContent('This run is open in another tab');
    expect(await stored(taskAt(0).id)).toEqual(taskAt(0));
  });
});

describe('search and replace', () => {
  const preview = page.getByRole('region', { name: 'Preview' });
  const look = async (find: string, replace: string): Promise<void> => {
    await page.getByRole('tab', { name: 'Fix many' }).click();
    await page.getByRole('textbox', { name: 'Find' }).fill(find);
    await page.getByRole('textbox', { name: 'Replace with' }).fill(replace);
    await page.getByRole('button', { name: 'Preview the changes' }).click();
  };

  it('shows each change before it is made, leaves single ones out, and is taken back as one step', async () => {
    const id = await fill(many);
    await show();
    await look('Output', 'Answer $&');
    const changed = many.machines.filter(({ stage }) => stage === 'complete');
    await expect
      .element(preview.getByRole('status'))
      .toHaveTextContent(`${changed.length} places in ${changed.length} texts`);
    await expect.element(preview.getByText('Answer $&', { exact: true }).first()).toBeVisible();
    const [first, second] = changed as [MachineTask, MachineTask];
    await preview
      .getByRole('checkbox', { name: `Change the output of ${labelOf(first.id)}, instance 1` })
      .click();
    await page.getByRole('button', { name: `Replace ${changed.length - 1} texts` }).click();
    await said(`Changed ${changed.length - 1} tasks. What the machine wrote is kept beside each.`);
    expect(await stored(first.id)).toEqual(first);
    expect(await stored(second.id)).toMatchObject({
      instances: [{ output: 'Answer $& 3' }],
      provenance: { original: { instances: [{ output: 'Output 3' }] } },
    });
    expect((await store.progress(id)).instances).toBe(many.progress.instances);
    await page.getByRole('button', { name: 'Undo' }).click();
    await said(/Undone/u);
    for (const task of many.machines) expect(await stored(task.id)).toEqual(task);
  });

  it('never empties an output, and does not write a text that was changed since the preview', async () => {
    await fill(many);
    await show();
    await look('Output 2', '');
    await expect.element(preview.getByText(/the output would be empty/u).first()).toBeVisible();
    await look('Input 7', 'Entry 7');
    await expect.element(preview.getByRole('status')).toHaveTextContent('1 place in 1 text of 1 task');
    const seven = many.machines[7];
    if (!seven) throw new Error('no such task');
    const elsewhere = new IdbRunStore();
    await elsewhere.changeTask(seven.id, () => ({
      ...seven,
      stage: 'complete',
      isClassification: false,
      dropped: [],
      instances: [{ input: 'Input 7 of another tab', output: 'x' }],
    }));
    elsewhere.close();
    await page.getByRole('button', { name: 'Replace 1 text' }).click();
    await said(/Changed 0 tasks/u);
    expect(await stored(seven.id)).toMatchObject({ instances: [{ input: 'Input 7 of another tab' }] });
  });
});

describe('a second rater', () => {
  const rating = (task: MachineTask, rater: string, yes: boolean, print: number): Rating => ({
    id: ratingId(task.id, rater),
    runId: many.run.id,
    taskId: task.id,
    rater,
    verdict: null,
    flagged: false,
    answers: { valid: true, input: yes, output: yes },
    print,
    ratedAt: 5,
  });
  const drop = async (content: Blob): Promise<void> => {
    await page.getByRole('tab', { name: 'Raters and figures' }).click();
    await page
      .getByLabelText('Drop a second rater')
      .upload(new File([content], 'ratings.jsonl', { type: 'application/jsonl' }));
  };

  it("is merged from a file, stays unseen while rating, and agreement is counted; one's own file is that file", async () => {
    await fill(many);
    await show();
    await standsAt(0);
    await userEvent.keyboard('yyyjyynj');
    await standsAt(2);
    const [a, b] = [await ratingOf(taskAt(0)), await ratingOf(taskAt(1))];
    const theirs = [
      rating(taskAt(0), 'Ben', true, a?.print ?? 0),
      rating(taskAt(1), 'Ben', false, b?.print ?? 0),
      rating(taskAt(2), 'Ben', false, 7),
    ];
    await drop(ratingsFile('Ben', many.run, theirs));
    await said(/3 new, 1 about another text/u);
    const agreement = page.getByRole('region', { name: 'Agreement' });
    const row = (name: string) => agreement.getByRole('row', { name });
    await expect.element(row('Valid task')).toHaveTextContent(/2\s*100%\s*–\s*not defined/u);
    await expect.element(row('Input appropriate')).toHaveTextContent(/2\s*50%\s*0.00\s*slight/u);
    await expect.element(row('Output correct')).toHaveTextContent(/2\s*100%\s*1.00\s*almost perfect/u);
    const quality = page.getByRole('region', { name: 'Quality of the data' });
    await expect
      .element(quality.getByRole('row', { name: 'All three' }))
      .toHaveTextContent(/1\s*of 2\s*50%\s*9 to 91%\s*54%/u);
    // Blind: the third task, which Ben answered, is blank for Ana.
    await page.getByRole('tab', { name: 'Rate', exact: true }).click();
    await standsAt(2);
    for (const yes of page.getByRole('radio', { name: 'Yes' }).all()) {
      await expect.element(yes).not.toBeChecked();
    }
    await page.getByRole('tab', { name: 'Raters and figures' }).click();
    await page.getByRole('button', { name: 'Save my ratings' }).first().click();
    expect(saved[0]?.name).toBe('run-1-ratings-Ana.jsonl');
    const lines = (await saved[0]?.content.text())?.trimEnd().split('\n') ?? [];
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { format: 'self-instruct-ratings', rater: 'Ana', ratings: 2 },
      {},
      {},
    ]);
  });

  it('with the same name is asked about first, and the merge can be taken back', async () => {
    await fill(many);
    await show();
    await drop(ratingsFile('Ana', many.run, [rating(taskAt(0), 'Ana', true, 1)]));
    await said(/The rater of this file has your name/u);
    expect(await ratings()).toEqual([]);
    await page.getByRole('button', { name: "Another person's" }).click();
    await said(/1 new/u);
    expect((await ratings()).map(({ rater }) => rater)).toEqual(['Ana (2)']);
    await page.getByRole('button', { name: 'Undo the merge' }).click();
    await expect.poll(async () => await ratings()).toEqual([]);
  });

  it('of another run, or of no rater at all, is refused in words', async () => {
    await fill(many);
    await show();
    await drop(ratingsFile('Ben', { ...many.run, createdAt: 1 }, []));
    await expect.element(page.getByRole('alert')).toHaveTextContent('its ratings belong to another run');
    await drop(new Blob(['{"instruction":"x"}\n']));
    await expect.element(page.getByRole('alert')).toHaveTextContent('not begin like a file of ratings');
    expect(await ratings()).toEqual([]);
  });

  it('with bad lines: these are told by number, the good ones are merged', async () => {
    await fill(many);
    await show();
    const good = await ratingsFile('Ben', many.run, [rating(taskAt(0), 'Ben', true, 1)]).text();
    await drop(new Blob([good, 'garbage\n', '{"task":"../../x"}\n']));
    await said(/Line 3/u);
    await said(/Line 4.*not an id of this app/u);
    expect(await ratings()).toHaveLength(1);
  });
});

it('hostile text is shown as text, in the task and in the preview', async () => {
  const first = taskAt(0);
  const machines = many.machines.map((task) =>
    task.id === first.id
      ? ({
          ...task,
          instruction: `number ${HOSTILE}`,
          stage: 'complete',
          isClassification: false,
          dropped: [],
          instances: [{ input: HOSTILE, output: HOSTILE }],
        } as const)
      : task,
  );
  await fill({ ...many, machines });
  await show('<b>Ana</b>');
  await expect.element(heading).toHaveTextContent(HOSTILE);
  await page.getByRole('tab', { name: 'Fix many' }).click();
  await page.getByRole('textbox', { name: 'Find' }).fill('<script>');
  await page
    .getByRole('textbox', { name: 'Replace with' })
    .fill('<img src=x onerror="window.hacked = true">');
  await page.getByRole('button', { name: 'Preview the changes' }).click();
  await expect
    .element(page.getByRole('region', { name: 'Preview' }).getByRole('status'))
    .toHaveTextContent('3 places');
  expect(document.querySelector('main img, main script, main b > b')).toBeNull();
  expect(window).not.toHaveProperty('hacked');
});

it('without a run: says what belongs here and how to begin', async () => {
  await show();
  await expect.element(page.getByRole('link', { name: 'Go to Start' })).toBeVisible();
});
