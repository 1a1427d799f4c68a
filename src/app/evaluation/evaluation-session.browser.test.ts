import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../core/errors';
import type { EvaluationSet } from '../../core/evaluation/evaluation';
import { builtInEvaluation } from '../../core/evaluation/prompt';
import type { ModelInfo } from '../../core/models/stored-model';
import type { CompletionRequest } from '../../core/ports';
import { IdbRunStore } from '../../storage/idb-run-store';
import { BUILT_IN_INFO, type QuietServices, quietServices } from '../../testing/quiet-services';
import { deleteDatabase } from '../../testing/raw-database';
import { type HostedModel, ScriptedHost } from '../../testing/scripted-host';
import { EvaluationResults } from './evaluation-results.svelte';
import { EvaluationSession } from './evaluation-session.svelte';

const SET: EvaluationSet = {
  id: 'tiny',
  name: 'Tiny',
  tasks: Array.from({ length: 12 }, (_, i) => ({
    id: `t${i}`,
    instruction: `Name the number ${i}.`,
    input: '',
    references: [`number ${i}`],
    isClassification: i % 2 === 0,
    app: i < 6 ? 'School' : 'Home',
  })),
};
const TUNED: ModelInfo = {
  ...BUILT_IN_INFO,
  id: 'tuned',
  name: 'Finetuned',
  origin: 'finetuned',
  hash: 'f1',
};
const config = builtInEvaluation(1);
const numberIn = ({ prompt }: CompletionRequest): number => Number(/(\d+)/u.exec(prompt)?.[1]);

let store: IdbRunStore;
let services: QuietServices;
let host: ScriptedHost;
let base: { -readonly [K in keyof HostedModel]: HostedModel[K] };
let tuned: { -readonly [K in keyof HostedModel]: HostedModel[K] };
let session: EvaluationSession;

beforeEach(async () => {
  await deleteDatabase();
  store = new IdbRunStore();
  base = { info: BUILT_IN_INFO, script: { parallel: 3, text: () => ' no idea', finishReason: () => 'stop' } };
  tuned = {
    info: TUNED,
    script: { parallel: 2, text: (request) => ` number ${numberIn(request)}`, finishReason: () => 'stop' },
  };
  host = new ScriptedHost([base, tuned]);
  services = { ...quietServices(store), models: host };
  session = new EvaluationSession(services);
});
afterEach(() => store.close());
const start = (): Promise<void> =>
  session.start({ name: 'Before and after', set: SET, config, models: [BUILT_IN_INFO, TUNED] });
const textsOf = (key: string): (string | undefined)[] => session.answersOf(key).map((answer) => answer?.text);

describe('asking', () => {
  it('asks one model after the other and stores every answer', async () => {
    await start();
    expect(session.status).toBe('finished');
    expect(host.loads).toEqual([BUILT_IN_INFO.id, 'tuned']);
    expect(session.progress).toMatchObject({ done: 24, total: 24 });
    const id = session.record?.id ?? '';
    const again = new EvaluationSession(services);
    await again.open(id);
    expect(again.status).toBe('finished');
    expect(again.answersOf('m02').map((answer) => answer?.text)).toEqual(
      SET.tasks.map((_, i) => ` number ${i}`),
    );
    expect(again.record?.models.every(({ finished }) => finished)).toBe(true);
  });

  it('pauses, and goes on in another tab without asking twice', async () => {
    let calls = 0;
    base.script = {
      ...base.script,
      before: () => {
        if (++calls === 6) void session.pause();
      },
    };
    await start();
    expect(session.status).toBe('paused');
    const before = session.answeredOf('m01');
    expect(before).toBeLessThan(12);
    const other = new EvaluationSession(services);
    const id = session.record?.id ?? '';
    const asked: number[] = [];
    base.script = { ...base.script, before: (_, request) => void asked.push(numberIn(request)) };
    await other.resume(id);
    expect(other.status).toBe('finished');
    expect(asked).toHaveLength(12 - before);
    expect(new Set(asked).size).toBe(asked.length);
  });

  it('is not asked in two tabs at once', async () => {
    await start();
    services.lockedElsewhere.add(session.record?.id ?? '');
    const other = new EvaluationSession(services);
    await other.resume(session.record?.id ?? '');
    expect(other.failure).toMatchObject({ kind: 'evaluation-open-elsewhere' });
  });

  it('stops at a failure of the engine and keeps what there is', async () => {
    base.script = {
      ...base.script,
      before: (_, request) => {
        if (numberIn(request) === 7) throw new AppError({ kind: 'engine-failed', detail: 'broken' });
      },
    };
    await start();
    expect(session.status).toBe('failed');
    expect(session.failure).toMatchObject({ kind: 'engine-failed' });
    const kept = session.answeredOf('m01');
    expect(kept).toBeGreaterThan(0);
    base.script = { ...base.script, before: () => undefined };
    await session.resume(session.record?.id ?? '');
    expect(session.status).toBe('finished');
  });

  it('asks the others when one model is gone or has other weights', async () => {
    base.hash = 'other';
    await start();
    expect(session.status).toBe('failed');
    expect(session.skipped).toMatchObject([{ key: 'm01', failure: { kind: 'model-changed' } }]);
    expect(session.answeredOf('m02')).toBe(12);
    await session.removeModel('m01');
    expect(session.record?.models.map(({ key }) => key)).toEqual(['m02']);
    host.models.splice(0, 1);
    await session.addModels([BUILT_IN_INFO]);
    expect(session.status).toBe('paused');
    await session.resume(session.record?.id ?? '');
    expect(session.skipped).toMatchObject([{ failure: { kind: 'model-not-here' } }]);
  });
});

