import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CompletionRequest } from '../core/ports';
import { GREEDY } from '../core/run';
import { failureOf } from '../testing/failure-of';
import { EngineConnection } from './engine-connection';

/** Four ticks of silence, where a real engine has twelve of five seconds. */
const PATIENCE = { tickMs: 100, load: 40, first: 4, next: 4 };
const never = new AbortController().signal;
/** @param batches of the prompt, each of so many milliseconds */
const ask = (prompt: string, batches: number, ms: number): CompletionRequest => ({
  prompt,
  ...GREEDY,
  maxTokens: batches,
  stop: [],
  seed: ms,
});

let engine: EngineConnection<null, null>;
beforeEach(async () => {
  const worker = new Worker(new URL('../testing/slow-engine.worker.ts', import.meta.url), {
    type: 'module',
  });
  engine = new EngineConnection<null, null>(worker, 'slow', PATIENCE);
  await engine.open(null);
});
afterEach(() => engine.terminate());

describe('an engine that evaluates a prompt', () => {
  it('is waited for as long as it tells how far it is', async () => {
    const shares: number[] = [];
    // Ten times the silence that is borne, in all.
    const answer = await engine.complete(
      ask('long', 20, 200),
      never,
      () => undefined,
      ({ done, total }) => shares.push(done / total),
    );
    expect(answer.text).toBe('read');
    expect(shares.at(-1)).toBe(1);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
  });

  it('gets more time for each step once it has shown that it is slow', async () => {
    await engine.complete(ask('slow', 4, 300), never, () => undefined);
    // A step of twice the silence that a quick engine has.
    expect((await engine.complete(ask('slower', 1, 800), never, () => undefined)).text).toBe('read');
  });

  it('is alive for all its requests while it works on one of them', async () => {
    const first = engine.complete(ask('long', 12, 200), never, () => undefined);
    const second = engine.complete(ask('waits', 12, 200), never, () => undefined);
    expect((await first).text).toBe('read');
    expect((await second).text).toBe('read');
  });

  it('is dead when it falls silent in the middle', async () => {
    expect(await failureOf(engine.complete(ask('dies', 10, 20), never, () => undefined))).toMatchObject({
      kind: 'engine-timeout',
    });
    expect(engine.dead).toBe(true);
  });
});

describe('a machine that is twenty times as slow, by a clock that the test turns', () => {
  const SECOND = 1_000;
  /** With the patience of the app. */
  let slow: EngineConnection<null, null>;
  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    const worker = new Worker(new URL('../testing/slow-engine.worker.ts', import.meta.url), {
      type: 'module',
    });
    slow = new EngineConnection<null, null>(worker, 'slow');
    await slow.open(null);
  });
  afterEach(() => {
    slow.terminate();
    vi.useRealTimers();
  });

  it('reads a prompt for half an hour', async () => {
    const shares: number[] = [];
    // 32 tokens each, at less than one a second.
    const answer = slow.complete(
      ask('long', 35, 1),
      never,
      () => undefined,
      ({ done, total }) => {
        shares.push(Math.round((100 * done) / total));
        vi.advanceTimersByTime(50 * SECOND);
      },
    );
    expect((await answer).text).toBe('read');
    expect(shares).toContain(40);
    // The next one may be slower still.
    const next = slow.complete(ask('long', 2, 1), never, () => undefined);
    vi.advanceTimersByTime(180 * SECOND);
    expect((await next).text).toBe('read');
  });

  it('is found dead within a minute where it was quick', async () => {
    let pieces = 0;
    const failure = failureOf(
      slow.complete(
        ask('dies', 10, 1),
        never,
        () => undefined,
        () => (pieces += 1),
      ),
    );
    await expect.poll(() => pieces).toBe(5);
    vi.advanceTimersByTime(55 * SECOND);
    expect(slow.dead).toBe(false);
    vi.advanceTimersByTime(5 * SECOND);
    expect(await failure).toEqual({ kind: 'engine-timeout', seconds: 60 });
    expect(slow.dead).toBe(true);
  });

  it('reads a prompt as long where only probabilities are wanted', async () => {
    const choice = slow.choose({ prompt: 'long' }, ['Yes', 'No'], never);
    for (let piece = 0; piece < 35; piece++) {
      await new Promise((resolve) => setTimeout(resolve, 2));
      vi.advanceTimersByTime(5 * SECOND);
    }
    expect((await choice).probabilities).toEqual([1, 0]);
  });
});
