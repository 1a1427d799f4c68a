/**
 * Remembers models whose load crashed the tab: running out of memory kills a tab without an error, and a page that loads
 * the same model again would crash in a loop. The marks are in storage that survives a killed tab.
 */
import * as v from 'valibot';

/** Crashes after which a model is not loaded again without asking. */
const TOO_MANY = 2;
const KEY = 'self-instruct-loads';
const Marks = v.record(
  v.string(),
  v.object({ crashes: v.pipe(v.number(), v.safeInteger(), v.minValue(0)), loading: v.array(v.string()) }),
);
type Marks = v.InferOutput<typeof Marks>;

/** The tabs of this app that are open. */
export interface OpenTabs {
  /** Names this one. */
  readonly own: string;
  alive(): Promise<ReadonlySet<string>>;
  /** Called when the user closes this tab, not when it is killed. Returns a function that removes the listener. */
  onClose(listener: () => void): () => void;
}

export class LoadGuard {
  /** @param storage written at once and kept when the tab is killed: localStorage; null where a browser forbids it */
  constructor(
    private readonly storage: Pick<Storage, 'getItem' | 'setItem'> | null,
    private readonly tabs: OpenTabs,
  ) {}

  /** Whether its load crashed a tab twice in a row: ask before loading it again. */
  async isSuspect(modelId: string): Promise<boolean> {
    return ((await this.#settled())[modelId]?.crashes ?? 0) >= TOO_MANY;
  }

  /** Loads under a mark. An error is not a crash: the tab is still alive. */
  async during<T>(modelId: string, load: () => Promise<T>): Promise<T> {
    const mark = (await this.#settled())[modelId];
    this.#change(modelId, {
      crashes: mark?.crashes ?? 0,
      loading: [...(mark?.loading ?? []), this.tabs.own],
    });
    const withdraw = (crashes?: number): void => {
      const now = this.#marks()[modelId];
      const loading = (now?.loading ?? []).filter((tab) => tab !== this.tabs.own);
      this.#change(modelId, { crashes: crashes ?? now?.crashes ?? 0, loading });
    };
    const deafen = this.tabs.onClose(() => withdraw());
    try {
      const loaded = await load();
      withdraw(0);
      return loaded;
    } catch (error) {
      withdraw();
      throw error;
    } finally {
      deafen();
    }
  }

  /** Marks of tabs that are gone become crashes. */
  async #settled(): Promise<Marks> {
    const alive = await this.tabs.alive();
    for (const [id, { crashes, loading }] of Object.entries(this.#marks())) {
      const left = loading.filter((tab) => alive.has(tab));
      if (left.length < loading.length) {
        this.#change(id, { crashes: crashes + loading.length - left.length, loading: left });
      }
    }
    return this.#marks();
  }

  #marks(): Marks {
    try {
      const checked = v.safeParse(Marks, JSON.parse(this.storage?.getItem(KEY) ?? '{}'));
      return checked.success ? checked.output : {};
    } catch {
      return {};
    }
  }

  #change(modelId: string, mark: Marks[string]): void {
    const marks = new Map(Object.entries(this.#marks()));
    if (mark.crashes === 0 && mark.loading.length === 0) marks.delete(modelId);
    else marks.set(modelId, mark);
    try {
      this.storage?.setItem(KEY, JSON.stringify(Object.fromEntries(marks)));
    } catch {
      // A guard that cannot write must not prevent a load.
    }
  }
}

/** Each tab holds a lock for as long as it lives. */
export function openTabs(): OpenTabs {
  const prefix = 'self-instruct-tab-';
  const own = prefix + crypto.randomUUID();
  const { locks } = navigator as { readonly locks?: LockManager };
  // Where a browser forbids storage it also forbids locks: then this is the only tab that is known.
  locks?.request(own, () => new Promise<never>(() => undefined)).catch(() => undefined);
  return {
    own,
    async alive() {
      const held = (await locks?.query().catch(() => undefined))?.held ?? [];
      return new Set([own, ...held.flatMap(({ name }) => (name?.startsWith(prefix) ? [name] : []))]);
    },
    onClose(listener) {
      window.addEventListener('pagehide', listener);
      return () => window.removeEventListener('pagehide', listener);
    },
  };
}

/** Null where the browser forbids a page to keep anything. */
export function localMarks(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
