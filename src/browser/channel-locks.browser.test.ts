import { afterEach, describe, expect, it } from 'vitest';
import { ChannelLocks } from './channel-locks';
import { randomId } from './plain-http';

const pages: ChannelLocks[] = [];
/** Two pages of one address; each test has a channel of its own. */
function twoPages(): readonly [ChannelLocks, ChannelLocks] {
  const channel = `locks-${randomId()}`;
  const two = [new ChannelLocks(channel), new ChannelLocks(channel)] as const;
  pages.push(...two);
  return two;
}
afterEach(() => {
  for (const page of pages.splice(0)) page.close();
});
/** Takes a lock if it is free. @returns the way to let go of it; null when it is taken */
const take = (page: ChannelLocks, name: string): Promise<(() => void) | null> =>
  new Promise((resolve) => {
    void page.request(name, { ifAvailable: true }, (lock) => {
      if (!lock) {
        resolve(null);
        return;
      }
      return new Promise<void>((free) => resolve(free));
    });
  });

describe('locks by a channel', () => {
  it('are held by one page at a time, until it lets go', async () => {
    const [a, b] = twoPages();
    const free = await take(a, 'run');
    expect(free).not.toBeNull();
    expect(await take(b, 'run')).toBeNull();
    expect(await take(a, 'run')).toBeNull();
    expect(await take(b, 'other')).not.toBeNull();
    free?.();
    expect(await take(b, 'run')).not.toBeNull();
  });

  it('wanted by several pages at once go to one of them', async () => {
    for (let round = 0; round < 5; round++) {
      const channel = `locks-${randomId()}`;
      const all = Array.from({ length: 4 }, () => new ChannelLocks(channel));
      pages.push(...all);
      const taken = await Promise.all(all.map((page) => take(page, 'run')));
      expect(taken.filter((free) => free !== null)).toHaveLength(1);
    }
  });

  it('of a page that died are free', async () => {
    const [a, b] = twoPages();
    expect(await take(a, 'run')).not.toBeNull();
    a.close();
    expect(await take(b, 'run')).not.toBeNull();
  });

  it('are waited for, in turn on one page and over pages, and nothing overlaps', async () => {
    const [a, b] = twoPages();
    let inside = 0;
    let most = 0;
    const done: string[] = [];
    const work = (name: string) => async (): Promise<string> => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setTimeout(resolve, 20));
      inside--;
      done.push(name);
      return name;
    };
    const all = [
      a.request('models', work('a1')),
      a.request('models', work('a2')),
      b.request('models', work('b1')),
    ];
    expect(await Promise.all(all)).toEqual(['a1', 'a2', 'b1']);
    expect(most).toBe(1);
    expect(done.indexOf('a1')).toBeLessThan(done.indexOf('a2'));
  });

  it('are free again after work that fails', async () => {
    const [a, b] = twoPages();
    await expect(a.request('run', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await take(b, 'run')).not.toBeNull();
  });

  it('can be taken over; the page that had one is told', async () => {
    const [a, b] = twoPages();
    const held = a.request('run', () => new Promise<never>(() => undefined));
    held.catch(() => undefined);
    await expect.poll(async () => (await a.query()).held?.length).toBe(1);
    const got = b.request('run', { steal: true }, (lock) => lock?.name);
    await expect(held).rejects.toMatchObject({ name: 'AbortError' });
    expect(await got).toBe('run');
  });

  it('are listed over all pages', async () => {
    const [a, b] = twoPages();
    await take(a, 'one');
    await take(b, 'two');
    const { held } = await a.query();
    expect(held?.map(({ name }) => name).sort()).toEqual(['one', 'two']);
  });
});

describe('an id where browsers give none', () => {
  it('has the form of a random UUID and comes once', () => {
    const ids = Array.from({ length: 1_000 }, randomId);
    expect(new Set(ids).size).toBe(1_000);
    for (const id of ids)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u);
  });
});
