/** The WebAssembly of the Llama engine. */
import { compileWasm } from '../compile-wasm';
import base64 from './assembly/engine.ts?assembly';

/** What assembly/engine.ts exports; pointers are byte addresses in `memory`. */
export interface LlamaWasm {
  readonly memory: WebAssembly.Memory;
  /** 0 when there is no more memory. */
  reserve(bytes: number): number;
  matrixBytes(outputs: number, columns: number): number;
  pageBytes(): number;
  configure(
    hidden: number,
    layers: number,
    heads: number,
    kvHeads: number,
    headSize: number,
    inner: number,
    vocabulary: number,
    context: number,
    normEpsilon: number,
    ropeBase: number,
    mostRows: number,
  ): number;
  layerTable(): number;
  setEnds(embedding: number, head: number, finalNorm: number): void;
  rowTable(): number;
  blockBytes(type: number): number;
  pack(type: number, from: number, rows: number, columns: number, tiles: number): void;
  step(rows: number): number;
  powers(logits: number, length: number, factor: number): number;
}

/** A new engine with memory of its own, or null where it cannot run. */
export function startLlamaWasm(): LlamaWasm | null {
  const module = compileWasm(base64);
  return module && (new WebAssembly.Instance(module).exports as unknown as LlamaWasm);
}
