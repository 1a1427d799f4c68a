/** Settings in memory: what a class that keeps something in them needs of the store. */
import { Listeners } from '../core/listeners';
import type { SettingStore } from '../core/ports';

export interface MemorySettings extends SettingStore {
  readonly kept: Map<string, unknown>;
}

export function memorySettings(): MemorySettings {
  const kept = new Map<string, unknown>();
  const listeners = new Listeners<[string]>();
  const set = (key: string, value: unknown): Promise<void> => {
    kept.set(key, value);
    listeners.notify(key);
    return Promise.resolve();
  };
  return {
    kept,
    setting: <T>(key: string) => Promise.resolve(kept.get(key) as T | undefined),
    saveSetting: set,
    changeSetting: (key, change: (value: never) => unknown) => set(key, change(kept.get(key) as never)),
    watchSetting: (key, listener) =>
      listeners.add((changed) => {
        if (changed === key) listener();
      }),
  };
}
