import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { rowsOf } from '../../core/dataset/rows';
import type { BackupRow, RunSummary } from '../../core/ports';
import type { Rating } from '../../core/review/rating';
import type { MachineTask } from '../../core/task';
import { checkDataFile, readDataFile } from '../../import/data-file';
import { checkedData } from '../../testing/checked-data';
import { IdbRunStore } from '../../storage/idb-run-store';
import { manyTasks } from '../../testing/many-tasks';
import { unzipTexts, zipOf } from '../../testing/zip-files';
import { plainText, sizeCategory } from './card';
import { type PassportChoice, planPassport, writePassport } from './passport';

const never = new AbortController().signal;
const CHOICE: PassportChoice = {
  formats: ['alpaca', 'openai-chat', 'sharegpt', 'prompt-completion', 'csv', 'parquet', 'dataset'],
  withSeeds: false,
  share: 0.25,
  splitSeed: 3,
  withBackup: false,
  withoutRejected: false,
};
let store: IdbRunStore;
let summary: RunSummary;

async function* rows(all: readonly BackupRow[]): AsyncGenerator<readonly BackupRow[]> {
  await Promise.resolve();
  yield all;
}
async function fill(change: Partial<RunSummary['run']> = {}): Promise<void> {
  const many = manyTasks(1, { seeds: 5, machines: 60, rejected: 20 });
  const run = { ...many.run, ...change };
  const all: BackupRow[] = [
    ...many.seeds.map((row) => ({ kind: 'task', row }) as const),
    ...many.machines.map((row) => ({ kind: 'task', row }) as const),
    ...many.candidates.map((row) => ({ kind: 'candidate', row }) as const),
  ];
  const { id } = await store.importRun({ run, progress: many.progress }, rows(all), never, () => undefined);
  const found = await store.run(id);
  if (!found) throw new Error('not stored');
  summary = found;
}
async function passport(
  choice: Partial<PassportChoice> = {},
): Promise<{ file: File; texts: Map<string, string> }> {
  const plan = await planPassport(store, summary, { ...CHOICE, ...choice }, never);
  const blob = await writePassport(store, plan, 1_700_000_000_000, '0.1.0', never, () => undefined);
  const file = new File([blob], 'anything');
  return { file, texts: new Map(Object.entries(await unzipTexts(blob))) };
}
const tasksOf = async (): Promise<MachineTask[]> => {
  const tasks: MachineTask[] = [];
  for await (const page of store.scanTasks(summary.run.id)) {
    for (const task of page) if (task.origin === 'machine') tasks.push(task);
  }
  return tasks;
};
/** Four ratings of the first whole tasks by one person. */
async function rate(verdict: Rating['verdict'] = null): Promise<Rating[]> {
  const rated = (await tasksOf()).filter(({ stage }) => stage === 'complete').slice(0, 4);
  const ratings = rated.map((task, i): Rating => ({
    id: `${task.id}~Ada`,
    runId: summary.run.id,
    taskId: task.id,
    rater: 'Ada',
    verdict,
    flagged: false,
    answers: { valid: true, input: i > 0, output: i > 1 },
    print: 1,
    ratedAt: 5,
  }));
  await store.saveRatings(summary.run.id, ratings, []);
  return ratings;
}
const headerOf = (card: string): Record<string, unknown> =>
  parse(/^---\n([\s\S]*?)\n---\n/u.exec(card)?.[1] ?? '') as Record<string, unknown>;

beforeEach(async () => {
  store = new IdbRunStore();
  for (const { run } of await store.latestRuns(100)) await store.deleteRun(run.id);
});

