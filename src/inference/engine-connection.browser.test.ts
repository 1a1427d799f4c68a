import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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
