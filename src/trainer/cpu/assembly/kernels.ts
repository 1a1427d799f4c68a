/** All that training on the CPU computes in WebAssembly; pointers are byte addresses in the shared memory. */
export { addOuter, multiply, multiplyTransposed } from './matrix';
export {
  add,
  causalShares,
  exponentials,
  gated,
  gatedBack,
  rmsNorm,
  rmsNormBack,
  rotate,
  scale,
  scaleTokens,
  sharesBack,
} from './layer';
export { widenHalf, widenQ4, widenQ41, widenQ8 } from './blocks';
export { adamW, sumOfSquares } from './adamw';