describe('answers from a file', () => {
  const file = (lines: readonly object[]): File =>
    new File([lines.map((line) => `${JSON.stringify(line)}\n`).join('')], 'other_predictions.jsonl');
  const signal = new AbortController().signal;

  it('count as a model', async () => {
    await session.start({ name: 'Only a file', set: SET, config, models: [] });
    expect(session.status).toBe('finished');
    const found = await session.addPredictions(
      file([
        { id: 't3', response: 'number 3' },
        { instruction: 'Name the number 4.', response: 'four' },
        { id: 'x', response: '?' },
      ]),
      signal,
    );
    expect(found).toMatchObject({ strangers: 1 });
    expect(session.record?.models).toMatchObject([{ name: 'other', modelId: null, origin: 'predictions' }]);
    expect(textsOf('m01').filter((text) => text !== undefined)).toEqual(['number 3', 'four']);
    const again = new EvaluationSession(services);
    await again.open(session.record?.id ?? '');
    expect(again.answeredOf('m01')).toBe(2);
  });

  it('of another set change nothing', async () => {
    await start();
    expect(await session.addPredictions(file([{ id: 'x', response: '?' }]), signal)).toBeNull();
    expect(session.failure).toMatchObject({ kind: 'bad-file' });
    expect(session.status).toBe('finished');
    expect(session.record?.models).toHaveLength(2);
  });
});

