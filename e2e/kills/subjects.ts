/** The works that are killed: how each begins or resumes from what is stored, and how one knows that it is over. */
import type { Page } from 'puppeteer-core';
import { fill, giveFiles, press, pressMatching, show, untilText } from '../screen';
import type { PutRow } from './page-tools';

/** Files that the imports read. */
export interface Materials {
  readonly backup: string;
  readonly dataSet: string;
  /** Tasks of the data set. */
  readonly tasks: number;
}

/** How far a moment may lie from where the work began or resumed. */
export interface Reach {
  /** By the clock. */
  readonly clockMs: number;
  /** By what was acknowledged: at most so many commits, and then so many milliseconds. */
  readonly commits: number;
  readonly ms: number;
}

export interface Subject {
  readonly name: string;
  /** The subject that it begins at the end of; without one it begins with nothing stored. */
  readonly from?: string;
  /** Its part of all kills. */
  readonly weight: number;
  /** Kills of one round at most; then the work is let go to its end. */
  readonly kills: number;
  readonly reach: Reach;
  /** The stage before anything was acknowledged. */
  readonly first: string;
  /** The stage that these rows were committed in; null when they say nothing. */
  stageOf?(rows: readonly PutRow[]): string | null;
  /** Begins the work, or resumes it from what is stored; it goes on in the page when this ends. */
  begin(page: Page, materials: Materials): Promise<void>;
  /** Whether the work is over. @throws when it failed */
  ended(page: Page): Promise<boolean>;
  /** After a kill everything is as before, or as after the work: nothing between. */
  readonly atOnce?: true;
  /** It first does this other subject, and cannot be resumed: each round is one kill. */
  readonly undoes?: string;
  /** Files whose bytes are compared as well. */
  files?(page: Page): Promise<readonly string[]>;
}

const RUN = { target: 4, seed: 11 } as const;
/** In the ids of calls. */
const STAGES: Readonly<Record<string, string>> = {
  instructions: 'generation',
  classification: 'types',
  instances: 'instances',
};

const run: Subject = {
  name: 'run',
  weight: 12,
  kills: 16,
  reach: { clockMs: 2_500, commits: 2, ms: 400 },
  first: 'loading',
  stageOf(rows) {
    const call = rows.find(([store]) => store === 'calls');
    return call ? (STAGES[call[1].split('-')[1] ?? ''] ?? null) : null;
  },
  begin: (page) =>
    page.evaluate((options) => {
      const { selfInstruct } = window;
      void selfInstruct.resume().then((found) => (found ? undefined : selfInstruct.start(options)));
    }, RUN),
  async ended(page) {
    const { status, failure } = await page.evaluate(() => window.selfInstruct.state());
    if (status === 'failed') throw new Error(`the run failed: ${JSON.stringify(failure)}`);
    return status === 'finished';
  },
  files: (page) =>
    page.evaluate(() =>
      Promise.all([window.selfInstruct.dataset('dataset'), window.selfInstruct.dataset('alpaca')]),
    ),
};

/** Whether a store has rows. */
const has = (page: Page, store: string): Promise<boolean> =>
  page.evaluate(async (name) => {
    const { stores } = await window.readStored(false, [name]);
    return (stores[name]?.length ?? 0) > 0;
  }, store);
/** Whether what was let go on is over. */
async function workEnded(page: Page): Promise<boolean> {
  const ended = await page.evaluate(() => window.workEnded);
  if (typeof ended === 'string') throw new Error(ended);
  return ended;
}

const finetuning: Subject = {
  name: 'finetuning',
  from: 'run',
  weight: 4,
  kills: 12,
  reach: { clockMs: 3_000, commits: 4, ms: 800 },
  first: 'finetuning',
  stageOf: (rows) =>
    rows.some(([store, key]) => store === 'settings' && /^(?:staging|publishing):/u.test(key))
      ? 'publishing'
      : null,
  async begin(page) {
    await page.evaluate(() => {
      const { selfInstruct, goOn } = window;
      const values = { epochs: 2, batchSize: 4, validateEvery: 2, sampleEvery: 4, checkpointEvery: 2 };
      const options = { source: 'run-and-seeds', name: 'Killed', seed: 5, limit: 16, values } as const;
      // Goes on where it was stopped.
      goOn(selfInstruct.finetune(options));
    });
  },
  ended: workEnded,
};

const evaluation: Subject = {
  name: 'evaluation',
  from: 'run',
  weight: 3,
  kills: 12,
  reach: { clockMs: 2_500, commits: 3, ms: 300 },
  first: 'evaluation',
  async begin(page) {
    await page.evaluate(() => {
      const { selfInstruct, goOn } = window;
      const options = { models: ['built-in'], set: 'simple', limit: 16, seed: 5 };
      goOn(selfInstruct.evaluate(options));
    });
  },
  ended: workEnded,
};

const restore: Subject = {
  name: 'restore',
  weight: 1,
  kills: 3,
  reach: { clockMs: 2_500, commits: 4, ms: 300 },
  first: 'restore',
  atOnce: true,
  async begin(page, { backup }) {
    if (await has(page, 'runs')) return;
    await show(page, 'export');
    await giveFiles(page, backup);
  },
  ended: (page) => has(page, 'runs'),
};

const importing: Subject = {
  ...restore,
  name: 'import',
  first: 'import',
  async begin(page, { dataSet, tasks }) {
    if (await has(page, 'runs')) return;
    await show(page, 'export');
    await giveFiles(page, dataSet);
    await press(page, `Import ${tasks.toLocaleString('en')} tasks as a run`);
  },
};

const RATER = 'Ana';
const FIND = 'the';
/** Opens "Fix many" on the run that the app has open. */
async function openFixMany(page: Page): Promise<void> {
  await show(page, 'review');
  // It is asked once.
  const known = await page.evaluate(async (name) => {
    const { stores } = await window.readStored(false, ['settings']);
    return stores['settings']?.some(({ row }) => row['value'] === name) ?? false;
  }, RATER);
  if (!known) {
    await fill(page, 'Your name or initials', RATER);
    await press(page, 'Begin to rate');
  }
  await press(page, 'Fix many', 'tab');
}
const BY = 'THE';
const edited = (page: Page): Promise<boolean> =>
  page.evaluate(async (by) => {
    const { stores } = await window.readStored(false, ['tasks']);
    return (
      stores['tasks']?.some(
        ({ row }) => row['origin'] === 'machine' && String(row['instruction']).includes(by),
      ) ?? false
    );
  }, BY);

const bulkEdit: Subject = {
  name: 'bulk edit',
  from: 'restore',
  weight: 1,
  kills: 2,
  reach: { clockMs: 1_000, commits: 0, ms: 1_000 },
  first: 'bulk edit',
  atOnce: true,
  async begin(page) {
    if (await edited(page)) return;
    await openFixMany(page);
    await fill(page, 'Find', FIND);
    await fill(page, 'Replace with', BY);
    await press(page, 'Preview the changes');
    await pressMatching(page, /^Replace [\d,]+ texts$/u);
  },
  ended: edited,
};

const undo: Subject = {
  ...bulkEdit,
  name: 'undo',
  first: 'undo',
  kills: 1,
  undoes: 'bulk edit',
  async begin(page, materials) {
    await bulkEdit.begin(page, materials);
    await untilText(page, 'What the machine wrote is kept beside each.');
    await press(page, 'Undo');
  },
  ended: async (page) => !(await edited(page)),
};

export const SUBJECTS: readonly Subject[] = [run, finetuning, evaluation, importing, restore, bulkEdit, undo];
