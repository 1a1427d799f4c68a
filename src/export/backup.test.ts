import 'fake-indexeddb/auto';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { Tally } from '../core/dataset/tally';
import { AppError } from '../core/errors';
import { candidateId, runId, seedId } from '../core/ids';
import { initialProgress } from '../core/pipeline/progress';
import type { BackupRow, RunSummary } from '../core/ports';
import type { RunProgress, RunRecord } from '../core/run';
import { REJECT_REASONS, type Candidate, type MachineTask, type RunId } from '../core/task';
import { IdbRunStore } from '../storage/idb-run-store';
import {
  candidateOf,
  complete,
  identified,
  instructionCall,
  machineTask,
  poolSeeds,
  tinyConfig,
  tinyRun,
  tinySeeds,
} from '../testing/tiny-pool';
import { rowCheck, writeBackup } from './backup';
import { collect } from './collect';
import { FORMATS, writeFormat } from './formats';
import { backupRows, checkBackup } from './read-backup';

const never = new AbortController().signal;
const RUN = runId(1);

async function* inPages<T>(rows: readonly T[], size = 3): AsyncGenerator<readonly T[]> {
  for (let at = 0; at < rows.length; at += size) {
    await Promise.resolve();
    yield rows.slice(at, at + size);
  }
}
/** A run and its rows as a store would hold them, counted by the rows. */
interface Stored extends RunSummary {
  readonly rows: readonly BackupRow[];
}
function stored(rows: readonly BackupRow[], rounds = 100): Stored {
  const tally = new Tally(RUN);
  for (const row of rows) tally.add(row);
  const run: RunRecord = tinyRun(tinyConfig(50));
  const progress: RunProgress = {
    ...tally.progress(initialProgress(RUN)),
    rounds,
    nextSeq: 40,
    seconds: 12.5,
  };
  return { run, progress, rows };
}
const source = ({ rows }: Stored) => {
  const only = <K extends BackupRow['kind']>(kind: K) =>
    rows.filter((entry): entry is Extract<BackupRow, { kind: K }> => entry.kind === kind);
  return {
    scanTasks: () => inPages(only('task').map(({ row }) => row)),
    scanCandidates: () => inPages(only('candidate').map(({ row }) => row)),
    scanCalls: () => inPages(only('call').map(({ row }) => row)),
  };
};
const backup = async (all: Stored): Promise<string> =>
  (await collect(writeBackup(all, source(all)), 'application/jsonl', never)).text();

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  // Half characters, as only a script could have stored them.
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  fc.constantFrom('<script>alert(1)</script>', '__proto__', '\u2028', '=1+1', '"}\n{"kind":"end"}'),
);
const instances = fc.array(fc.record({ input: anyText, output: anyText }), { maxLength: 2 });
const machine = fc.record({
  text: anyText,
  stage: fc.constantFrom('instruction', 'identified', 'complete'),
  yes: fc.boolean(),
  instances,
  edited: fc.boolean(),
  score: fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value + 0),
});
const anyRun = fc
  .record({
    machines: fc.array(machine, { maxLength: 7 }),
    rejected: fc.array(fc.record({ text: anyText, verdict: fc.constantFrom(...REJECT_REASONS) }), {
      maxLength: 4,
    }),
    calls: fc.array(fc.record({ prompt: anyText, text: anyText }), { maxLength: 4 }),
  })
  .map(({ machines, rejected, calls }) => {
    const tasks = machines.map((one, i): MachineTask => {
      const plain = machineTask(RUN, i, one.text);
      const original = { instruction: one.text, isClassification: null, instances: one.instances };
      const provenance = {
        ...plain.provenance,
        meanSimilarity: one.score,
        mostSimilar: [{ id: i > 0 ? candidateId(RUN, i - 1, 0) : seedId(RUN, 0), rougeL: one.score }],
        ...(one.edited ? { original } : {}),
      };
      const task: MachineTask = { ...plain, provenance };
      if (one.stage === 'instruction') return task;
      const typed = identified(task, one.yes);
      const whole = complete(typed);
      return one.stage === 'complete' && whole.stage === 'complete'
        ? { ...whole, instances: one.instances }
        : typed;
    });
    const dropped = rejected.map(({ text, verdict }, i): Candidate => ({
      ...candidateOf(machineTask(RUN, 50 + i, text), verdict),
      nearest: null,
    }));
    return stored([
      ...poolSeeds(RUN).map((row): BackupRow => ({ kind: 'task', row })),
      ...tasks.map((row): BackupRow => ({ kind: 'task', row })),
      ...tasks.map((row): BackupRow => ({ kind: 'candidate', row: candidateOf(row) })),
      ...dropped.map((row): BackupRow => ({ kind: 'candidate', row })),
      ...calls.map(({ prompt, text }, i): BackupRow => ({
        kind: 'call',
        row: { ...instructionCall(RUN, i), prompt, text },
      })),
    ]);
  });
