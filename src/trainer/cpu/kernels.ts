/** The WebAssembly that training on the CPU computes with: one instance for each thread, all on the same memory. */
import fused from './assembly/kernels.ts?assembly&shared&fused';
import plain from './assembly/kernels.ts?assembly&shared';

/** What assembly/kernels.ts exports. Numbers are byte addresses unless they are counts; see there. */
export interface Kernels {
  multiply: Product;
  multiplyTransposed: Product;
  addOuter(
    ...of: [
      p: number,
      pPanel: number,
      q: number,
      qPanel: number,
      g: number,
      gRow: number,
      gColumn: number,
      rows: number,
      columns: number,
      panels: number,
    ]
  ): void;
  rmsNorm(x: number, weight: number, y: number, features: number, panels: number, eps: number): void;
  rmsNormBack(
    ...of: [x: number, weight: number, dy: number, dx: number, features: number, panels: number, eps: number]
  ): void;
  rotate(
    ...of: [x: number, cos: number, sin: number, heads: number, half: number, panels: number, sign: number]
  ): void;
  gated(gate: number, up: number, y: number, count: number): void;
  gatedBack(dy: number, gate: number, up: number, count: number): void;
  causalShares(scores: number, keys: number, scale: number): void;
  sharesBack(shares: number, gradients: number, keys: number, scale: number): void;
  exponentials(logits: number, vocabulary: number, out: number): void;
  scaleTokens(x: number, features: number, factors: number): void;
  add(y: number, x: number, count: number): void;
  scale(x: number, factor: number, count: number): void;
  widenHalf: Widening;
  widenQ4: Widening;
  widenQ41: Widening;
  widenQ8: Widening;
  sumOfSquares(x: number, count: number): number;
  adamW(
    ...of: [
      parameters: number,
      gradients: number,
      first: number,
      second: number,
      count: number,
      rate: number,
      shrink: number,
      firstScale: number,
      secondScale: number,
      decay: number,
    ]
  ): void;
}
type Product = (
  ...of: [
    w: number,
    rowBytes: number,
    x: number,
    xPanel: number,
    y: number,
    yPanel: number,
    out: number,
    inner: number,
    panels: number,
    add: boolean | 0 | 1,
  ]
) => void;
/** From stored numbers to floats: `count` blocks, or single numbers of halves. */
type Widening = (x: number, y: number, count: number) => void;

/** A function whose body is `f32x4.relaxed_madd` of zeros: valid only where that is known. */
const FUSED = new Uint8Array([
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0],
  ...[10, 19, 1, 17, 0, 65, 0, 253, 15, 65, 0, 253, 15, 65, 0, 253, 15, 253, 133, 2, 11],
]);

/** The kernels on this memory, which must be a shared one. */
export function startKernels(memory: WebAssembly.Memory): Kernels {
  const base64 = WebAssembly.validate(FUSED) ? fused : plain;
  const module = new WebAssembly.Module(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)));
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernels;
}
