import { describe, expect, it } from 'vitest';
import { MemoryJournal } from '../../testing/memory-journal';
import { PRESETS, World, finish, started, undisturbed } from '../../testing/pipeline-world';
import { ScriptedModel, scriptedText } from '../../testing/scripted-model';
import { machineTask, tinyConfig } from '../../testing/tiny-pool';
import { AppError } from '../errors';
import type { CompletionRequest } from '../ports';
import { paperConfig } from '../presets';

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

  it('goes on at the same request when the model comes back with a smaller context', async () => {
    const world = new World(tinyConfig(6));
    const refused: string[] = [];
    let context = 512;
    // As an engine does that was loaded anew in the middle of a request.
    const model: ScriptedModel = new ScriptedModel({
      before: (number, { prompt }) => {
        if (number === 6) context = 300;
        if (prompt.length <= context) return;
        refused.push(prompt);
        throw new AppError({ kind: 'prompt-too-long', detail: 'exceeds' });
      },
    });
    Object.defineProperty(model, 'contextLength', { get: () => context });
    const { error, events } = await world.work(model);
    expect(error).toBeNull();
    expect(world.progress).toMatchObject({ completed: 6, finished: true });
    expect(refused.length).toBeGreaterThan(0);
    // What was refused was asked again with fewer examples, under the same number, and is stored once.
    const asked = events.flatMap((event) => (event.type === 'call-started' ? [event.call] : []));
    const again = asked.filter(({ prompt }) => refused.includes(prompt));
    for (const { stage, index } of again) {
      expect(asked.filter((call) => call.stage === stage && call.index === index).length).toBeGreaterThan(1);
      const stored = [...world.store.calls.values()].filter(
        (call) => call.stage === stage && call.index === index,
      );
      expect(stored).toHaveLength(1);
    }
  });

  it('ends the run when not even the bare question fits', async () => {
    const world = new World(tinyConfig(4));
    const before = (): void => {
      throw new AppError({ kind: 'prompt-too-long', detail: 'exceeds' });
    };
    const { error, events } = await world.work(new ScriptedModel({ before }));
    expect(error).toMatchObject({ failure: { kind: 'prompt-too-long' } });
    const calls = started(events, 'instructions');
    expect(calls[calls.length - 1]?.exemplars).toEqual([]);
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
