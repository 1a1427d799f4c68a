/** Puts a model into the memory of the CPU's threads: what it needs, where it lies, and the numbers themselves. */
import { LORA_TARGETS, type LoraTarget, type TrainingMethod } from '../../core/training/training';
import { adapterScale, targetPath } from '../../weights/adapter';
import { badFile } from '../../weights/bad-file';
import { type LlamaConfig, llamaTensors } from '../../weights/llama-config';
import type { LlamaWeights } from '../../weights/llama-weights';
import { storedBytes } from '../../weights/number-types';
import { firstTrained, freshDown } from '../lora';
import { WORDS } from '../words';
import { Arena, sharedMemory } from './arena';
import {
  adapterPlaces,
  type LayerMatrices,
  type ModelPlan,
  planThread,
  type StoredMatrix,
  type ThreadPlan,
} from './model-plan';

/** A model in memory, with room for its training. */
export interface LoadedModel {
  readonly memory: WebAssembly.Memory;
  readonly plan: ModelPlan;
  readonly threads: readonly ThreadPlan[];
  /** Addresses of both moments of AdamW and of the sum of all threads' gradients, each as long as the parameters. */
  readonly first: number;
  readonly second: number;
  readonly gradients: number;
}
type Lora = Extract<TrainingMethod, { kind: 'lora' }>;

/**
 * @param longest tokens of the longest example
 * @param threadCount as many as there is room for, at least one
 * @param mostBytes what model and threads may take together; one thread is always planned
 * @throws AppError bad-file when numbers in the file are none; RangeError when there is not enough memory
 */
export async function loadModel(
  config: LlamaConfig,
  weights: LlamaWeights,
  method: Lora,
  seed: number,
  longest: number,
  threadCount: number,
  mostBytes: number,
): Promise<LoadedModel> {
  const arena = new Arena();
  // Numbers wait outside of the memory until its size is known; each tensor is read once.
  const numbers: { readonly at: number; readonly bytes: Uint8Array }[] = [];
  const matrices = new Map<string, StoredMatrix>();
  for (const [name, [rows = 1, columns = 1]] of llamaTensors(config)) {
    const isNorm = name.endsWith('norm.weight');
    const stored = isNorm
      ? { type: 'F32' as const, bytes: new Uint8Array((await weights.readTensor(name)).buffer) }
      : await weights.readStored(name);
    if (!areNumbers(stored.type, stored.bytes)) throw badFile(WORDS.badWeights(name));
    const at = arena.take(storedBytes(stored.type, rows * columns));
    numbers.push({ at, bytes: stored.bytes });
    matrices.set(name, { at, type: stored.type, rows, columns });
  }
  const adapters = adapterPlaces(config, method);
  const learned = adapters.reduce((sum, { shape: [rows, columns] }) => sum + rows * columns, 0);
  const [parameters, first, second, gradients] = [0, 0, 0, 0].map(() => arena.floats(learned)) as [
    ...[number, number, number, number],
  ];
  const matrix = (name: string): StoredMatrix => matrices.get(name) as StoredMatrix;
  const plan: ModelPlan = {
    config,
    rank: method.rank,
    scale: adapterScale(method),
    first: firstTrained(config, method),
    layers: Array.from({ length: config.layers }, (_, layer) => {
      const own = `model.layers.${layer}.`;
      return {
        matrices: Object.fromEntries(
          LORA_TARGETS.map((target) => [target, matrix(`${own}${targetPath(target)}.weight`)]),
        ) as LayerMatrices,
        attentionNorm: matrix(`${own}input_layernorm.weight`).at,
        feedForwardNorm: matrix(`${own}post_attention_layernorm.weight`).at,
      };
    }),
    embedding: matrix('model.embed_tokens.weight'),
    norm: matrix('model.norm.weight').at,
    output: matrix(config.tiedEmbeddings ? 'model.embed_tokens.weight' : 'lm_head.weight'),
    adapters,
    learned,
    parameters,
  };
  const threads = [planThread(arena, plan, longest)];
  const own = arena.end - numbers.reduce((sum, { bytes }) => sum + bytes.length, 0);
  while (threads.length < threadCount && arena.end + own <= mostBytes) {
    threads.push(planThread(arena, plan, longest));
  }
  const memory = sharedMemory(arena.end);
  const bytes = new Uint8Array(memory.buffer);
  for (const { at, bytes: own } of numbers) bytes.set(own, at);
  const floats = new Float32Array(memory.buffer);
  for (const { name, shape, offset } of adapters) {
    const found = /layers\.(\d+)\.\w+\.(\w+)\.lora_A/u.exec(name);
    if (!found) continue;
    const values = freshDown(Number(found[1]), found[2] as LoraTarget, shape[0], shape[1], seed);
    floats.set(values, parameters / 4 + offset);
  }
  return { memory, plan, threads, first, second, gradients };
}

/** Whether no number, or scale of a block, is infinite or none. */
function areNumbers(type: StoredMatrix['type'], bytes: Uint8Array<ArrayBuffer>): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const halfAt = (at: number): boolean => (view.getUint16(at, true) & 0x7c00) !== 0x7c00;
  const all = (step: number, ok: (at: number) => boolean): boolean => {
    for (let at = 0; at < bytes.length; at += step) if (!ok(at)) return false;
    return true;
  };
  switch (type) {
    case 'F32':
      return all(4, (at) => Number.isFinite(view.getFloat32(at, true)));
    case 'F16':
      return all(2, halfAt);
    case 'Q8_0':
      return all(34, halfAt);
    case 'Q4_0':
      return all(18, halfAt);
    case 'Q4_1':
      return all(20, (at) => halfAt(at) && halfAt(at + 2));
  }
}
