import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Death, MemoryJournal, MemoryStore } from '../../testing/memory-journal';
import { LocalSimilarity } from '../../testing/local-similarity';
import { type Script, ScriptedModel, scriptedText } from '../../testing/scripted-model';
import { machineTask, poolSeeds, tinyConfig, tinyRun } from '../../testing/tiny-pool';
import { datasetRecord } from '../dataset/rows';
import { AppError } from '../errors';
import { paperConfig } from '../presets';
import type { CompletionRequest } from '../ports';
import type { PresetName, RunConfig, RunProgress } from '../run';
import type { MachineTask, Task } from '../task';
import type { PipelineEvent, StartedCall } from './events';
import { selfInstruct } from './self-instruct';

const PRESETS: readonly PresetName[] = ['ours', 'paper', 'reference'];

class World {
  readonly store: MemoryStore;
  readonly run: ReturnType<typeof tinyRun>;
  constructor(config: RunConfig) {
    this.run = tinyRun(config);
    this.store = new MemoryStore(poolSeeds(this.run.id));
  }
  /** Opens a tab that works on the run until it ends, fails or dies. */
  async work(
    model: ScriptedModel,
    journal = new MemoryJournal(this.store),
    signal = new AbortController().signal,
  ) {
    const events: PipelineEvent[] = [];
    let error: unknown = null;
    const ports = { model, journal, similarity: new LocalSimilarity(), now: () => 0, date: () => 0 };
    try {
      for await (const event of selfInstruct(ports, this.run, 0, signal)) events.push(event);
    } catch (thrown) {
      error = thrown;
    }
    return { events, error, journal, model };
  }
  get progress(): RunProgress {
    const progress = this.store.progress.get(this.run.id);
    if (!progress) throw new Error('nothing was stored');
    return progress;
  }
  get machines(): MachineTask[] {
    return this.store
      .sorted<Task>(this.store.tasks)
      .filter((task): task is MachineTask => task.origin === 'machine');
  }
  /** All that a run leaves behind. */
  get everything(): unknown {
    return {
      dataset: this.machines.map(datasetRecord),
      tasks: this.machines,
      candidates: this.store.sorted(this.store.candidates),
      calls: this.store.sorted(this.store.calls),
      progress: this.progress,
    };
  }
}

async function undisturbed(config: RunConfig, script: Script = {}): Promise<World> {
  const world = new World(config);
  const { error } = await world.work(new ScriptedModel(script));
  expect(error).toBeNull();
  return world;
}

/** Works on the run, one tab after the other, until one comes to the end. */
async function finish(world: World, deaths: readonly Death[], script: Script = {}): Promise<void> {
  for (const death of deaths) {
    const { error, journal } = await world.work(
      new ScriptedModel(script),
      new MemoryJournal(world.store, death),
    );
    if (journal.dead) expect(error).toBeInstanceOf(AppError);
    else expect(error).toBeNull();
  }
  const { error } = await world.work(new ScriptedModel(script));
  expect(error).toBeNull();
}

