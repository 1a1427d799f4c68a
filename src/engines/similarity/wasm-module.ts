/** The similarity engine's WebAssembly: found out once whether it can run here, then compiled once. */
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

/** A function whose body is `i32.const 0; i8x16.splat; i8x16.popcnt`: valid only where vectors are known. */
const VECTORS = new Uint8Array([
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0],
  ...[10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11],
]);

let compiled: WebAssembly.Module | null | undefined;

/** A new engine with memory of its own, or null where WebAssembly or its vectors are missing. */
export function startEngine(): EngineExports | null {
  if (compiled === undefined) compiled = compile();
  return compiled && (new WebAssembly.Instance(compiled).exports as unknown as EngineExports);
}

function compile(): WebAssembly.Module | null {
  if (typeof WebAssembly === 'undefined' || !WebAssembly.validate(VECTORS)) return null;
  try {
    return new WebAssembly.Module(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)));
  } catch {
    // A policy may forbid compiling; the engine in plain TypeScript gives the same answers.
    return null;
  }
}
