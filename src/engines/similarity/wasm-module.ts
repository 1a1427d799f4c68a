/** The similarity engine's WebAssembly: found out once whether it can run here, then compiled once. */
import { compileWasm } from '../compile-wasm';
import base64 from './assembly/engine.ts?assembly';

/** What assembly/engine.ts exports; pointers are byte addresses in `memory`. */
export interface EngineExports {
  readonly memory: WebAssembly.Memory;
  readonly MOST_CANDIDATES: WebAssembly.Global<'i32'>;
  textBuffer(units: number): number;
  shrinkTextBuffer(): void;
  tokenize(units: number, separated: boolean, learn: boolean): number;
  writeWords(): number;
  addMember(): number;
  removeMember(member: number): void;
  replaceMember(member: number): void;
  prepare(index: number, wanted: number, floor: number): void;
  run(count: number): void;
  meetNewer(index: number, first: number): void;
  foundCount(index: number): number;
  scoresAt(index: number): number;
  membersAt(index: number): number;
  scoreSum(index: number): number;
  anyFrom(floor: number): number;
  storedBuffer(bytes: number): number;
  storedAt(): number;
  releaseStored(): void;
  writeAll(): number;
  readAll(bytes: number): number;
}

let compiled: WebAssembly.Module | null | undefined;

/** A new engine with memory of its own, or null where WebAssembly or its vectors are missing. */
export function startEngine(): EngineExports | null {
  if (compiled === undefined) compiled = compileWasm(base64);
  return compiled && (new WebAssembly.Instance(compiled).exports as unknown as EngineExports);
}
