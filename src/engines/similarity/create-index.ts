/** Chooses the similarity engine: WebAssembly where it can run, else plain TypeScript with the same answers. */
import { FastIndex } from '../../core/similarity/fast-index';
import type { PoolIndex } from '../../core/similarity/pool-index';
import type { TokenMode } from '../../core/similarity/tokenize';
import { WasmIndex } from './wasm-index';

/** An exact index for one run; all engines give the same bits. */
export const createIndex = (mode: TokenMode): PoolIndex => WasmIndex.create(mode) ?? new FastIndex(mode);
