/** The state of a training as bytes: safetensors with the trained tensors and both moments of AdamW. */
import type { TrainingCheckpoint } from '../core/training/training';
import { badFile } from '../weights/bad-file';
import { bytesOf } from '../weights/conversion';
import { readSafetensors, type TensorToWrite, writeSafetensors } from '../weights/safetensors';
import { WORDS } from './words';

/** A learned tensor's numbers, and both running means of AdamW. */
export const STATE_PARTS = ['parameters', 'first', 'second'] as const;
export type StatePart = (typeof STATE_PARTS)[number];
/** A tensor that is learned. */
export interface LearnedTensor {
  /** As files name it. */
  readonly name: string;
  readonly shape: readonly number[];
}
export type LearnedState = Readonly<Record<StatePart, Float32Array<ArrayBuffer>>>;
const STEP = 'step';

/**
 * All that is learned, with its moments, as one safetensors file in F32.
 * @param read the numbers of one tensor
 */
export async function writeCheckpoint(
  learned: Iterable<LearnedTensor>,
  read: (name: string) => LearnedState | Promise<LearnedState>,
  step: number,
): Promise<TrainingCheckpoint> {
  const tensors: TensorToWrite[] = [];
  for (const { name, shape } of learned) {
    const state = await read(name);
    for (const part of STATE_PARTS) {
      tensors.push({ name: `${part}:${name}`, shape, dtype: 'F32', bytes: bytesOf(state[part]) });
    }
  }
  const file = writeSafetensors(tensors, { [STEP]: String(step) });
  return { step, bytes: new Uint8Array(await file.arrayBuffer()) };
}

/**
 * The state of each learned tensor, by its name, when the whole checkpoint matches.
 * @throws AppError bad-file when it is damaged, or belongs to another model or method
 */
export async function readCheckpoint(
  learned: Iterable<LearnedTensor>,
  { bytes, step }: TrainingCheckpoint,
): Promise<ReadonlyMap<string, LearnedState>> {
  const file = await readSafetensors(new Blob([bytes]));
  if (file.metadata.get(STEP) !== String(step)) throw badFile(WORDS.checkpointStep);
  const states = new Map<string, LearnedState>();
  for (const { name, shape } of learned) {
    const read = async (part: StatePart): Promise<Float32Array<ArrayBuffer>> => {
      const stored = file.tensor(`${part}:${name}`);
      if (stored.shape.join() !== shape.join()) throw badFile(WORDS.checkpointShape(name));
      return file.readTensor(`${part}:${name}`);
    };
    states.set(name, {
      parameters: await read('parameters'),
      first: await read('first'),
      second: await read('second'),
    });
  }
  return states;
}
