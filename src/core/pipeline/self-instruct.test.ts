import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LocalSimilarity } from '../../testing/local-similarity';
import { MemoryJournal } from '../../testing/memory-journal';
import { PRESETS, World, finish, started, undisturbed } from '../../testing/pipeline-world';
import { ScriptedModel } from '../../testing/scripted-model';
import { tinyConfig } from '../../testing/tiny-pool';
import { AppError } from '../errors';
import type { PipelineEvent } from './events';
import { selfInstruct } from './self-instruct';

describe.each(PRESETS)('a run with preset %s', (preset) => {
  const config = tinyConfig(9, preset);

  it('reaches its target, and its counters are the sums of its rows', async () => {
    const world = await undisturbed(config);
    const { progress, machines } = world;
    expect(progress).toMatchObject({ finished: true, kept: 9, nextSeq: 9, identified: 9, completed: 9 });
    expect(machines.map(({ seq }) => seq)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    const candidates = [...world.store.candidates.values()];
    expect(
      candidates
        .filter(({ verdict }) => verdict === 'kept')
        .map(({ id }) => id)
        .sort(),
    ).toEqual(machines.map(({ id }) => id));
    const rejected = Object.values(progress.rejected).reduce((sum, n) => sum + n, 0);
    expect(progress.kept + rejected).toBe(candidates.length);
    expect(rejected).toBeGreaterThan(0);
    const calls = [...world.store.calls.values()];
    for (const [stage, figures] of Object.entries(progress.stages)) {
      const own = calls.filter((call) => call.stage === stage);
      expect(figures.calls).toBe(own.length);
      expect(figures.promptTokens).toBe(own.reduce((sum, call) => sum + call.promptTokens, 0));
      expect(figures.completionTokens).toBe(own.reduce((sum, call) => sum + call.completionTokens, 0));
    }
    const complete = machines.filter((task) => task.stage === 'complete');
    expect(progress.instances).toBe(complete.reduce((sum, task) => sum + task.instances.length, 0));
    expect(progress.droppedInstances).toBe(complete.reduce((sum, task) => sum + task.dropped.length, 0));
    expect(progress.classification).toBe(complete.filter((task) => task.isClassification).length);
  });

  it('gives the same rows in whatever order model and store answer', async () => {
    const expected = (await undisturbed(config)).everything;
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.constantFrom(1, 2, 4, 6), async (scheduler, parallel) => {
        const wait = (): Promise<void> => scheduler.schedule(Promise.resolve());
        const world = new World(config);
        const model = new ScriptedModel({ parallel, before: wait });
        const { error } = await scheduler.waitFor(
          world.work(model, new MemoryJournal(world.store, null, wait)),
        );
        expect(error).toBeNull();
        expect(world.everything).toEqual(expected);
        expect(model.mostInFlight).toBeLessThanOrEqual(parallel);
      }),
      { numRuns: 25 },
    );
  });

  it('gives the same rows when the tab dies at any commit and the run is resumed', async () => {
    const expected = (await undisturbed(config)).everything;
    for (const when of ['before', 'after'] as const) {
      for (let at = 1; ; at++) {
        const world = new World(config);
        const journal = new MemoryJournal(world.store, { at, when });
        await world.work(new ScriptedModel(), journal);
        if (!journal.dead) break;
        await finish(world, []);
        expect(world.everything, `died ${when} commit ${at}`).toEqual(expected);
      }
    }
  });

  it('gives the same rows when tabs die again and again, in whatever order calls finish', async () => {
    const expected = (await undisturbed(config)).everything;
    const death = fc.record({
      at: fc.integer({ min: 1, max: 12 }),
      when: fc.constantFrom('before', 'after'),
    });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.array(death, { maxLength: 8 }), async (scheduler, deaths) => {
        const world = new World(config);
        const script = { before: () => scheduler.schedule(Promise.resolve()) };
        await scheduler.waitFor(finish(world, deaths, script));
        expect(world.everything).toEqual(expected);
      }),
      { numRuns: 25 },
    );
  });

  it('gives the same rows when any one model call fails and the run is resumed', async () => {
    const expected = await undisturbed(config);
    const calls = expected.store.calls.size;
    for (let failing = 1; failing <= calls; failing++) {
      const world = new World(config);
      const before = (number: number): void => {
        if (number === failing) throw new AppError({ kind: 'engine-failed', detail: 'no memory' });
      };
      const { error } = await world.work(new ScriptedModel({ before }));
      expect(error).toEqual(new AppError({ kind: 'engine-failed', detail: 'no memory' }));
      await finish(world, []);
      expect(world.everything).toEqual(expected.everything);
    }
  });
});