const someRun = (): Stored => {
  const [run] = fc.sample(anyRun, { seed: 11, numRuns: 1 });
  return stored(
    [
      ...(run?.rows ?? []).filter(({ row }) => !row.id.includes('-m00000')),
      ...[0, 1, 2].flatMap((i): BackupRow[] => {
        const row = complete(machineTask(RUN, i, `Name ${i} things that are round.`));
        return [
          { kind: 'task', row },
          { kind: 'candidate', row: candidateOf(row) },
        ];
      }),
    ].sort((a, b) => order(a) - order(b)),
  );
};
const order = ({ kind }: BackupRow): number => ['task', 'candidate', 'call'].indexOf(kind);

const file = (text: string): File => new File([text], 'run.jsonl');
const check = (text: string) => checkBackup(file(text), never);
async function refusal(text: string): Promise<string> {
  const error: unknown = await check(text).catch((e: unknown) => e);
  if (error instanceof AppError && error.failure.kind === 'bad-file') return error.failure.detail;
  throw new Error(`not refused: ${String(error)}`);
}
async function readRows(text: string): Promise<BackupRow[]> {
  const rows: BackupRow[] = [];
  for await (const page of backupRows(file(text), never)) rows.push(...page);
  return rows;
}

describe('a backup', () => {
  it('holds every row as it was, for any text', async () => {
    await fc.assert(
      fc.asyncProperty(anyRun, async (all) => {
        const text = await backup(all);
        const { summary, counts } = await check(text);
        expect(summary).toEqual({ run: all.run, progress: all.progress });
        expect(counts.tasks + counts.candidates + counts.calls).toBe(all.rows.length);
        expect(await readRows(text)).toEqual(all.rows);
      }),
      { numRuns: 60 },
    );
  });

  it('of a run that goes on meanwhile is a snapshot that is whole in itself', async () => {
    // One round of four requests is known at the beginning; a second is stored before the tasks are read, a third after.
    const [first, second, third] = [0, 4, 8].map((i) => machineTask(RUN, i)) as [
      MachineTask,
      MachineTask,
      MachineTask,
    ];
    const rejected = candidateOf(machineTask(RUN, 9), 'too-short');
    const rows: BackupRow[] = [
      ...[first, complete(second)].map((row): BackupRow => ({ kind: 'task', row })),
      ...[first, second, third].map((row): BackupRow => ({ kind: 'candidate', row: candidateOf(row) })),
      { kind: 'candidate', row: rejected },
      { kind: 'call', row: instructionCall(RUN, 0) },
      { kind: 'call', row: instructionCall(RUN, 11) },
    ];
    const all = { ...stored(rows, 1), progress: { ...initialProgress(RUN), rounds: 1, nextSeq: 1 } };
    const { summary, counts } = await check(await backup(all));
    expect(counts).toEqual({ tasks: 2, candidates: 2, calls: 2 });
    expect(summary.progress).toMatchObject({ kept: 2, completed: 1, rejected: {}, rounds: 2, nextSeq: 5 });
    expect(summary.progress.stages.instructions.calls).toBe(2);
  });
});

