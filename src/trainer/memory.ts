/**
 * Bytes that are alive at the worst moment of a step: the libraries of the browser do not tell, so they are added up from
 * what the step holds. A test compares this with what the backend really holds.
 */
import type { TrainingMethod } from '../core/training/training';
import { type LlamaConfig, llamaTensors } from '../weights/llama-config';
import { PIECE } from './head';
import { keptPerToken } from './llama';
import { targetPath } from '../weights/adapter';

/** Bytes of kept intermediates; above, the forward pass of a layer is done twice. */
const KEEP_BYTES = 256_000_000;
const FLOAT = 4;

/** What the backward pass finds of one layer's forward pass. */
const keptBytes = (c: LlamaConfig, rows: number, length: number): number =>
  FLOAT * rows * length * (keptPerToken(c) + c.heads * length);

/** Whether the values of all layers fit in memory until the backward pass; else each is computed twice. */
export const keepsLayers = (c: LlamaConfig, rows: number, length: number, layers = c.layers): boolean =>
  layers * keptBytes(c, rows, length) <= KEEP_BYTES;

/**
 * @param rows of a batch
 * @param length of the longest batch, in tokens
 */
export function peakBytes(c: LlamaConfig, method: TrainingMethod, rows: number, length: number): number {
  const tokens = rows * length;
  const shapes = [...llamaTensors(c)];
  const size = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);
  const all = shapes.reduce((sum, [, shape]) => sum + size(shape), 0);
  const learned = method.kind === 'full' ? all : adapterSize(shapes, method);
  // Frozen numbers once; learned ones with their gradient and both moments.
  const weights = FLOAT * (method.kind === 'full' ? 4 * all : all + 4 * learned);
  const kept = (keepsLayers(c, rows, length) ? c.layers : 1) * keptBytes(c, rows, length);
  const inputs = FLOAT * c.layers * tokens * c.hiddenSize;
  // A compiled function holds all its intermediates at once: those of the backward pass are the most.
  const adapters = method.kind === 'full' ? 0 : 4 * c.ffnSize + 6 * c.hiddenSize;
  const backward = FLOAT * tokens * (3 * c.heads * length + 6 * c.ffnSize + 8 * c.hiddenSize + adapters);
  const head = 4 * FLOAT * PIECE * c.vocabSize;
  return weights + kept + inputs + Math.max(backward, head);
}

function adapterSize(
  shapes: readonly (readonly [string, readonly number[]])[],
  { rank, targets }: Extract<TrainingMethod, { kind: 'lora' }>,
): number {
  const ends = targets.map((target) => `${targetPath(target)}.weight`);
  return shapes
    .filter(([name]) => ends.some((end) => name.endsWith(end)))
    .reduce((sum, [, [out = 0, inner = 0]]) => sum + rank * (out + inner), 0);
}
