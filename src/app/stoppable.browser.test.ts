import { describe, expect, it } from 'vitest';
import { stoppable } from './stoppable';

class Service {
  #asked = 0;
  get asked(): number {
    return this.#asked;
  }
  answer(more: number): Promise<number> {
    this.#asked++;
    return Promise.resolve(more + 1);
  }
  late(ms: number): Promise<string> {
    return new Promise((resolve) => setTimeout(() => resolve('late'), ms));
  }
  never(): Promise<never> {
    return new Promise(() => undefined);
  }
  async *pages(): AsyncGenerator<number> {
    yield 1;
    yield 2;
    await this.never();
  }
}

describe('a service that a piece of work may wait for', () => {
  it('answers as the service itself while the work goes on', async () => {
    const service = stoppable(new Service(), new AbortController().signal, 10);
    expect(await service.answer(1)).toBe(2);
    expect(service.asked).toBe(1);
  });
  it('ends calls that never end, once the work was stopped', async () => {
    const controller = new AbortController();
    const call = stoppable(new Service(), controller.signal, 10).never();
    controller.abort();
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
  });
  it('lets a call end by itself that does so in time', async () => {
    const controller = new AbortController();
    const call = stoppable(new Service(), controller.signal, 30_000).late(20);
    controller.abort();
    expect(await call).toBe('late');
  });
  it('ends pages that never come', async () => {
    const controller = new AbortController();
    const seen: number[] = [];
    const reading = async (): Promise<void> => {
      for await (const page of stoppable(new Service(), controller.signal, 10).pages()) {
        seen.push(page);
        if (page === 2) controller.abort();
      }
    };
    await expect(reading()).rejects.toMatchObject({ name: 'AbortError' });
    expect(seen).toEqual([1, 2]);
  });
});
