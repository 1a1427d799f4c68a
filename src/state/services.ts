/** What the state classes need from the world. `main.ts` builds it once; components get state classes by context. */
import { createContext } from 'svelte';
import type { Analyst } from '../core/analysis/analyst';
import type { DecisionDesk } from '../core/decisions/decision-desk';
import type { ModelHost, RunStore, SimilarityIndex } from '../core/ports';
import type { SeedTask } from '../core/task';

/** One of the two seed sets that ship with the app; `load` fetches its file. */
export interface BuiltInSeedSet {
  readonly id: 'simple' | 'paper';
  readonly name: string;
  readonly note: string;
  readonly count: number;
  load(): Promise<readonly SeedTask[]>;
}

/** Exclusive right to write one run; `null` from `acquire` when another tab holds it. */
export interface RunLocks {
  acquire(runId: string): Promise<{ release(): void } | null>;
}

/** What this device offers a run. */
export interface DeviceFacts {
  readonly webAssembly: boolean;
  /** Threads the built-in model may use. */
  readonly threads: number;
  /** Bytes this page may still store; null when the browser does not say. */
  readonly freeBytes: number | null;
  /** Whether the browser promised not to clear our storage. */
  readonly persisted: boolean;
}

export interface Services {
  readonly store: RunStore;
  readonly models: ModelHost;
  readonly similarity: SimilarityIndex;
  readonly decisions: DecisionDesk;
  readonly analysis: Analyst;
  readonly builtInSeedSets: readonly BuiltInSeedSet[];
  readonly locks: RunLocks;
  deviceFacts(): Promise<DeviceFacts>;
  /** Asks the browser to keep our storage; false when it declines. */
  requestPersistence(): Promise<boolean>;
  /** Hands a file to the person. */
  saveFile(name: string, content: Blob): void;
  /** Milliseconds since 1970. */
  now(): number;
}

export const [getServices, setServices] = createContext<Services>();
