import '../../app.css';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import {
  type Answer,
  answerId,
  type EvaluationRecord,
  tasksFingerprint,
} from '../../core/evaluation/evaluation';
import {
  answerFingerprint,
  blindOrder,
  gradeId,
  type Grade,
  type GradeRow,
} from '../../core/evaluation/grading';
import { builtInEvaluation } from '../../core/evaluation/prompt';
import { gradeLines, gradesCsv } from '../../export/grades-file';
import { EvaluateState } from './evaluate-state.svelte';
import { AppState } from '../../app/app-state.svelte';
import { IdbRunStore } from '../../storage/idb-run-store';
import { axeFindings } from '../../testing/axe-findings';
import { type QuietServices, quietServices } from '../../testing/quiet-services';
import { deleteDatabase } from '../../testing/raw-database';
import InApp from '../../testing/InApp.svelte';
import EvaluateScreen from './EvaluateScreen.svelte';

const HOSTILE = '<img src=x onerror="window.hacked=true">';
const TASKS = Array.from({ length: 3 }, (_, i) => ({
  id: `t${i}`,
  instruction: `Name the number ${i}. ${HOSTILE}`,
  input: i === 1 ? `input ${i}` : '',
  references: [`reference ${i}`],
  isClassification: null,
}));
const textOf = (key: string, index: number): string => `answer of ${key} to ${index} ${HOSTILE}`;
let store: IdbRunStore;
let services: QuietServices;
let app: AppState;
let record: EvaluationRecord;
let saved: { readonly name: string; readonly content: Blob }[];
let now: number;

beforeEach(async () => {
  await page.viewport(1400, 900);
  await deleteDatabase();
  store = new IdbRunStore();
  saved = [];
  now = 1_000;
  services = {
    ...quietServices(store),
    saveFile: (name, content) => void saved.push({ name, content }),
    now: () => (now += 6_000),
  };
  record = await services.evaluations.create(
    {
      name: 'Graded',
      createdAt: 1,
      set: { id: 'tiny', name: 'Tiny', count: TASKS.length, print: tasksFingerprint(TASKS) },
      config: builtInEvaluation(1),
      models: ['Base', 'Tuned'].map((name) => ({
        name: `${name} model`,
        modelId: null,
        origin: 'predictions',
        hash: '',
        finished: true,
        seconds: 0,
      })),
    },
    TASKS,
  );
  for (const { key } of record.models) {
    await services.evaluations.saveAnswers(
      TASKS.map(({ id }, index): Answer => ({
        id: answerId(record.id, key, index),
        evaluationId: record.id,
        modelKey: key,
        taskId: id,
        outcome: 'answered',
        text: textOf(key, index),
        finishReason: 'stop',
        promptTokens: 1,
        completionTokens: 1,
        seconds: 0,
        createdAt: 1,
      })),
    );
  }
  app = new AppState(services);
  await app.lasting(EvaluateState).session.open(record.id);
});
afterEach(() => store.close());

const order = (rater: string) =>
  blindOrder(['m01', 'm02'], TASKS.length, () => true, { set: record.set.print, rater });
const itemAt = (place: number) => {
  const item = order('Ana')[place];
  if (!item) throw new Error('no such answer');
  return item;
};
const card = page.getByRole('region', { name: 'Answer to grade' });
const standsAt = async (place: number): Promise<void> => {
  const { modelKey, index } = itemAt(place);
  await expect.element(card.getByText(textOf(modelKey, index))).toBeVisible();
};
const graded = (done: number) =>
  expect
    .element(page.getByRole('progressbar', { name: 'Answers graded' }))
    .toHaveAttribute('aria-valuenow', String(done));
const show = async (rater: string | null = 'Ana'): Promise<void> => {
  if (rater !== null) await store.saveSetting('review:rater', rater);
  await render(InApp, { app, Screen: EvaluateScreen });
  await page.getByRole('tab', { name: 'Rate' }).click();
};
const stored = async (): Promise<readonly string[]> =>
  (await services.evaluations.grades(record.id)).map(({ rater, modelKey, index, grade }) =>
    [rater, modelKey, index, grade].join(' '),
  );
