/** Pausing ends, whatever is dead. */
import { beforeEach, describe, expect, it } from 'vitest';
import { WebLocks } from '../../browser/writer-locks';
import type { LanguageModel, ModelHost, RunStore, RunWriter } from '../../core/ports';
import type { RunId } from '../../core/task';
import { IdbRunStore } from '../../storage/idb-run-store';
import { deadFrom } from '../../testing/dead-from';
import { LocalSimilarity } from '../../testing/local-similarity';
import { quietServices } from '../../testing/quiet-services';
import { deleteDatabase } from '../../testing/raw-database';
import { ScriptedModel } from '../../testing/scripted-model';
import { tinyConfig, tinySeeds } from '../../testing/tiny-pool';
import type { Services } from '../services';
import { RunSession } from './run-session.svelte';

beforeEach(deleteDatabase);

const hostOf = (model: LanguageModel): ModelHost => ({
  list: () => Promise.resolve([]),
  find: () => Promise.reject(new Error('nothing is listed')),
  load: () => Promise.resolve(model),
  unload: () => Promise.resolve(),
});
/** The store with another writer in the place of the one that it gives. */
const claimedAs = (store: RunStore, change: (writer: RunWriter) => RunWriter): RunStore =>
  new Proxy(store, {
    get(target, name) {
      if (name === 'claim') return async (id: RunId) => change(await target.claim(id));
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
/** Calls that are answered before the service dies are those of the start, so that the run is in work. */
const DEAD: Readonly<Record<string, (store: RunStore) => Partial<Services>>> = {
  'the similarity worker': () => ({ similarity: deadFrom(new LocalSimilarity(), 'judge', 3) }),
  'the similarity worker while it is filled': () => ({ similarity: deadFrom(new LocalSimilarity(), 'add') }),
  'a write to the database': (store) => ({
    store: claimedAs(store, (writer) => deadFrom(writer, 'commit', 5)),
  }),
  'a read of the database': (store) => ({
    store: claimedAs(store, (writer) => deadFrom(writer, 'progress')),
  }),
  'the engine': () => ({ models: hostOf(deadFrom(new ScriptedModel(), 'complete', 6)) }),
  'the loading of the model': () => ({ models: deadFrom(hostOf(new ScriptedModel()), 'load') }),
};

describe('a pause', () => {
  it('ends though something never answers, and leaves the run to be resumed', async () => {
    const store = new IdbRunStore();
    const stopped = Object.entries(DEAD).map(async ([what, dead]) => {
      const services = {
        ...quietServices(store),
        models: hostOf(new ScriptedModel()),
        similarity: new LocalSimilarity(),
        locks: new WebLocks(),
      };
      const session = new RunSession({ ...services, ...dead(store) });
      const config = tinyConfig(1_000);
      const ended = session.start({
        model: 'scripted',
        config,
        seedSet: { id: 'tiny', name: 'Tiny', count: 10 },
        seeds: tinySeeds(),
      });
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      await session.pause();
      await ended;
      const run = session.run;
      expect([what, session.status, session.failure]).toEqual([what, run ? 'paused' : 'none', null]);
      if (!run) return;
      expect(await new WebLocks().acquire('run', run.id), what).not.toBeNull();
      const stored = await store.run(run.id);
      expect(stored?.progress.kept, what).toBe(session.progress?.kept ?? 0);
    });
    await Promise.all(stopped);
    store.close();
  });
});
