import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { OracleIndex } from '../core/similarity/oracle-index';
import type { Judged } from '../core/ports';
import { Random } from '../core/random';
import type { TaskId } from '../core/task';
import { SimilarityClient } from './similarity-client';

const WORDS = [
  'give',
  'three',
  'names',
  'of',
  'a',
  'river',
  'short',
  'story',
  'about',
  'the',
  'naïve',
  'king',
  '7',
];
const random = new Random(4);
const sentence = (): string =>
  Array.from({ length: 3 + random.below(14) }, () => WORDS[random.below(WORDS.length)]).join(' ');
const entry = (n: number): { id: TaskId; instruction: string } => ({
  id: `t${n}` as TaskId,
  instruction: sentence(),
});

/** Compares a text, which joins when it is asked to. */
const compare = async (text: string, topK: number, most = 0, id = 'query' as TaskId): Promise<Judged> => {
  const rule = { threshold: 1, edge: 'above', most } as const;
  return (await client.judge([{ id, instruction: text }], topK, rule))[0]!;
};
/** Everything joins. */
const JOIN = { threshold: 1, edge: 'above', most: 9 } as const;
const workers: Worker[] = [];
let client: SimilarityClient;
beforeAll(() => {
  const Original = Worker;
  vi.stubGlobal(
    'Worker',
    class extends Original {
      constructor(url: string | URL, settings?: WorkerOptions) {
        super(url, settings);
        workers.push(this);
      }
    },
  );
});
afterEach(() => client.terminate());

const working = (): Worker =>
  new Worker(new URL('./similarity.worker.ts', import.meta.url), { type: 'module' });
const crash = (): void => {
  const worker = workers[workers.length - 1]!;
  worker.terminate();
  worker.dispatchEvent(new ErrorEvent('error', { message: 'out of memory' }));
};

describe('the similarity worker', () => {
  it('holds nothing of what was added before it was emptied, also after it died', async () => {
    client = new SimilarityClient();
    const [before, after] = [entry(1), entry(2)];
    const late = Promise.all([client.add([before]), client.judge([entry(3)], 1, JOIN)]);
    await client.clear('ascii');
    await late;
    await client.add([after]);
    crash();
    expect((await client.nearest([before.instruction]))[0]?.id).toBe(after.id);
  });
  it.each(['ascii', 'unicode'] as const)(
    'answers as the plain engine does, also after it died (%s)',
    async (mode) => {
      client = new SimilarityClient();
      await client.clear(mode);
      const oracle = new OracleIndex(mode);
      const check = async (): Promise<void> => {
        const query = sentence();
        const [got, want] = [await compare(query, 10), oracle.compare(query, 10)];
        expect(got.max).toBe(want.max);
        expect(got.nearest).toEqual(want.nearest);
        expect(got.mean).toBeCloseTo(want.mean, 12);
      };
      await check();
      for (let round = 0; round < 30; round++) {
        const entries = Array.from({ length: random.below(6) }, (_, i) => entry(10 * round + i));
        // Before, during and after an addition.
        if (round % 5 === 1) crash();
        const adding = client.add(entries);
        if (round % 5 === 2) crash();
        if (round % 5 === 3) client.terminate();
        await adding;
        if (round % 5 === 4) crash();
        for (const { id, instruction } of entries) oracle.add(id, instruction);
        await check();
      }
    },
  );

  it('forgets everything when it is cleared', async () => {
    client = new SimilarityClient();
    await client.add([entry(1)]);
    await client.clear('ascii');
    expect(await compare('give three names', 10)).toEqual({ max: 0, mean: 0, nearest: [], joined: false });
    crash();
    expect(await compare('give three names', 10)).toEqual({ max: 0, mean: 0, nearest: [], joined: false });
  });

  it('that dies again and again is an error, and is tried anew later', async () => {
    client = new SimilarityClient();
    await client.add([{ id: 'a' as TaskId, instruction: 'give three names' }]);
    const Working = Worker;
    vi.stubGlobal(
      'Worker',
      class extends Working {
        constructor() {
          super('/no-such-worker.js');
        }
      },
    );
    crash();
    await expect(compare('give three names', 1)).rejects.toMatchObject({
      failure: { kind: 'worker-crashed', worker: 'similarity' },
    });
    vi.stubGlobal('Worker', Working);
    expect((await compare('give three names', 1)).max).toBe(1);
  });

  it('asked many things at once answers all of them', async () => {
    client = new SimilarityClient();
    await client.add([{ id: 'a' as TaskId, instruction: 'give three names' }]);
    const answers = Array.from({ length: 20 }, () => compare('give three names', 1));
    crash();
    for (const { max } of await Promise.all(answers)) expect(max).toBe(1);
  });

  it('that is silent is replaced, and the answer is the same', async () => {
    let spawned = 0;
    const spawn = (): Worker => {
      spawned++;
      return spawned === 1 ? new Worker(URL.createObjectURL(new Blob(['']))) : working();
    };
    client = new SimilarityClient({ spawn, tickMs: 400 });
    await client.add([{ id: 'a' as TaskId, instruction: 'give three names' }]);
    expect((await compare('give three names', 1)).max).toBe(1);
    expect(spawned).toBe(2);
  });

  it('that is silent again and again is told', async () => {
    client = new SimilarityClient({
      spawn: () => new Worker(URL.createObjectURL(new Blob(['']))),
      tickMs: 5,
    });
    await expect(compare('give three names', 1)).rejects.toMatchObject({
      failure: { kind: 'worker-silent', worker: 'similarity' },
    });
  });
});
