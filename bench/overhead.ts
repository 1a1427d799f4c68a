/**
 * What do queue, worker, watchdog and checks cost? Tokens per second of the built-in model through the app's own layers
 * against the bare library, with the same weights, settings, requests and seeds, in turns in one page.
 *
 *   npm run bench -- overhead --json overhead.json [--rounds 9] [--requests 16] [--parallel 4]
 */
import { parseArgs } from 'node:util';
import { inBlankPage } from './blank-page';
import type { Round } from './overhead-page';
import { table } from './table';

export const about =
  'tokens per second of the built-in model through our layers and through the bare library';

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

export async function run({ args }: { args: string[] }): Promise<{ json: unknown; text: string }> {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: 'string', default: '9' },
      requests: { type: 'string', default: '16' },
      parallel: { type: 'string', default: '4' },
    },
  });
  const plan = {
    rounds: Number(values.rounds),
    requests: Number(values.requests),
    parallel: Number(values.parallel),
  };
  const rounds = await inBlankPage('bench/overhead-page.ts', (call) => call<Round[]>('measureRounds', plan));
  // Each round compares neighbours in time; the machine may be busier in the next one.
  const overheads = rounds.map(
    ({ bare, ours }) => ours.seconds / ours.tokens / (bare.seconds / bare.tokens) - 1,
  );
  const perSecond = (which: 'bare' | 'ours'): number =>
    median(rounds.map(({ [which]: { tokens, seconds } }) => tokens / seconds));
  const json = {
    ...plan,
    rounds,
    overhead: median(overheads),
    bare: perSecond('bare'),
    ours: perSecond('ours'),
  };
  const text = table(
    ['', 'tokens per second'],
    [
      ['bare library', json.bare.toFixed(0)],
      ['through our layers', json.ours.toFixed(0)],
    ],
  );
  return { json, text: `${text}\n\nOverhead, median of the rounds: ${(100 * json.overhead).toFixed(1)} %` };
}
