/** Brings the weights of a GGUF file into the memory of the engine, one tensor after another. */
import { AppError } from '../../core/errors';
import type { GgufLlama } from '../../weights/gguf-llama';
import { type LlamaConfig, llamaTensors } from '../../weights/llama-config';
import type { LlamaWeights, StoredNumbers } from '../../weights/llama-weights';
import type { NumberType } from '../../weights/number-types';
import { WORDS } from '../words';
import type { LlamaWasm } from './llama-wasm';

/** Types of matrices that the engine packs, by ggml's numbers. Norms are F32. */
const PACKED: Readonly<Partial<Record<NumberType, number>>> = { Q4_0: 2, Q4_1: 3, Q8_0: 8 };
/** Blocks of 32 columns; the kernels of attention take 32 dimensions at a time and sum up to 256. */
const BLOCK = 32;
const LARGEST_HEAD = 256;
/** Larger ones leave too little of a 32-bit memory to keys and values. */
const MOST_WEIGHTS = 1_200_000_000;
const TILE_ROWS = 8;
/** Bytes that are packed at once. */
const PIECE = 4 * 1024 * 1024;
/** Bytes of a weight when it is packed, with its part of a scale. */
const PACKED_BYTES = 9 / 8;

/** Matrices and norms of a layer in the order of the engine's table. */
const LAYER = [
  ...['self_attn.q_proj', 'self_attn.k_proj', 'self_attn.v_proj', 'self_attn.o_proj'],
  ...['mlp.gate_proj', 'mlp.up_proj', 'mlp.down_proj', 'input_layernorm', 'post_attention_layernorm'],
];

/** Whether the engine computes it: sizes in whole blocks, and numbers that it packs. */
export function isComputable(model: GgufLlama): boolean {
  const { hiddenSize, ffnSize, headSize } = model.config;
  if ([hiddenSize, ffnSize, headSize].some((size) => size % BLOCK !== 0) || headSize > LARGEST_HEAD) {
    return false;
  }
  let bytes = 0;
  for (const [name, shape] of llamaTensors(model.config)) {
    const type = model.typeOf(name);
    if (shape.length === 1 ? type !== 'F32' : !Object.hasOwn(PACKED, type)) return false;
    bytes += shape.reduce((product, side) => product * side, PACKED_BYTES);
  }
  return bytes <= MOST_WEIGHTS;
}

/**
 * Sets up the engine and loads all weights.
 * @param limits tokens of a sequence and rows of a step at most
 * @param onProgress tensors that are loaded, and all
 * @throws AppError out-of-memory; bad-file when the file can no longer be read
 */
export async function loadWeights(
  wasm: LlamaWasm,
  config: LlamaConfig,
  weights: LlamaWeights,
  limits: { readonly context: number; readonly rows: number },
  onProgress: (done: number, total: number) => void,
): Promise<void> {
  if (!configure(wasm, config, limits)) throw noMemory();
  const shapes = [...llamaTensors(config)];
  const staging = wasm.reserve(PIECE);
  const places = new Map<string, number>();
  for (const [name, shape] of shapes) {
    places.set(name, place(wasm, await weights.readStored(name), shape, staging));
    onProgress(places.size, shapes.length);
  }
  const placeOf = (name: string): number => places.get(name) as number;
  const table = new Uint32Array(wasm.memory.buffer, wasm.layerTable(), config.layers * LAYER.length);
  for (let layer = 0; layer < config.layers; layer++) {
    table.set(
      LAYER.map((name) => placeOf(`model.layers.${layer}.${name}.weight`)),
      layer * LAYER.length,
    );
  }
  const embedding = placeOf('model.embed_tokens.weight');
  wasm.setEnds(
    embedding,
    config.tiedEmbeddings ? embedding : placeOf('lm_head.weight'),
    placeOf('model.norm.weight'),
  );
}

/** @returns the address of the tensor in the engine's memory */
function place(
  wasm: LlamaWasm,
  { type, bytes }: StoredNumbers,
  [rows = 0, columns]: readonly number[],
  staging: number,
): number {
  const at = wasm.reserve(columns === undefined ? bytes.length : wasm.matrixBytes(rows, columns));
  if (at === 0 || staging === 0) throw noMemory();
  const memory = new Uint8Array(wasm.memory.buffer);
  if (columns === undefined) {
    memory.set(bytes, at);
    return at;
  }
  const rowBytes = bytes.length / rows;
  // Whole tiles, so that each piece begins one.
  const together = Math.max(TILE_ROWS, Math.floor(PIECE / rowBytes / TILE_ROWS) * TILE_ROWS);
  for (let row = 0; row < rows; row += together) {
    const count = Math.min(together, rows - row);
    memory.set(bytes.subarray(row * rowBytes, (row + count) * rowBytes), staging);
    wasm.pack(PACKED[type] as number, staging, count, columns, at + wasm.matrixBytes(row, columns));
  }
  return at;
}

const configure = (
  wasm: LlamaWasm,
  config: LlamaConfig,
  { context, rows }: { readonly context: number; readonly rows: number },
): boolean =>
  wasm.configure(
    config.hiddenSize,
    config.layers,
    config.heads,
    config.kvHeads,
    config.headSize,
    config.ffnSize,
    config.vocabSize,
    context,
    config.normEps,
    config.ropeTheta,
    rows,
  ) !== 0;

const noMemory = (): AppError => new AppError({ kind: 'out-of-memory', detail: WORDS.cpu.noMemory });