describe('the passport', () => {
  it('is read back by its own manifest: every file with its bytes and checksum', async () => {
    await fill();
    const { texts } = await passport();
    const manifest = JSON.parse(texts.get('manifest.json') ?? '') as {
      model: unknown;
      settings: unknown;
      figures: { kept: number };
      files: { path: string; sha256: string; entries?: number }[];
    };
    expect(manifest.model).toEqual(summary.run.model);
    expect(manifest.settings).toEqual(summary.run.config);
    expect(manifest.figures.kept).toBe(60);
    expect(manifest.files).toHaveLength(14);
    for (const { path, sha256 } of manifest.files.filter(({ path: one }) => !one.endsWith('.parquet'))) {
      const bytes = new TextEncoder().encode(texts.get(path));
      const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
      expect(Buffer.from(digest).toString('hex')).toBe(sha256);
    }
  });

  it('shows the first rows of each data file as they will be', async () => {
    await fill();
    const { firstRows } = await planPassport(
      store,
      summary,
      { ...CHOICE, formats: ['alpaca', 'csv'] },
      never,
    );
    const { texts } = await passport({ formats: ['alpaca', 'csv'] });
    expect(firstRows.map(({ path }) => path)).toEqual([
      'data/alpaca-train.json',
      'data/alpaca-validation.json',
      'data/csv-train.csv',
      'data/csv-validation.csv',
    ]);
    for (const { path, text } of firstRows) {
      expect(text.split('\n').length).toBeGreaterThan(4);
      expect(texts.get(path)?.startsWith(text)).toBe(true);
    }
  });

  it('splits by instruction: no instruction is on both sides, and all rows are there', async () => {
    await fill();
    const { texts } = await passport();
    const list = (path: string) => JSON.parse(texts.get(path) ?? '') as { instruction: string }[];
    const train = list('data/alpaca-train.json');
    const held = list('data/alpaca-validation.json');
    const learned = new Set(train.map(({ instruction }) => instruction));
    expect(held.filter(({ instruction }) => learned.has(instruction))).toEqual([]);
    const all = (await tasksOf()).flatMap(rowsOf);
    expect(train.length + held.length).toBe(all.length);
    expect(held.length).toBe(Math.round(all.length * 0.25));
  });

  it('has a card whose header is YAML and whose figures are the measured ones', async () => {
    await fill();
    const { texts } = await passport();
    const card = texts.get('README.md') ?? '';
    expect(headerOf(card)).toMatchObject({
      pretty_name: `Self-Instruct run ${summary.run.number}`,
      language: ['en'],
      size_categories: ['n<1K'],
      task_categories: ['text-generation'],
    });
    const configs = headerOf(card)['configs'] as {
      config_name: string;
      data_files: { split: string; path: string }[];
    }[];
    for (const { data_files } of configs)
      for (const { path } of data_files) expect(texts.has(path)).toBe(true);
    expect(configs[0]).toMatchObject({ config_name: 'alpaca', default: true });
    // load_dataset reads all configs of a card by one reader.
    expect(configs.map(({ config_name }) => config_name)).toEqual([
      ...['alpaca', 'openai-chat', 'sharegpt', 'prompt-completion', 'dataset'],
    ]);
    expect(card).toContain('`load_dataset("csv", data_files={"train": "data/csv-train.csv"');
    expect(card).toContain('`load_dataset("parquet", data_files={"train": "data/parquet-train.parquet"');
    expect(card).toContain('| Candidates | 80 |');
    expect(card).toContain('| Accepted instructions | 60 |');
    expect(card).toContain('| Instances | 36 | 82,439 |');
    expect(card).toContain('This data set has not been rated yet.');
    expect(card).not.toContain('by human ratings');
  });

  it('names Parquet as its config when it is alone', async () => {
    await fill();
    const { texts } = await passport({ formats: ['parquet'], share: 0 });
    const card = texts.get('README.md') ?? '';
    expect(headerOf(card)['configs']).toEqual([
      {
        config_name: 'parquet',
        data_files: [{ split: 'train', path: 'data/parquet.parquet' }],
        default: true,
      },
    ]);
    expect(card).not.toContain('Of another reader');
  });

  it('writes each field of its own format in one type, so that a table can hold it', async () => {
    await fill();
    const { texts } = await passport({ formats: ['dataset'], share: 0 });
    const shape = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(shape);
      if (typeof value !== 'object' || value === null) return typeof value;
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shape(inner)]));
    };
    const lines = (texts.get('data/dataset.jsonl') ?? '').trim().split('\n');
    const neighbours = lines.flatMap(
      (line) => (JSON.parse(line) as { most_similar: unknown[] }).most_similar,
    );
    expect(neighbours.length).toBeGreaterThan(0);
    expect(new Set(neighbours.map((one) => JSON.stringify(shape(one))))).toEqual(
      new Set([JSON.stringify({ id: 'string', rouge_l: 'number' })]),
    );
  });

  it('tells ratings when there are some', async () => {
    await fill();
    await rate();
    const { texts } = await passport();
    expect(texts.get('README.md')).toMatch(/\| All three \| 50% \(\d+% to \d+%\), 2 of 4 \| 54% \|/u);
    expect(texts.get('ratings.jsonl')?.trim().split('\n')).toHaveLength(4);
  });

  it('says nothing of a data set from elsewhere that nobody measured', async () => {
    await fill({ imported: { file: 'a|b <script>.csv', format: 'CSV', typed: false } });
    const { texts } = await passport();
    const card = texts.get('README.md') ?? '';
    expect(card).not.toContain('## From candidate to row');
    expect(card).not.toContain('## How it was made');
    expect(card).toContain('unknown');
    expect(card.slice(card.indexOf('\n# '))).not.toContain('<script>');
    expect(headerOf(card)['language']).toBeUndefined();
    const manifest = JSON.parse(texts.get('manifest.json') ?? '') as Record<string, unknown>;
    expect(manifest['settings']).toBeUndefined();
    expect(manifest['imported']).toMatchObject({ file: 'a|b <script>.csv' });
  });

  it('has settings that trainers read', async () => {
    await fill();
    const { texts } = await passport();
    const info = JSON.parse(texts.get('dataset_info.json') ?? '') as Record<string, Record<string, unknown>>;
    expect(info[`run_${summary.run.number}_openai_chat`]).toEqual({
      file_name: 'data/openai-chat-train.jsonl',
      formatting: 'sharegpt',
      columns: { messages: 'messages' },
      tags: { role_tag: 'role', content_tag: 'content', user_tag: 'user', assistant_tag: 'assistant' },
    });
    for (const { file_name } of Object.values(info)) expect(texts.has(String(file_name))).toBe(true);
    const chat = parse(texts.get('axolotl/sharegpt.yml') ?? '') as Record<string, Record<string, unknown>[]>;
    expect(chat['datasets']?.[0]).toMatchObject({
      path: 'data/sharegpt-train.json',
      type: 'chat_template',
      field_messages: 'conversations',
      message_property_mappings: { role: 'from', content: 'value' },
    });
    expect(chat['test_datasets']?.[0]).toMatchObject({ path: 'data/sharegpt-validation.json' });
    for (const [path, text] of texts)
      if (path.endsWith('.yml')) expect(text).not.toMatch(/^\s*type: sharegpt/mu);
  });

  it('is imported again to the same rows, from both sides of the split', async () => {
    await fill();
    const all = await tasksOf();
    const { file } = await passport();
    const checked = await checkDataFile(file, never);
    if (checked.kind !== 'dataset') throw new Error('a backup');
    expect(checked).toMatchObject({ shape: 'dataset', tasks: 60, badLines: 0 });
    const ids: string[] = [];
    const texts: string[] = [];
    for await (const page of readDataFile(checked, never)) {
      for (const { row } of page) {
        ids.push(row.id.slice(6));
        if ('instruction' in row)
          texts.push(...rowsOf(row).map((one) => JSON.stringify([one.instruction, one.output])));
      }
    }
    expect(ids.sort()).toEqual(all.map(({ id }) => id.slice(6)));
    expect(texts.sort()).toEqual(
      all
        .flatMap(rowsOf)
        .map((one) => JSON.stringify([one.instruction, one.output]))
        .sort(),
    );
  });

  it('with a backup brings the whole run back, ratings and all', async () => {
    await fill();
    const ratings = await rate();
    const { file } = await passport({ withBackup: true });
    const checked = await checkedData(file);
    expect(checked).toMatchObject({ kind: 'backup', counts: { tasks: 65, candidates: 20, ratings: 4 } });
    const { id } = await store.importRun(summary, readDataFile(checked, never), never, () => undefined);
    const back: Rating[] = [];
    for await (const page of store.scanRatings(id)) back.push(...page);
    expect(back.map(({ taskId, ...mark }) => [taskId.slice(6), { ...mark, id: '', runId: '' }])).toEqual(
      ratings.map(({ taskId, ...mark }) => [taskId.slice(6), { ...mark, id: '', runId: '' }]),
    );
    expect(back.every((one) => one.id === `${one.taskId}~Ada` && one.taskId.startsWith(`${id}-`))).toBe(true);
  });

  it('of the first version brings ratings from beside its backup, which had none', async () => {
    await fill();
    const ratings = await rate();
    const { texts } = await passport({ withBackup: true });
    const lines = (texts.get('backup.jsonl') ?? '')
      .split('\n')
      .filter((line) => !line.includes('"kind":"rating"'));
    const old = lines.join('\n').replace('"version":2', '"version":1').replace('"ratings":4,', '');
    expect(old).not.toContain('ratings');
    const stranger = JSON.stringify({
      ...ratings[0],
      id: 'r0001-m999999-000~Ada',
      taskId: 'r0001-m999999-000',
    });
    const beside = { 'ratings.jsonl': `${texts.get('ratings.jsonl') ?? ''}${stranger}\n` };
    for (const files of [
      { ...beside, 'backup.jsonl': old },
      { 'backup.jsonl': old, ...beside },
    ]) {
      const checked = await checkedData(await zipOf(files, 'old'));
      expect(checked).toMatchObject({ kind: 'backup', counts: { tasks: 65, ratings: 4 } });
      const { id } = await store.importRun(summary, readDataFile(checked, never), never, () => undefined);
      const back: Rating[] = [];
      for await (const page of store.scanRatings(id)) back.push(...page);
      expect(back.map(({ taskId, answers }) => [taskId.slice(6), answers])).toEqual(
        ratings.map(({ taskId, answers }) => [taskId.slice(6), answers]),
      );
    }
  });

  it.each(['dataset', 'parquet', 'csv'] as const)(
    'without a backup brings its ratings back with %s, which names the tasks',
    async (format) => {
      await fill();
      const ratings = await rate();
      const { file } = await passport({ formats: [format, 'sharegpt'] });
      const checked = await checkedData(file);
      expect(checked).toMatchObject({ kind: 'dataset', ratings: { count: 4, raters: 1 } });
      const rows: BackupRow[] = [];
      for await (const page of readDataFile(checked, never)) rows.push(...page);
      const back = rows.flatMap((entry) => (entry.kind === 'rating' ? [entry.row] : []));
      const bare = (one: Rating): unknown => ({ ...one, id: '', runId: '', taskId: one.taskId.slice(6) });
      expect(back.map(bare)).toEqual(ratings.map(bare));
      const tasks = new Set(rows.flatMap(({ kind, row }) => (kind === 'task' ? [row.id] : [])));
      expect(back.every(({ taskId }) => tasks.has(taskId))).toBe(true);
    },
  );

  it('with a format that names no task brings no ratings: nobody knows whose they are', async () => {
    await fill();
    await rate();
    const { file } = await passport({ formats: ['alpaca'] });
    await expect(checkDataFile(file, never)).resolves.toMatchObject({ kind: 'dataset', ratings: null });
  });

  it('leaves out what raters rejected, in data, counts, split and card, and says so', async () => {
    await fill();
    const [first, second] = await rate('rejected');
    if (!first || !second) throw new Error('none');
    const other = { ...second, id: `${second.taskId}~Ben`, rater: 'Ben', verdict: 'accepted' } as const;
    await store.saveRatings(summary.run.id, [other], []);
    const { texts } = await passport({ withoutRejected: true, formats: ['dataset', 'parquet'], share: 0 });
    const ids = (texts.get('data/dataset.jsonl') ?? '').trim().split('\n');
    expect(ids).toHaveLength(57);
    expect(ids.some((line) => line.includes(`"${first.taskId.slice(6)}"`))).toBe(false);
    // Where raters disagree the task stays.
    expect(ids.some((line) => line.includes(`"id":"${second.taskId.slice(6)}"`))).toBe(true);
    const card = texts.get('README.md') ?? '';
    expect(card).toContain('left out: 3.');
    expect(card).toContain('| Instances | 33 | 82,439 |');
    expect(card).toMatch(/data\/dataset\.jsonl`? *\|[^\n]*\| *57 *\|/u);
    const whole = await planPassport(store, summary, CHOICE, never);
    expect(whole.rejected.size).toBe(3);
  });

  it('names what is not met before it is written', async () => {
    await fill();
    const [task] = (await tasksOf()).filter(({ stage }) => stage === 'complete');
    if (task?.stage !== 'complete') throw new Error('none');
    await store.changeTask(task.id, () => ({ ...task, instances: [{ input: '', output: ' ' }] }));
    const plan = await planPassport(store, summary, { ...CHOICE, formats: ['openai-chat'], share: 0 }, never);
    const failing = plan.checks.flatMap(({ results }) => results).filter((check) => check.failing > 0);
    expect(failing).toEqual([
      expect.objectContaining({ title: 'No message is empty', failing: 1, first: [task.id] }),
    ]);
    const none = await planPassport(store, summary, { ...CHOICE, formats: ['seed-tasks'], share: 1 }, never);
    expect(none.checks.find(({ title }) => title === 'Split')?.results[0]?.failing).toBe(0);
  });
});

it('names become plain text, sizes the words of the hub', () => {
  expect(plainText('a\n# b | <i>c</i> [d](e)')).toBe('a \\# b \\| \\<i\\>c\\</i\\> \\[d\\]\\(e\\)');
  expect([0, 999, 1_000, 99_999, 100_000, 5_000_000].map(sizeCategory)).toEqual([
    'n<1K',
    'n<1K',
    '1K<n<10K',
    '10K<n<100K',
    '100K<n<1M',
    '1M<n<10M',
  ]);
});
