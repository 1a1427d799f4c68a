/** The state of a training as bytes: safetensors with the trained tensors and both moments of AdamW. */
import { numpy as np, tree } from '@jax-js/jax';
import type { TrainingCheckpoint } from '../core/training/training';
import { badFile } from '../weights/bad-file';
import { readSafetensors, type TensorToWrite, writeSafetensors } from '../weights/safetensors';
import type { GroupState } from './adamw';
import type { Tensor } from './llama';
import { toWrite, type TrainableLlama } from './trainable-llama';
import { WORDS } from './words';

const PARTS = ['parameters', 'first', 'second'] as const satisfies readonly (keyof GroupState)[];
const STEP = 'step';

/** All that is learned, with its moments, as one safetensors file in F32. */
export async function writeCheckpoint(model: TrainableLlama, step: number): Promise<TrainingCheckpoint> {
  const tensors: TensorToWrite[] = [];
  for (const { name, group, key } of model.learned()) {
    for (const part of PARTS) {
      const tensor = model.states[group]?.[part][key] as Tensor;
      tensors.push(await toWrite(`${part}:${name}`, tensor.ref));
    }
  }
  const file = writeSafetensors(tensors, { [STEP]: String(step) });
  return { step, bytes: new Uint8Array(await file.arrayBuffer()) };
}

/**
 * Restores a model's state. The model is changed only when the whole checkpoint matches.
 * @throws AppError bad-file when it is damaged, or belongs to another model or method
 */
export async function readCheckpoint(
  model: TrainableLlama,
  { bytes, step }: TrainingCheckpoint,
): Promise<void> {
  const file = await readSafetensors(new Blob([bytes]));
  if (file.metadata.get(STEP) !== String(step)) throw badFile(WORDS.checkpointStep);
  const states: GroupState[] = model.states.map(() => ({ parameters: {}, first: {}, second: {} }));
  for (const { name, group, key } of model.learned()) {
    const { shape } = model.states[group]?.parameters[key] as Tensor;
    for (const part of PARTS) {
      const stored = file.tensor(`${part}:${name}`);
      if (stored.shape.join() !== shape.join()) {
        throw badFile(WORDS.checkpointShape(name));
      }
      const values = await file.readTensor(`${part}:${name}`);
      (states[group] as GroupState)[part][key] = np.array(values, { shape: [...shape] });
    }
  }
  for (const [i, state] of states.entries()) {
    tree.dispose(model.states[i]);
    model.states[i] = state;
  }
}