const clean = async (): Promise<void> => {
  expect(await axeFindings()).toEqual([]);
  expect('hacked' in window).toBe(false);
};
/** A second rater's grades of the first answers in Ana's order. */
const second = (given: readonly Grade[]): readonly GradeRow[] =>
  given.map((grade, place) => {
    const { modelKey, index } = itemAt(place);
    return {
      id: gradeId(record.id, modelKey, index, 'Ben'),
      evaluationId: record.id,
      modelKey,
      taskId: `t${index}`,
      index,
      rater: 'Ben',
      grade,
      print: answerFingerprint(textOf(modelKey, index)),
      at: 5,
    };
  });
async function drop(name: string, lines: Iterable<string>): Promise<void> {
  const input = document.querySelector<HTMLInputElement>('.filedrop input[type="file"]');
  if (!input) throw new Error('there is a field for files');
  await userEvent.upload(input, new File([...lines], name));
}
const cellsOf = (name: string): string[][] =>
  [...page.getByRole('table', { name }).element().querySelectorAll('tbody tr')].map((row) =>
    [...row.children].map((cell) => cell.textContent.trim().replace(/\s+/gu, ' ')),
  );

describe('grading by keyboard', () => {
  it('asks once who rates', async () => {
    await show(null);
    await expect.element(page.getByRole('textbox', { name: 'Your name or initials' })).toHaveFocus();
    await userEvent.keyboard('Ana{Enter}');
    await standsAt(0);
    expect(await store.setting('review:rater')).toBe('Ana');
    await clean();
  });

  it('grades three, takes one back, and shows bars and the agreement with a second rater', async () => {
    await show();
    await standsAt(0);
    // Nothing on the panel says who answered.
    expect(document.querySelector('#evaluation-panel')?.textContent).not.toMatch(/Base model|Tuned model/u);
    await userEvent.keyboard('a');
    await standsAt(1);
    await userEvent.keyboard('3');
    await standsAt(2);
    await userEvent.keyboard('d');
    await graded(3);
    await expect.element(page.getByText(/10\.0 a minute, ≈ 18 s left/u)).toBeVisible();
    await userEvent.keyboard('u');
    await standsAt(2);
    await graded(2);
    await userEvent.keyboard('b');
    await graded(3);
    const grades: readonly Grade[] = ['A', 'C', 'B'];
    const expected = grades.map((grade, place) => {
      const { modelKey, index } = itemAt(place);
      return `Ana ${modelKey} ${index} ${grade}`;
    });
    await expect.poll(async () => [...(await stored())].sort()).toEqual(expected.sort());
    await page.getByRole('button', { name: 'Show the results now' }).click();
    await expect.element(page.getByRole('heading', { name: 'Grades by people' })).toBeVisible();
    const bars = cellsOf('Grades by people');
    expect(bars.filter(([name]) => name?.endsWith('(published)'))).toHaveLength(8);
    expect(bars.at(-4)?.slice(2)).toEqual(['112', '49', '66', '25', '64%']);
    const ours = bars.filter(([, rater]) => rater === 'Ana').map((cells) => cells.slice(2, 6).map(Number));
    expect([0, 1, 2, 3].map((n) => ours.reduce((sum, cells) => sum + (cells[n] ?? 0), 0))).toEqual([
      1, 1, 1, 0,
    ]);
    const chart = page.getByRole('img', { name: 'Grades by people' }).element();
    const models = bars.filter(([, rater]) => rater === 'Ana').map(([name = '']) => name);
    const titles = [...chart.querySelectorAll('[data-value] title')].map(({ textContent }) => textContent);
    expect(titles.filter((title) => models.some((name) => title.startsWith(`${name}: `)))).toHaveLength(3);

    await drop('ben.jsonl', gradeLines(record, second(['A', 'C', 'D'])));
    await expect.element(page.getByText('Merged the file of')).toBeVisible();
    // po = 2 / 3; pe = (1 + 1 + 0 + 0) / 9. In two classes po = 2 / 3, pe = (2 * 1 + 1 * 2) / 9.
    const agreement = cellsOf('Agreement of two raters').map((cells) =>
      cells.map((cell) => cell.split(' ')[0]),
    );
    expect(agreement.map((cells) => cells.slice(1))).toEqual([
      [((2 / 3 - 2 / 9) / (7 / 9)).toFixed(2), '0.58'],
      [((2 / 3 - 4 / 9) / (5 / 9)).toFixed(2), '0.75'],
      // Ranks 3, 1, 2 and 3, 2, 1: 1 - 6 * 2 / (3 * 8).
      ['0.50', '0.81'],
    ]);
    await clean();
    // A merge is one step.
    await userEvent.keyboard('u');
    await expect.element(page.getByText('Agreement needs a second rater.')).toBeVisible();
    await expect.poll(async () => await stored()).toHaveLength(3);
  });

  it('skips to the end, hides the reference, and opens the results after the last', async () => {
    await show();
    await standsAt(0);
    const reference = card.getByText(`reference ${itemAt(0).index}`);
    await expect.element(reference).toBeVisible();
    await userEvent.keyboard('rs');
    await standsAt(1);
    await expect.element(card.getByText(/^reference/u)).not.toBeInTheDocument();
    await userEvent.keyboard('u');
    await standsAt(0);
    await userEvent.keyboard('saabbc');
    await standsAt(0);
    await expect.element(page.getByRole('heading', { name: 'Grades by people' })).not.toBeInTheDocument();
    await userEvent.keyboard('d');
    await expect.element(page.getByRole('heading', { name: 'Every answer is graded' })).toBeVisible();
    await expect.element(page.getByRole('heading', { name: 'Grades by people' })).toBeVisible();
    await expect.poll(async () => await stored()).toHaveLength(6);
    await clean();
  });
});

