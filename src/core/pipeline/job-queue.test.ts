import { describe, expect, it } from 'vitest';
import { BusyClock } from './busy-clock';
import { EventStream } from './event-stream';
import { JobQueue } from './job-queue';

const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

describe('the queue of jobs', () => {
  it('runs at most its width, the most urgent first, equals in order', async () => {
    const queue = new JobQueue(2);
    const begun: string[] = [];
    let running = 0;
    const job = (name: string) => async () => {
      begun.push(name);
      expect(++running).toBeLessThanOrEqual(2);
      await soon();
      running--;
    };
    for (const [priority, name] of [
      [2, 'a'],
      [2, 'b'],
      [2, 'c'],
      [0, 'd'],
      [1, 'e'],
      [0, 'f'],
    ] as const)
      queue.add(priority, job(name));
    await queue.drained();
    expect(begun).toEqual(['a', 'b', 'd', 'f', 'e', 'c']);
    expect(running).toBe(0);
  });
  it('takes jobs that jobs add', async () => {
    const queue = new JobQueue(1);
    let left = 100;
    const job = async (): Promise<void> => {
      await Promise.resolve();
      if (--left > 0) queue.add(left % 3, job);
    };
    queue.add(0, job);
    await queue.drained();
    expect(left).toBe(0);
  });
  it('lets what runs end after an error, drops what waits, and tells the first error', async () => {
    const queue = new JobQueue(2);
    const ended: string[] = [];
    queue.add(0, () => Promise.reject(new Error('first')));
    queue.add(0, async () => {
      await soon();
      ended.push('slow');
      throw new Error('second');
    });
    queue.add(0, () => Promise.resolve(void ended.push('waiting')));
    await expect(queue.drained()).rejects.toThrow('first');
    expect(ended).toEqual(['slow']);
    queue.add(0, () => Promise.resolve(void ended.push('late')));
    await expect(queue.drained()).rejects.toThrow('first');
    expect(ended).toEqual(['slow']);
  });
  it('is empty at once, and can be stopped', async () => {
    const queue = new JobQueue(1);
    await queue.drained();
    queue.add(0, soon);
    queue.add(0, () => Promise.reject(new Error('never begins')));
    queue.stop(new Error('stopped'));
    await expect(queue.drained()).rejects.toThrow('stopped');
  });
});

describe('the stream of events', () => {
  it('gives all items in order, then ends', async () => {
    const stream = new EventStream<number>();
    stream.push(1);
    const read: number[] = [];
    const reader = (async () => {
      for await (const item of stream) read.push(item);
    })();
    await soon();
    stream.push(2);
    stream.push(3);
    await soon();
    stream.push(4);
    stream.end();
    stream.end(new Error('too late'));
    await reader;
    expect(read).toEqual([1, 2, 3, 4]);
  });
  it('gives what waits before it throws', async () => {
    const stream = new EventStream<string>();
    stream.push('a');
    stream.push('b');
    stream.end(new Error('broken'));
    const read: string[] = [];
    await expect(
      (async () => {
        for await (const item of stream) read.push(item);
      })(),
    ).rejects.toThrow('broken');
    expect(read).toEqual(['a', 'b']);
  });
});

describe('the busy clock', () => {
  it('counts the time with at least one call, and goes on from before', () => {
    let now = 1000;
    const clock = new BusyClock(() => now, 10, 4);
    expect([clock.seconds, clock.modelSeconds]).toEqual([10, 4]);
    now += 1000;
    clock.begin();
    now += 1000;
    clock.begin();
    now += 1000;
    expect(clock.modelSeconds).toBe(6);
    clock.end();
    now += 500;
    clock.end();
    now += 5000;
    expect([clock.seconds, clock.modelSeconds]).toEqual([18.5, 6.5]);
  });
});