describe('what is in flight', () => {
  it('is never more than the model computes side by side, and a worker stores its call before it takes the next', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.integer({ min: 1, max: 5 }), async (scheduler, parallel) => {
        const wait = (): Promise<void> => scheduler.schedule(Promise.resolve());
        const world = new World(tinyConfig(6));
        const journal = new MemoryJournal(world.store, null, wait);
        const before = (number: number): Promise<void> => {
          expect(number - journal.committedCalls).toBeLessThanOrEqual(parallel);
          return wait();
        };
        const { error } = await scheduler.waitFor(
          world.work(new ScriptedModel({ parallel, before }), journal),
        );
        expect(error).toBeNull();
      }),
      { numRuns: 25 },
    );
  });

  it('is stopped by the signal; what was finished is stored and not asked again', async () => {
    const expected = (await undisturbed(tinyConfig(9))).everything;
    for (let stopAt = 1; stopAt <= 22; stopAt++) {
      const world = new World(tinyConfig(9));
      const controller = new AbortController();
      const before = (number: number): void => {
        if (number === stopAt) controller.abort();
      };
      const first = await world.work(
        new ScriptedModel({ before }),
        new MemoryJournal(world.store),
        controller.signal,
      );
      expect(first.error).toMatchObject({ name: 'AbortError' });
      const stored = new Set(world.store.calls.keys());
      const second = await world.work(new ScriptedModel());
      const again = second.events.flatMap((event) => (event.type === 'call-finished' ? [event.call.id] : []));
      expect(again.filter((id) => stored.has(id))).toEqual([]);
      expect(world.everything).toEqual(expected);
    }
  });

  it('comes to an end when the reader leaves early; nothing is written afterwards', async () => {
    const world = new World(tinyConfig(9));
    const model = new ScriptedModel({ before: () => new Promise((resolve) => setTimeout(resolve, 1)) });
    const journal = new MemoryJournal(world.store);
    const ports = { model, journal, similarity: new LocalSimilarity(), now: () => 0, date: () => 0 };
    for await (const event of selfInstruct(ports, world.run, 0, new AbortController().signal)) {
      if (event.type === 'call-finished') break;
    }
    expect(model.inFlight).toBe(0);
    const { commits } = journal;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(journal.commits).toBe(commits);
  });
});

describe('the pool that a request sees', () => {
  it.each(PRESETS)('is the same for all requests of a batch (%s)', async (preset) => {
    const world = new World(tinyConfig(14, preset));
    const { events } = await world.work(new ScriptedModel());
    let kept = new Set<string>();
    const rounds = new Map<number, Set<string>>();
    for (const event of events) {
      if (event.type === 'task' && event.task.stage === (preset === 'paper' ? 'complete' : 'instruction')) {
        kept = new Set([...kept, event.task.id]);
      }
      if (event.type !== 'call-started' || event.call.stage !== 'instructions') continue;
      const round = Math.floor(event.call.index / world.run.config.batchSize);
      const before = rounds.get(round) ?? kept;
      rounds.set(round, before);
      expect([...kept]).toEqual([...before]);
      for (const { id, origin } of event.call.exemplars) if (origin === 'machine') expect(kept).toContain(id);
    }
    expect(rounds.size).toBeGreaterThan(1);
    expect(kept.size).toBeGreaterThan(2);
  });

  it('shows two machine instructions among six seeds once there are two', async () => {
    const world = new World(tinyConfig(14));
    const { events } = await world.work(new ScriptedModel({ contextLength: 4096 }));
    const origins = started(events, 'instructions').map(({ exemplars }) =>
      exemplars.map(({ origin }) => origin).sort(),
    );
    expect(origins[0]).toEqual(Array<string>(8).fill('seed'));
    expect(origins.at(-1)).toEqual(['machine', 'machine', ...Array<string>(6).fill('seed')]);
  });

  it('holds only whole tasks when the switch says so', async () => {
    const world = new World(tinyConfig(14, 'paper'));
    const { events } = await world.work(new ScriptedModel());
    const whole = new Set(
      world.machines.filter((t) => t.stage === 'complete' && t.instances.length > 0).map(({ id }) => id),
    );
    const shown = started(events, 'instructions').flatMap(({ exemplars }) =>
      exemplars.filter((e) => e.origin === 'machine'),
    );
    expect(shown.length).toBeGreaterThan(0);
    for (const { id } of shown) expect(whole).toContain(id);
  });

  it('does not wait for whole tasks when they only come in the end', async () => {
    const config = tinyConfig(9, 'reference');
    const mixed = {
      ...config,
      switches: { ...config.switches, exemplarPool: 'tasks-with-instances' as const },
    };
    const { progress } = await undisturbed(mixed);
    expect(progress).toMatchObject({ finished: true, kept: 9, completed: 9 });
  });

  it('asks for classification tasks every n-th time, with classification seeds alone', async () => {
    const world = new World({ ...tinyConfig(12), classificationEvery: 3 });
    const { events } = await world.work(new ScriptedModel({ contextLength: 4096 }));
    const calls = started(events, 'instructions');
    for (const { index, classificationOnly, exemplars, prompt } of calls) {
      expect(classificationOnly).toBe(index % 3 === 2);
      expect(prompt.startsWith('Here is a list of different classification tasks.')).toBe(classificationOnly);
      if (classificationOnly) expect(exemplars).toHaveLength(4);
    }
  });
});

describe('the order of the work', () => {
  const firstOf = (events: readonly PipelineEvent[], stage: string): number =>
    events.findIndex((event) => event.type === 'call-started' && event.call.stage === stage);
  const lastOf = (events: readonly PipelineEvent[], stage: string): number =>
    events.findLastIndex((event) => event.type === 'call-finished' && event.call.stage === stage);

  it('finishes tasks as it goes', async () => {
    const { events } = await new World(tinyConfig(12)).work(new ScriptedModel());
    expect(firstOf(events, 'instances')).toBeLessThan(lastOf(events, 'instructions'));
  });
  it('goes stage by stage when the switch says so, after a resume too', async () => {
    for (const at of [8, 12, 15, 18, 20, 22, 24]) {
      const world = new World(tinyConfig(12, 'reference'));
      await world.work(new ScriptedModel(), new MemoryJournal(world.store, { at, when: 'after' }));
      const { events } = await world.work(new ScriptedModel());
      expect(firstOf(events, 'instances')).toBeGreaterThan(lastOf(events, 'classification'));
      if (firstOf(events, 'classification') >= 0)
        expect(firstOf(events, 'classification')).toBeGreaterThan(lastOf(events, 'instructions'));
    }
  });
});
