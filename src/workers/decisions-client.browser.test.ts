import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { Replay, type ReplayPage, storedAnswer } from '../core/decisions/replay';
import { FastIndex } from '../core/similarity/fast-index';
import { buildWhatIf, type WhatIfQuestion } from '../core/similarity/what-if';
import { Random } from '../core/random';
import { undisturbed } from '../testing/pipeline-world';
import { poolSeeds, tinyConfig } from '../testing/tiny-pool';
import { DecisionsClient } from './decisions-client';

const WORDS = ['give', 'three', 'names', 'of', 'a', 'river', 'short', 'story', 'about', 'the', 'king', '7'];
const random = new Random(4);
const sentence = (): string =>
  Array.from({ length: 3 + random.below(9) }, () => WORDS[random.below(WORDS.length)]).join(' ');
const question = (count: number): WhatIfQuestion => ({
  mode: 'ascii',
  seeds: Array.from({ length: 8 }, sentence),
  candidates: Array.from({ length: count }, sentence),
  floor: 0.3,
});
const never = (): AbortSignal => new AbortController().signal;
const client = new DecisionsClient();
const workers: Worker[] = [];
const ended: Worker[] = [];

beforeAll(() => {
  const Original = Worker;
  vi.stubGlobal(
    'Worker',
    class extends Original {
      constructor(url: string | URL, settings?: WorkerOptions) {
        super(url, settings);
        workers.push(this);
      }
      override terminate(): void {
        ended.push(this);
        super.terminate();
      }
    },
  );
});
afterEach(() => expect(new Set(ended)).toEqual(new Set(workers)));

describe('the decisions worker', () => {
  it('compares as the plain engine does, and tells how far it is', async () => {
    const asked = question(700);
    const told: number[] = [];
    const graph = await client.whatIf(asked, never(), (done) => told.push(done));
    expect(graph).toEqual(buildWhatIf(new FastIndex('ascii'), asked));
    expect(told).toEqual([0, 200, 400, 600]);
  });

  it('replays as the pure part does', async () => {
    const world = await undisturbed(tinyConfig(15));
    const { id: runId, config } = world.run;
    const asked = { runId, config, rounds: world.progress.rounds, seeds: poolSeeds(runId) };
    const candidates = world.store.sorted(world.store.candidates);
    const answers = world.store.sorted(world.store.calls).map(storedAnswer);
    async function* pages(): AsyncGenerator<ReplayPage> {
      yield { candidates };
      await Promise.resolve();
      for (let i = 0; i < answers.length; i += 10) yield { answers: answers.slice(i, i + 10) };
    }
    const plain = new Replay(asked, (mode) => new FastIndex(mode));
    plain.add({ candidates, answers });
    const told = vi.fn();
    expect(await client.replay(asked, pages(), never(), told)).toEqual(plain.report());
    expect(told).toHaveBeenCalled();
  });

  it('ends when it is stopped', async () => {
    const controller = new AbortController();
    const asking = client.whatIf(question(3_000), controller.signal, () => controller.abort());
    await expect(asking).rejects.toMatchObject({ name: 'AbortError' });
    await expect(client.whatIf(question(1), controller.signal, () => undefined)).rejects.toMatchObject({
      name: 'AbortError',
    });
  });

  it('that dies is an error, and so is a page that cannot be read', async () => {
    const asking = client.whatIf(question(3_000), never(), () => undefined);
    workers.at(-1)?.dispatchEvent(new ErrorEvent('error', { message: 'out of memory' }));
    await expect(asking).rejects.toMatchObject({
      failure: { kind: 'worker-crashed', worker: 'decisions', detail: 'out of memory' },
    });
    const world = await undisturbed(tinyConfig(3));
    // eslint-disable-next-line require-yield
    async function* broken(): AsyncGenerator<ReplayPage> {
      await Promise.resolve();
      throw new Error('the store is gone');
    }
    const { id: runId, config } = world.run;
    await expect(
      client.replay({ runId, config, rounds: 1, seeds: [] }, broken(), never(), () => undefined),
    ).rejects.toThrow('the store is gone');
  });

  it('says what is wrong in its own code', async () => {
    const wrong = { ...question(3), candidates: null as never };
    await expect(client.whatIf(wrong, never(), () => undefined)).rejects.toMatchObject({
      failure: { kind: 'unexpected', name: 'TypeError' },
    });
  });
});
