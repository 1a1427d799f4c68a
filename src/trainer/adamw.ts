/** AdamW (Loshchilov and Hutter) on one group of parameters at a time, after clipping by the norm of all gradients. */
import { jit, numpy as np } from '@jax-js/jax';
import { BETA1, BETA2, corrections, EPSILON } from './optimizer';

type Group = Record<string, np.Array>;

/** The parameters that are updated together, with AdamW's two moments. */
export interface GroupState {
  [part: string]: Group;
  parameters: Group;
  /** Running means of gradients and of their squares. */
  first: Group;
  second: Group;
}

/** Tensors of the same names and shapes, filled with zeros. */
export const zerosLike = (group: Readonly<Group>): Group =>
  Object.fromEntries(Object.entries(group).map(([name, tensor]) => [name, np.zeros(tensor.shape)]));

/** AdamW with bias correction (Loshchilov and Hutter 2019), one compiled update for each group. */
export class AdamW {
  readonly #update;

  constructor(weightDecay: number) {
    this.#update = jit((state: GroupState, grads: Group, numbers: np.Array): GroupState => {
      const number = (i: number): np.Array => numbers.ref.slice(i);
      const next: GroupState = { parameters: {}, first: {}, second: {} };
      for (const [name, old] of Object.entries(state.parameters)) {
        const grad = (grads[name] as np.Array).mul(number(3));
        const first = (state.first[name] as np.Array).mul(BETA1).add(grad.ref.mul(1 - BETA1));
        const second = (state.second[name] as np.Array).mul(BETA2).add(grad.ref.mul(grad).mul(1 - BETA2));
        const root = np.sqrt(second.ref.mul(number(2))).add(EPSILON);
        const change = first.ref.mul(number(1)).div(root);
        // Norms are not pulled towards zero.
        const pulled = weightDecay > 0 && old.ndim > 1 ? change.add(old.ref.mul(weightDecay)) : change;
        next.parameters[name] = old.sub(pulled.mul(number(0)));
        next.first[name] = first;
        next.second[name] = second;
      }
      return next;
    });
  }

  /**
   * Consumes state and gradients.
   * @param step counts from 1
   * @param shrink what the gradients are multiplied by, for clipping
   */
  update(state: GroupState, grads: Group, step: number, learningRate: number, shrink: number): GroupState {
    const numbers = [learningRate, ...corrections(step), shrink];
    return this.#update(state, grads, np.array(Float32Array.from(numbers), { shape: [4] }));
  }

  dispose(): void {
    this.#update.dispose();
  }
}