describe('a backup is refused', () => {
  const lines = async (): Promise<string[]> => (await backup(someRun())).split('\n').slice(0, -1);

  it('wherever it is cut', async () => {
    const text = await backup(someRun());
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: text.length - 2 }), async (length) => {
        // The end of the last line without its line feed is still the whole file.
        expect(await refusal(text.slice(0, length))).toMatch(/^“run\.jsonl” cannot be brought back: /u);
      }),
      { numRuns: 60 },
    );
    const whole = await lines();
    expect(await refusal(`${whole.slice(0, -1).join('\n')}\n`)).toContain('it ends in the middle');
    expect(await refusal(text.slice(0, -20))).toMatch(
      /it ends in the middle of line \d+, so a part is missing/u,
    );
    expect(await refusal('')).toContain('it is empty');
    await expect(check(text.slice(0, -1))).resolves.toBeDefined();
  });

  it('when one character of a row was changed', async () => {
    const all = await lines();
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: all.length - 2 }), fc.nat(), async (at, where) => {
        const line = all[at] ?? '';
        const from = line.indexOf('"row":') + 6;
        const i = from + (where % (line.length - from - 1));
        const other = line[i] === 'x' ? 'y' : 'x';
        const changed = all.with(at, `${line.slice(0, i)}${other}${line.slice(i + 1)}`);
        expect(await refusal(changed.join('\n'))).toContain(`line ${at + 1}: `);
      }),
      { numRuns: 80 },
    );
  });

  it.each([
    [
      'another file',
      () => '{"instruction":"Name a bird.","instances":[]}',
      'it does not begin like a backup',
    ],
    ['a list', () => '[1]', 'it does not begin like a backup'],
    ['no JSON', () => 'Dear diary', 'this is no JSON object'],
    [
      'a newer version',
      (head: string) => head.replace('"version":1', '"version":2'),
      'a newer version of this app',
    ],
    [
      'an unknown version',
      (head: string) => head.replace('"version":1', '"version":0.5'),
      'version (0.5) is not known',
    ],
    [
      'a run without settings',
      (head: string) => head.replace('"config":', '"other":'),
      '"config" is missing',
    ],
    [
      'a batch of none',
      (head: string) => head.replace('"batchSize":4', '"batchSize":0'),
      '"config.batchSize"',
    ],
    [
      'an id of no run',
      (head: string) => head.replace('"id":"r0001"', '"id":"r1"'),
      '"id" is no id of this app',
    ],
    [
      'an endless number',
      (head: string) => head.replace('"createdAt":1', '"createdAt":1e999'),
      '"createdAt"',
    ],
  ])('with the header of %s', async (_, change, reason) => {
    const [head = '', ...rest] = await lines();
    expect(await refusal([change(head), ...rest].join('\n'))).toContain(reason);
  });

  const withRow = async (
    change: (row: Record<string, unknown>) => unknown,
    kind = 'task',
  ): Promise<string> => {
    const all = await lines();
    const at = all.findIndex((line) => line.includes(`"kind":"${kind}"`) && line.includes('-m000001-'));
    const entry = JSON.parse(all[at] ?? '') as { row: Record<string, unknown> };
    const row = change(entry.row);
    return refusal(all.with(at, JSON.stringify({ kind, check: rowCheck(row), row })).join('\n'));
  };
  it('with a row of another run, a wrong type, a foreign id or an id out of place', async () => {
    expect(await withRow((row) => ({ ...row, runId: 'r0002' }))).toContain('belongs to another run');
    expect(await withRow((row) => ({ ...row, seq: '1' }))).toContain('"row.seq" should be number');
    expect(await withRow((row) => ({ ...row, stage: 'done' }))).toMatch(/line \d+: "row\.stage" should be/u);
    expect(await withRow((row) => ({ ...row, id: '../../etc' }))).toContain('"row.id" is no id of this app');
    expect(await withRow((row) => ({ ...row, id: candidateId(RUN, 9, 0) }))).toContain(
      'does not fit its place',
    );
    expect(
      await withRow((row) => ({ ...row, nearest: { id: 'r0009-m000000-000', rougeL: 0 } }), 'candidate'),
    ).toContain('r0009-m000000-000, which belongs to another run');
    expect(await withRow(() => null)).toContain('should be Object');
  });
  it('with a row twice, a row too few, or counters that do not fit', async () => {
    const all = await lines();
    const at = all.findIndex((line) => line.includes('"kind":"candidate"'));
    const row = all[at] ?? '';
    expect(await refusal(all.toSpliced(at, 0, row).join('\n'))).toContain('stands there twice');
    expect(await refusal(all.toSpliced(at, 1).join('\n'))).toContain('but holds');
    const end = all[all.length - 1] ?? '';
    expect(await refusal(all.with(-1, end.replace(/"kept":\d+/u, '"kept":99')).join('\n'))).toContain(
      'do not match the rows',
    );
    expect(
      await refusal(all.with(-1, end.replace('"runId":"r0001"', '"runId":"r0005"')).join('\n')),
    ).toContain('another run');
    expect(await refusal([...all, row].join('\n'))).toContain('after the last line');
  });
  it('with a line that never ends, without keeping it', async () => {
    const all = await lines();
    const parts = [`${all[0] ?? ''}\n`, 'x'.repeat(17 * 1024 * 1024)];
    const long = new File(parts, 'long.jsonl');
    await expect(checkBackup(long, never)).rejects.toMatchObject({
      failure: { detail: expect.stringContaining('it ends in the middle of line 2') as string },
    });
  });
  it('with a long line in the middle, by its number', async () => {
    const all = await lines();
    const text = all.with(3, 'x'.repeat(17 * 1024 * 1024)).join('\n');
    expect(await refusal(text)).toContain('line 4: it is longer than 16384 kB');
  });
  it('takes hostile keys as plain data and leaves them out', async () => {
    const all = await lines();
    const at = all.findIndex((line) => line.includes('-m000001-'));
    const { row } = JSON.parse(all[at] ?? '') as { row: object };
    const hostile = JSON.parse(
      `${JSON.stringify(row).slice(0, -1)},"__proto__":{"polluted":1},"extra":2}`,
    ) as object;
    const text = all
      .with(at, JSON.stringify({ kind: 'task', check: rowCheck(hostile), row: hostile }))
      .join('\n');
    await check(text);
    expect((await readRows(text)).find((entry) => entry.row.id.includes('-m000001-'))?.row).toEqual(row);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('a run that is brought back', () => {
  let store: IdbRunStore;
  beforeEach(async () => {
    store = new IdbRunStore();
    for (const { run } of await store.latestRuns(100)) await store.deleteRun(run.id);
  });
  async function fill(all: Stored): Promise<RunId> {
    const { id } = await store.importRun(all, inPages(all.rows), never, () => undefined);
    return id;
  }
  const exported = async (id: RunId, format: string): Promise<string> => {
    const found = FORMATS.find((one) => one.id === format);
    if (!found) throw new Error(format);
    const pieces = writeFormat(found, store.scanTasks(id), { withSeeds: false, seed: 1 });
    return (await collect(pieces, '', never)).text();
  };

  it('gives the same data set, byte for byte, and the same backup again', async () => {
    await fc.assert(
      fc.asyncProperty(anyRun, async (all) => {
        const first = await fill(all);
        const summary = await store.run(first);
        if (!summary) throw new Error('not stored');
        const text = await (await collect(writeBackup(summary, store), '', never)).text();
        const checked = await check(text);
        const second = await store.importRun(
          checked.summary,
          backupRows(file(text), never),
          never,
          () => undefined,
        );
        expect(second.id).not.toBe(first);
        expect(await exported(second.id, 'dataset')).toBe(await exported(first, 'dataset'));
        const again = await store.run(second.id);
        if (!again) throw new Error('not stored');
        const copy = await (await collect(writeBackup(again, store), '', never)).text();
        const rows = (one: string): unknown[] =>
          one
            .split('\n')
            .slice(1, -1)
            .map((line) => ({ ...(JSON.parse(line) as object), check: 0 }));
        expect(rows(copy.replaceAll(second.id, first))).toEqual(rows(text));
        await store.deleteRun(first);
        await store.deleteRun(second.id);
      }),
      { numRuns: 15 },
    );
  });

  it('is undone as a whole when reading fails half way', async () => {
    const all = someRun();
    // eslint-disable-next-line @typescript-eslint/require-await
    const broken = (async function* (): AsyncGenerator<readonly BackupRow[]> {
      yield all.rows.slice(0, 5);
      throw new AppError({ kind: 'bad-file', detail: 'the disk was pulled out' });
    })();
    await expect(store.importRun(all, broken, never, () => undefined)).rejects.toBeInstanceOf(AppError);
    expect(await store.latestRuns(10)).toEqual([]);
    const run = await store.createRun({ ...all.run, seeds: tinySeeds(2), createdAt: 1 });
    const tasks: unknown[] = [];
    for await (const page of store.scanTasks(run.id)) tasks.push(...page);
    expect(tasks).toHaveLength(2);
  });
});
