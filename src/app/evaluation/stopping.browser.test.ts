/** Stopping an evaluation ends, whatever is dead, and is no failure. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebLocks } from '../../browser/writer-locks';
import { AppError } from '../../core/errors';
import type { EvaluationSet } from '../../core/evaluation/evaluation';
import { builtInEvaluation } from '../../core/evaluation/prompt';
import type { LanguageModel, ModelHost } from '../../core/ports';
import { EngineConnection } from '../../inference/engine-connection';
import { IdbEvaluationStore } from '../../storage/idb-evaluation-store';
import { IdbRunStore } from '../../storage/idb-run-store';
import { deadFrom } from '../../testing/dead-from';
import { BUILT_IN_INFO, quietServices } from '../../testing/quiet-services';
import { deleteDatabase } from '../../testing/raw-database';
import { ScriptedHost } from '../../testing/scripted-host';
import { type Script, ScriptedModel } from '../../testing/scripted-model';
import type { Services } from '../services';
import { EvaluationSession } from './evaluation-session.svelte';

const SET: EvaluationSet = {
  id: 'tiny',
  name: 'Tiny',
  tasks: Array.from({ length: 400 }, (_, i) => ({
    id: `t${i}`,
    instruction: `Name the number ${i}.`,
    input: '',
    references: [`number ${i}`],
    isClassification: false,
    app: 'School',
  })),
};
const soon = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const SCRIPT: Script = {
  parallel: 3,
  text: () => ' no idea',
  finishReason: () => 'stop',
  before: () => soon(20),
};
const host = (): ModelHost => new ScriptedHost([{ info: BUILT_IN_INFO, script: SCRIPT }]);
const hostOf = (complete: LanguageModel['complete']): ModelHost => {
  const { id, name, hash } = BUILT_IN_INFO;
  const model = new ScriptedModel({ ...SCRIPT, named: { id, name, hash } });
  model.complete = complete.bind(model);
  return { ...quietServices(store).models, load: () => Promise.resolve(model) };
};
/** An engine whose worker never says anything. */
function deadWorker(): ModelHost {
  const worker = new Worker(URL.createObjectURL(new Blob([''])));
  const engine = new EngineConnection<unknown, unknown>(worker, 'engine');
  return hostOf((request, signal, listener) =>
    engine.complete(request, signal as AbortSignal, (text) => listener?.text(text)),
  );
}
const DEAD: Readonly<Record<string, () => Partial<Services>>> = {
  "the engine's worker": () => ({ models: deadWorker() }),
  'the engine, which takes no notice of the stop': () => ({
    models: hostOf(() => new Promise<never>(() => undefined)),
  }),
  'the loading of the model': () => ({ models: deadFrom(host(), 'load') }),
  'the making of the record': () => ({ evaluations: deadFrom(new IdbEvaluationStore(), 'create') }),
  'the write of an answer': () => ({ evaluations: deadFrom(new IdbEvaluationStore(), 'saveAnswers', 5) }),
  'every write of the record': () => ({ evaluations: deadFrom(new IdbEvaluationStore(), 'change') }),
};

let store: IdbRunStore;

beforeEach(async () => {
  await deleteDatabase();
  store = new IdbRunStore();
});
afterEach(() => store.close());

const sessionOf = (dead: Partial<Services>): EvaluationSession =>
  new EvaluationSession({ ...quietServices(store), models: host(), locks: new WebLocks(), ...dead });
const start = (session: EvaluationSession): Promise<void> =>
  session.start({ name: 'One', set: SET, config: builtInEvaluation(1), models: [BUILT_IN_INFO] });

describe('a stop', () => {
  it('ends though something never answers, and leaves the evaluation to be resumed', async () => {
    const stopped = Object.entries(DEAD).map(async ([what, dead]) => {
      const session = sessionOf(dead());
      const ended = start(session);
      await soon(1_000);
      expect([what, session.active, session.failure]).toEqual([what, true, null]);
      await session.pause();
      await ended;
      const { record } = session;
      expect([what, session.status, session.failure]).toEqual([what, record ? 'paused' : 'none', null]);
      if (!record) return;
      const lock = await new WebLocks().acquire('evaluation', record.id);
      expect(lock, what).not.toBeNull();
      lock?.release();
      const again = new EvaluationSession(quietServices(store));
      await again.open(record.id);
      expect([what, again.status]).toEqual([what, 'paused']);
      // What is shown as answered is stored.
      expect([what, again.answeredOf('m01')]).toEqual([what, session.answeredOf('m01')]);
    });
    await Promise.all(stopped);
  });

  it('is a stop, whatever the work then ends with', async () => {
    const session: EvaluationSession = sessionOf({
      models: hostOf(async () => {
        void session.pause();
        await soon(0);
        throw new AppError({ kind: 'worker-crashed', worker: 'engine', detail: 'ended' });
      }),
    });
    await start(session);
    expect([session.status, session.failure]).toEqual(['paused', null]);
  });
});