const started = (events: readonly PipelineEvent[], stage: StartedCall['stage']): StartedCall[] =>
  events.flatMap((event) =>
    event.type === 'call-started' && event.call.stage === stage ? [event.call] : [],
  );

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
  it('is never more than the model computes side by side, and a lane stores its call before it takes the next', async () => {
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

describe('what goes wrong', () => {
  it.each(['before', 'after'] as const)(
    'a commit that fails (%s writing) ends the run; nothing after it is written, nothing is lost',
    async (when) => {
      const expected = (await undisturbed(tinyConfig(9))).everything;
      for (let at = 1; at <= 20; at++) {
        const world = new World(tinyConfig(9));
        const full = new AppError({ kind: 'storage-full', detail: 'QuotaExceededError' });
        // Fails once and works again: a small row may still fit where a large one did not.
        const journal = new (class extends MemoryJournal {
          failed = 0;
          override async commit(commit: Parameters<MemoryJournal['commit']>[0]): Promise<void> {
            if (this.commits + 1 === at && this.failed++ === 0) {
              if (when === 'after') world.store.write(commit);
              throw full;
            }
            await super.commit(commit);
          }
        })(world.store);
        const { error, events } = await world.work(new ScriptedModel(), journal);
        expect(error).toBe(full);
        expect(journal.commits).toBe(at - 1);
        // Every kept task was told, so that the session can save it from memory.
        const told = new Set(events.flatMap((event) => (event.type === 'task' ? [event.task.id] : [])));
        for (const { id } of world.machines) expect(told).toContain(id);
        await finish(world, []);
        expect(world.everything).toEqual(expected);
      }
    },
  );

  it('tells tasks that could not be stored', async () => {
    const world = new World(tinyConfig(9));
    const { events, journal } = await world.work(
      new ScriptedModel(),
      new MemoryJournal(world.store, { at: 5, when: 'before' }),
    );
    expect(journal.dead).toBe(true);
    expect(events.some((event) => event.type === 'task')).toBe(true);
    expect(world.machines).toEqual([]);
  });

  it('a journal that cannot be read ends the run before any call', async () => {
    const world = new World(tinyConfig(9));
    const journal = new MemoryJournal(world.store);
    journal.dead = true;
    const { error, model } = await world.work(new ScriptedModel(), journal);
    expect(error).toBeInstanceOf(AppError);
    expect(model.calls).toBe(0);
  });

  it('a journal that fails while tasks are being followed waits for the calls in flight', async () => {
    const world = new World(tinyConfig(9));
    for (let i = 0; i < 3; i++)
      world.store.tasks.set(machineTask(world.run.id, i).id, machineTask(world.run.id, i));
    const journal = new (class extends MemoryJournal {
      override calls(): Promise<never> {
        return Promise.reject(new AppError({ kind: 'storage-unavailable', detail: 'lost' }));
      }
    })(world.store);
    const { error, model } = await world.work(
      new ScriptedModel({ before: () => new Promise((resolve) => setTimeout(resolve, 2)) }),
      journal,
    );
    expect(error).toMatchObject({ failure: { kind: 'storage-unavailable' } });
    expect(model.inFlight).toBe(0);
    expect(model.calls).toBeGreaterThan(0);
  });

  const garbage = String.fromCodePoint(0xfffd, 0x0, 0x202e, 0x1f4a9);
  it.each([
    ['nothing', '', 'stop', 'empty'],
    ['white space', ' \n\t\n ', 'stop', 'empty'],
    ['garbage', garbage.repeat(9), 'stop', 'too-short'],
    ['words of garbage', `${garbage} `.repeat(9), 'stop', 'non-ascii-start'],
    ['markup', '<img src=x onerror=alert(1)> <b>hello</b> to you all', 'stop', 'starts-with-punctuation'],
    ['endless text', 'again and '.repeat(2_000), 'stop', 'too-long'],
    ['text without an end', 'again and '.repeat(2_000), 'length', 'unfinished'],
    ['its own exemplar', 'Name three fruits that grow on trees.', 'stop', 'too-similar'],
  ] as const)(
    'a model that gives %s is told to be of no use, and every answer has its reason',
    async (_, text, finishReason, reason) => {
      const world = new World(tinyConfig(5));
      const { error, events } = await world.work(
        new ScriptedModel({ text: () => text, finishReason: () => finishReason }),
      );
      expect(error).toMatchObject({ failure: { kind: 'nothing-usable', requests: 100 } });
      expect(world.progress).toMatchObject({ kept: 0, rounds: 25, finished: false });
      expect(Object.keys(world.progress.rejected)).toEqual([reason]);
      expect(events.filter((event) => event.type === 'verdict')).toHaveLength(world.store.candidates.size);
      // Going on is possible: another 25 rounds.
      await world.work(new ScriptedModel({ text: () => text, finishReason: () => finishReason }));
      expect(world.progress.rounds).toBe(50);
    },
  );

  it('a model that answers later stages with nonsense leaves tasks without instances, and ends', async () => {
    const text = (request: CompletionRequest): string =>
      request.prompt.startsWith('Here') ? scriptedText(request) : '<svg/>:';
    for (const preset of PRESETS) {
      const world = new World(tinyConfig(5, preset));
      const model = new ScriptedModel({ text });
      const { error } = await world.work(model);
      expect(error).toBeNull();
      expect(world.progress).toMatchObject({
        kept: 5,
        completed: 5,
        instances: 0,
        droppedInstances: expect.any(Number) as number,
      });
    }
  });
});

describe('the context of the model', () => {
  const shotsFor = async (contextLength: number) => {
    const world = new World({ ...paperConfig(3, 4), switches: tinyConfig(1).switches });
    const { events, error } = await world.work(new ScriptedModel({ contextLength }));
    expect(error).toBeNull();
    const count = (prompt: string): number => prompt.split('\n\nTask:').length - 2;
    return {
      instructions: started(events, 'instructions')[0]?.exemplars.length ?? 0,
      classification: count(started(events, 'classification')[0]?.prompt ?? ''),
      instances: count(started(events, 'instances')[0]?.prompt ?? ''),
    };
  };
  it('decides how many examples are shown', async () => {
    const small = await shotsFor(160);
    const middle = await shotsFor(512);
    const large = await shotsFor(8192);
    expect(large).toEqual({ instructions: 8, classification: 31, instances: expect.any(Number) as number });
    expect(large.instances).toBeGreaterThanOrEqual(11);
    for (const key of ['instructions', 'classification', 'instances'] as const) {
      expect(small[key]).toBeGreaterThanOrEqual(1);
      expect(middle[key]).toBeGreaterThan(small[key]);
      expect(large[key]).toBeGreaterThanOrEqual(middle[key]);
    }
  });

  it('is asked again with fewer examples when the engine finds a prompt too long', async () => {
    const tooLong = (request: CompletionRequest): boolean => request.prompt.length > 420;
    const world = new World(tinyConfig(4));
    const before = (_: number, request: CompletionRequest): void => {
      if (tooLong(request)) throw new AppError({ kind: 'prompt-too-long', detail: 'exceeds' });
    };
    const { error } = await world.work(new ScriptedModel({ before }));
    expect(error).toBeNull();
    expect(world.progress.completed).toBe(4);
    for (const call of world.store.calls.values()) expect(tooLong(call as never)).toBe(false);
  });

  it('ends the run when not even the bare question fits', async () => {
    const world = new World(tinyConfig(4));
    const before = (): void => {
      throw new AppError({ kind: 'prompt-too-long', detail: 'exceeds' });
    };
    const { error, events } = await world.work(new ScriptedModel({ before }));
    expect(error).toMatchObject({ failure: { kind: 'prompt-too-long' } });
    expect(started(events, 'instructions').at(-1)?.exemplars).toEqual([]);
  });
});

describe('events', () => {
  it('tell retries of the model, text as it comes, and the end once', async () => {
    const world = new World(tinyConfig(3));
    const model = new ScriptedModel();
    const complete = model.complete.bind(model);
    model.complete = (request, signal, listener) => {
      listener?.retry('worker-crashed');
      return complete(request, signal, listener);
    };
    const { events } = await world.work(model);
    const texts = new Map<string, string>();
    for (const event of events) {
      if (event.type === 'text') {
        const key = `${event.stage} ${event.index}`;
        texts.set(key, (texts.get(key) ?? '') + event.delta);
      }
      if (event.type === 'call-finished')
        expect(texts.get(`${event.call.stage} ${event.call.index}`)).toBe(event.call.text);
    }
    expect(events.filter((event) => event.type === 'call-retried')).toHaveLength(model.calls);
    expect(events.filter((event) => event.type === 'finished')).toHaveLength(1);
    expect(events.at(-1)).toEqual({ type: 'finished', progress: world.progress });
  });

  it('a finished run that is opened again asks nothing', async () => {
    const world = await undisturbed(tinyConfig(3));
    const { model, error, events } = await world.work(new ScriptedModel());
    expect(error).toBeNull();
    expect(model.calls).toBe(0);
    expect(events.map(({ type }) => type)).toEqual(['progress', 'finished']);
  });
});
