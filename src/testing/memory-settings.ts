/** Settings in memory: what a class that keeps something in them needs of the store. */
import type { SettingStore } from '../core/ports';

export interface MemorySettings extends SettingStore {
  readonly kept: Map<string, unknown>;
}

export function memorySettings(): MemorySettings {
  const kept = new Map<string, unknown>();
  return {
    kept,
    setting: <T>(key: string) => Promise.resolve(kept.get(key) as T | undefined),
    saveSetting: (key, value) => Promise.resolve(void kept.set(key, value)),
  };
}