describe('two tabs on one evaluation', () => {
  let other: EvaluationSession;
  let otherStore: IdbRunStore;
  let otherServices: QuietServices;
  const file = (name: string, ids: readonly string[]): File =>
    new File(
      [ids.map((id) => `${JSON.stringify({ id, response: `of ${name}` })}\n`).join('')],
      `${name}_predictions.jsonl`,
    );
  const signal = new AbortController().signal;
  const ids = (count: number): string[] => SET.tasks.slice(0, count).map(({ id }) => id);
  beforeEach(() => {
    otherStore = new IdbRunStore();
    otherServices = { ...quietServices(otherStore), models: host };
    other = new EvaluationSession(otherServices);
  });
  afterEach(() => otherStore.close());

  it('both add answers of a file: each model keeps its own', async () => {
    await session.start({ name: 'Files', set: SET, config, models: [] });
    const id = session.record?.id ?? '';
    await other.open(id);
    await Promise.all([
      session.addPredictions(file('Alpha', ids(6)), signal),
      other.addPredictions(file('Beta', ids(3)), signal),
    ]);
    for (const one of [session, other]) {
      await expect
        .poll(() => one.record?.models.map(({ name, key }) => [name, one.answeredOf(key)]).toSorted())
        .toEqual([
          ['Alpha', 6],
          ['Beta', 3],
        ]);
    }
    const again = new EvaluationSession(services);
    await again.open(id);
    for (const { name, key } of again.record?.models ?? []) {
      const texts = again.answersOf(key).flatMap((answer) => answer?.text ?? []);
      expect(new Set(texts)).toEqual(new Set([`of ${name}`]));
    }
  });

  it('a file added while the other tab asks stays, and a model added later is asked itself', async () => {
    let added: Promise<unknown> | undefined;
    let calls = 0;
    base.script = {
      ...base.script,
      before: async () => {
        if (++calls !== 4) return;
        await other.open(session.record?.id ?? '');
        await (added = other.addPredictions(file('Beta', ids(12)), signal));
      },
    };
    await session.start({ name: 'Before', set: SET, config, models: [BUILT_IN_INFO] });
    await added;
    expect(session.status).toBe('finished');
    await session.addModels([TUNED]);
    await session.resume(session.record?.id ?? '');
    expect(session.record?.models.map(({ name }) => name)).toEqual([BUILT_IN_INFO.name, 'Beta', 'Finetuned']);
    const tunedKey = session.record?.models[2]?.key ?? '';
    expect(textsOf(tunedKey)).toEqual(SET.tasks.map((_, i) => ` number ${i}`));
    expect(host.loads).toContain('tuned');
  });

  it('deleted in one while the other asks: that one stops, tells it, and writes nothing', async () => {
    let calls = 0;
    base.script = {
      ...base.script,
      before: async () => {
        // Without locks, as over plain http: with them the deletion is refused.
        if (++calls === 5) await otherServices.evaluations.delete(session.record?.id ?? '');
      },
    };
    await start();
    await expect.poll(() => session.status).toBe('none');
    expect(session.failure).toMatchObject({ kind: 'record-gone', record: 'evaluation' });
    expect(session.record).toBeNull();
    expect(await services.evaluations.list()).toEqual([]);
    for await (const page of services.evaluations.scanAnswers('e0001')) expect(page).toEqual([]);
  });

  it('what is asked in one is shown in the other as it comes, and cannot be deleted there', async () => {
    const seen: number[] = [];
    let calls = 0;
    tuned.script = {
      ...tuned.script,
      before: async () => {
        if (++calls !== 6) return;
        await other.open(session.record?.id ?? '');
        seen.push(other.answeredOf('m01'));
        otherServices.lockedElsewhere.add(session.record?.id ?? '');
        await other.delete();
        await other.removeModel('m02');
      },
    };
    await start();
    expect(seen).toEqual([12]);
    expect(other.failure).toMatchObject({ kind: 'evaluation-open-elsewhere' });
    await expect.poll(() => other.answeredOf('m02')).toBe(12);
    await expect.poll(() => other.status).toBe('finished');
  });

  it('tells a failure to remove a model and keeps the model', async () => {
    await start();
    services.evaluations.removeModel = () =>
      Promise.reject(new AppError({ kind: 'storage-unavailable', detail: 'broken' }));
    await session.removeModel('m01');
    expect(session.failure).toMatchObject({ kind: 'storage-unavailable' });
    expect(session.record?.models).toHaveLength(2);
    expect(session.answeredOf('m01')).toBe(12);
  });
});

describe('results', () => {
  it('score, compare and divide the answers, in whatever way is chosen', async () => {
    await start();
    const results = new EvaluationResults(session);
    await results.refresh();
    expect(results.figures?.models.map(({ rougeL }) => rougeL?.mean)).toEqual([0, 100]);
    expect([results.from, results.to]).toEqual(['m01', 'm02']);
    expect(results.pair?.test.difference).toBe(100);
    expect(results.pair).toMatchObject({ wins: 12, ties: 0, losses: 0, tasks: 12 });
    expect(results.pair?.test.signFlipP).toBe(2 / 2 ** 12);
    expect(results.partTable?.parts.map(({ part }) => part.label)).toEqual(['Home', 'School']);
    results.compare('m02', 'm01');
    expect(results.pair?.test.difference).toBe(-100);
    results.measure = 'exact';
    results.partKind = 'type';
    await results.refresh();
    expect(results.figures?.measure).toBe('exact');
    expect(results.partTable?.parts).toHaveLength(2);
  });

  it('keep up with answers that come while they are computed', async () => {
    const results = new EvaluationResults(session);
    const running = start();
    await expect.poll(() => session.record).not.toBeNull();
    void results.refresh();
    await running;
    await results.refresh();
    expect(results.figures?.models.map(({ answers }) => answers)).toEqual([12, 12]);
  });

  it('sort and filter the tasks', async () => {
    tuned.script = {
      ...tuned.script,
      text: (request) => (numberIn(request) % 3 === 0 ? '' : ` number ${numberIn(request)}`),
    };
    await start();
    const results = new EvaluationResults(session);
    await results.refresh();
    expect(results.rows.map(({ gain }) => gain)).toEqual([...new Array<number>(8).fill(100), 0, 0, 0, 0]);
    results.filter = 'trouble';
    expect(results.rows.map(({ index }) => index)).toEqual([0, 3, 6, 9]);
    results.filter = 'all';
    results.sort = 'set';
    results.search = 'HOME';
    expect(results.rows.map(({ index }) => index)).toEqual([6, 7, 8, 9, 10, 11]);
  });
});
