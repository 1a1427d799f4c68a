/** Products with the matrices of a model, adapters included, and their gradients. */
import type { LoraTarget } from '../../core/training/training';
import { adapterTensor } from '../../weights/adapter';
import type { Kernels } from './kernels';
import type { AdapterPlace, ModelPlan, StoredMatrix, ThreadPlan } from './model-plan';

/** Bytes of eight floats: one feature of a panel. */
export const EIGHT = 32;
const BLOCK = 32;

/** Writes numbers of a stored matrix as floats; the address of where they are. */
export function widened(
  kernels: Kernels,
  matrix: StoredMatrix,
  row: number,
  rows: number,
  to: number,
): number {
  const { at, type, columns } = matrix;
  const count = rows * columns;
  const before = row * columns;
  switch (type) {
    case 'F32':
      return at + 4 * before;
    case 'F16':
      kernels.widenHalf(at + 2 * before, to, count);
      return to;
    case 'Q8_0':
      kernels.widenQ8(at + (before / BLOCK) * 34, to, count / BLOCK);
      return to;
    case 'Q4_0':
      kernels.widenQ4(at + (before / BLOCK) * 18, to, count / BLOCK);
      return to;
    case 'Q4_1':
      kernels.widenQ41(at + (before / BLOCK) * 20, to, count / BLOCK);
      return to;
  }
}

/** One thread's products. */
export class Products {
  readonly #adapters: ReadonlyMap<string, AdapterPlace>;

  constructor(
    private readonly kernels: Kernels,
    private readonly plan: ModelPlan,
    private readonly thread: ThreadPlan,
  ) {
    this.#adapters = new Map(plan.adapters.map((place) => [place.name, place]));
  }

  /** y = W x, and what the adapter adds. */
  forward(layer: number, target: LoraTarget, x: number, y: number, panels: number): void {
    const { kernels, plan, thread } = this;
    const matrix = this.#matrix(layer, target);
    const { rows, columns } = matrix;
    const w = widened(kernels, matrix, 0, rows, thread.scratch.weights);
    kernels.multiply(w, 4 * columns, x, columns * EIGHT, y, rows * EIGHT, rows, columns, panels, 0);
    const side = this.#sides(layer, target);
    if (!side) return;
    const narrow = this.#narrow(side.A, x, columns, panels);
    const { rank } = plan;
    const b = plan.parameters + 4 * side.B;
    kernels.multiply(b, 4 * rank, narrow, rank * EIGHT, y, rows * EIGHT, rows, rank, panels, 1);
  }

  /**
   * Adds the adapter's gradients, and writes the gradient with respect to x or adds it.
   * @param dx null where it is not needed
   */
  backward(
    layer: number,
    target: LoraTarget,
    x: number,
    dy: number,
    dx: number | null,
    add: boolean,
    panels: number,
  ): void {
    const { kernels: k, plan, thread } = this;
    const matrix = this.#matrix(layer, target);
    const { rows, columns } = matrix;
    const [wide, long] = [columns * EIGHT, rows * EIGHT];
    if (dx !== null) {
      const w = widened(k, matrix, 0, rows, thread.scratch.weights);
      k.multiplyTransposed(w, 4 * columns, dy, long, dx, wide, columns, rows, panels, add ? 1 : 0);
    }
    const side = this.#sides(layer, target);
    if (!side) return;
    const { rank } = plan;
    const narrow = this.#narrow(side.A, x, columns, panels);
    const dB = thread.gradients + 4 * side.B;
    k.addOuter(dy, long, narrow, rank * EIGHT, dB, 4 * rank, 4, rows, rank, panels);
    const { dnarrow } = thread.scratch;
    const b = plan.parameters + 4 * side.B;
    k.multiplyTransposed(b, 4 * rank, dy, long, dnarrow, rank * EIGHT, rank, rows, panels, 0);
    k.scale(dnarrow, plan.scale, 8 * rank * panels);
    const dA = thread.gradients + 4 * side.A;
    k.addOuter(x, wide, dnarrow, rank * EIGHT, dA, 4, 4 * columns, columns, rank, panels);
    if (dx === null) return;
    const a = plan.parameters + 4 * side.A;
    k.multiplyTransposed(a, 4 * columns, dnarrow, rank * EIGHT, dx, wide, columns, rank, panels, 1);
  }

  #narrow(offset: number, x: number, columns: number, panels: number): number {
    const { kernels, plan, thread } = this;
    const { narrow } = thread.scratch;
    const { rank } = plan;
    const a = plan.parameters + 4 * offset;
    kernels.multiply(a, 4 * columns, x, columns * EIGHT, narrow, rank * EIGHT, rank, columns, panels, 0);
    kernels.scale(narrow, plan.scale, 8 * rank * panels);
    return narrow;
  }

  #matrix(layer: number, target: LoraTarget): StoredMatrix {
    return (this.plan.layers[layer] as ModelPlan['layers'][number]).matrices[target];
  }

  #sides(layer: number, target: LoraTarget): { readonly A: number; readonly B: number } | null {
    const a = this.#adapters.get(adapterTensor(layer, target, 'A'));
    const b = this.#adapters.get(adapterTensor(layer, target, 'B'));
    return a && b ? { A: a.offset, B: b.offset } : null;
  }
}
