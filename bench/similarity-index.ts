/** What the benches of similarity share: an index that is filled, and how time is taken. */
import type { PoolIndex } from '../src/core/similarity/pool-index';
import type { TaskId } from '../src/core/task';
import { WasmIndex } from '../src/engines/similarity/wasm-index';

/** ROUGE-L above which an instruction is rejected (paper, section 2.2). */
export const THRESHOLD = 0.7;
/** Neighbours that are asked for. */
export const TOP = 10;

/** CPU time of this process so far, in milliseconds. */
export const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
};
/** A member's position as its id. */
export const id = (member: number): TaskId => String(member) as TaskId;

/** Fills an index; the pool's texts have their positions as ids. */
export function filled<T extends PoolIndex>(index: T, pool: readonly string[]): T {
  for (const [i, text] of pool.entries()) index.add(id(i), text);
  return index;
}

export function newWasm(): WasmIndex {
  const index = WasmIndex.create('ascii');
  if (!index) throw new Error('This Node has no WebAssembly vectors.');
  return index;
}
