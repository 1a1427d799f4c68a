import { describe, expect, it } from 'vitest';
import { LoadGuard } from './load-guard';

/** What one browser keeps, and the tabs that live in it. */
class Browser {
  readonly kept = new Map<string, string>();
  readonly alive = new Set<string>();
  readonly closing = new Map<string, () => void>();
  readonly storage = {
    getItem: (key: string): string | null => this.kept.get(key) ?? null,
    setItem: (key: string, value: string): void => void this.kept.set(key, value),
  };
  tab(own: string): LoadGuard {
    this.alive.add(own);
    return new LoadGuard(this.storage, {
      own,
      alive: () => Promise.resolve(new Set(this.alive)),
      onClose: (listener) => {
        this.closing.set(own, listener);
        return () => void this.closing.delete(own);
      },
    });
  }
  close(own: string): void {
    this.closing.get(own)?.();
    this.alive.delete(own);
  }
  /** The tab begins to load and is killed. */
  async killWhileLoading(own: string, model: string): Promise<void> {
    const begun = new Promise<void>((resolve) => {
      void this.tab(own).during(model, () => {
        resolve();
        return new Promise<never>(() => undefined);
      });
    });
    await begun;
    this.alive.delete(own);
  }
}

describe('a model whose load took the tab down', () => {
  it('once may be loaded again, twice not without asking', async () => {
    const browser = new Browser();
    await browser.killWhileLoading('a', 'big');
    expect(await browser.tab('b').isSuspect('big')).toBe(false);
    await browser.killWhileLoading('b', 'big');
    const guard = browser.tab('c');
    expect(await guard.isSuspect('big')).toBe(true);
    expect(await guard.isSuspect('small')).toBe(false);
  });

  it('is forgiven by a load that succeeds, not by one that fails', async () => {
    const browser = new Browser();
    await browser.killWhileLoading('a', 'big');
    const guard = browser.tab('b');
    await expect(guard.during('big', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await browser.killWhileLoading('c', 'big');
    expect(await guard.isSuspect('big')).toBe(true);
    expect(await guard.during('big', () => Promise.resolve(7))).toBe(7);
    expect(await guard.isSuspect('big')).toBe(false);
    expect([...browser.kept.values()]).toEqual(['{}']);
  });

  it('is no model that another tab loads right now, or whose tab was closed by a person', async () => {
    const browser = new Browser();
    await browser.killWhileLoading('a', 'big');
    const begin = (own: string): Promise<void> =>
      new Promise((resolve) => {
        void browser.tab(own).during('big', () => {
          resolve();
          return new Promise<never>(() => undefined);
        });
      });
    await begin('b');
    const guard = browser.tab('c');
    expect(await guard.isSuspect('big')).toBe(false);
    browser.close('b');
    expect(await guard.isSuspect('big')).toBe(false);
    await begin('d');
    browser.alive.delete('d');
    expect(await guard.isSuspect('big')).toBe(true);
  });
});

it('does not stand in the way where nothing can be stored, or nonsense is', async () => {
  const tabs = { own: 'a', alive: () => Promise.resolve(new Set(['a'])), onClose: () => () => undefined };
  const full = {
    getItem: (): string => '{"big":{"crashes":"many"}}',
    setItem: (): void => {
      throw new DOMException('', 'QuotaExceededError');
    },
  };
  for (const storage of [null, full, { ...full, getItem: () => '{{' }]) {
    const guard = new LoadGuard(storage, tabs);
    expect(await guard.isSuspect('big')).toBe(false);
    expect(await guard.during('big', () => Promise.resolve(1))).toBe(1);
  }
});
