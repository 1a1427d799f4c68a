import { beforeEach, expect, it } from 'vitest';
import { Connection } from '../storage/connection';
import { deleteDatabase } from '../testing/raw-database';
import { runStream } from '../testing/streams/stream';

/** A long campaign, or a stream that failed, by `npm run streams`. */
const campaign = import.meta.env['VITE_STREAM_SEED'] as string | undefined;
const operations = Number(import.meta.env['VITE_STREAM_OPERATIONS'] ?? 150);
const streams =
  campaign === undefined
    ? [
        { seed: 1, tabs: 2 },
        { seed: 2, tabs: 3 },
        { seed: 3, tabs: 5 },
      ]
    : [{ seed: Number(campaign), tabs: Number(import.meta.env['VITE_STREAM_TABS'] ?? 5) }];

beforeEach(async () => {
  await deleteDatabase();
  const connection = new Connection();
  await connection.write(['models'], 'strict', (tx) => {
    for (const [id, name] of [
      ['one', 'One'],
      ['two', 'Two'],
    ] as const) {
      tx.put('models', {
        id,
        name,
        engine: 'llama.cpp',
        origin: 'file',
        style: 'base',
        bytes: 1,
        contextLength: 512,
        licence: null,
        hash: id,
        source: '',
        storedAt: 1,
        files: [],
        folder: id,
      });
    }
  });
  connection.close();
});

it('finds a tab that writes a whole record as it remembers it', async () => {
  await expect(runStream(1, 2_000, 3, true)).rejects.toThrow(
    /no order of round \d+ explains what is stored/u,
  );
});

it.each(streams)(
  'stream $seed in $tabs tabs over one database gives what the model of the truth gives',
  { timeout: 3_600_000 },
  async ({ seed, tabs }) => {
    const figures = await runStream(seed, operations, tabs);
    console.info(`stream ${seed}, ${tabs} tabs: ${JSON.stringify(figures)}`);
    expect(figures.operations).toBeGreaterThanOrEqual(operations);
  },
);