describe('files', () => {
  it('are refused when their tasks are others', async () => {
    await show();
    await standsAt(0);
    const other = { ...record, set: { ...record.set, print: 1 } };
    await drop('other.csv', gradesCsv(other, second(['A'])));
    await expect.element(page.getByText(/its grades belong to another task set/u)).toBeVisible();
    expect(await stored()).toEqual([]);
  });

  it('hold one’s grades and come in again', async () => {
    await show();
    await standsAt(0);
    await userEvent.keyboard('ab');
    await graded(2);
    await page.getByRole('button', { name: 'Save my grades as CSV' }).click();
    expect(saved[0]?.name).toBe(`${record.id}-grades-Ana.csv`);
    const text = (await saved[0]?.content.text()) ?? '';
    await userEvent.keyboard('u');
    await graded(1);
    await drop('ana.csv', [text]);
    await graded(2);
    await expect.element(page.getByText(/1 new, 1 here already/u)).toBeVisible();
  });

  it('keeps the old grade when storage fails, and says so', async () => {
    await show();
    await standsAt(0);
    vi.spyOn(services.evaluations, 'saveGrades').mockRejectedValueOnce(new Error('no room'));
    await userEvent.keyboard('a');
    await expect.element(page.getByText(/no room/u)).toBeVisible();
    await graded(0);
    await standsAt(0);
    await userEvent.keyboard('a');
    await graded(1);
  });
});

it('fits a phone', async () => {
  await page.viewport(360, 740);
  await show();
  await standsAt(0);
  await userEvent.keyboard('a');
  await graded(1);
  await page.getByRole('button', { name: 'Show the results now' }).click();
  await expect.element(page.getByRole('heading', { name: 'Grades by people' })).toBeVisible();
  expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360);
  await clean();
});
