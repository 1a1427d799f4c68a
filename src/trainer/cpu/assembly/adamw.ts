/** AdamW (Loshchilov and Hutter 2019) and what clipping needs, over a list of floats. */

/** The sum of squares, in double precision. */
export function sumOfSquares(x: usize, count: i32): f64 {
  let sum: f64 = 0;
  for (let i = 0; i < count; i++) {
    const value = <f64>load<f32>(x + ((<usize>i) << 2));
    sum += value * value;
  }
  return sum;
}

/**
 * One step.
 * @param shrink what the gradients are multiplied by
 * @param firstScale 1 / (1 - beta1^step), and `secondScale` the same of beta2
 * @param decay weight decay; zero for vectors
 */
export function adamW(
  parameters: usize,
  gradients: usize,
  first: usize,
  second: usize,
  count: i32,
  rate: f32,
  shrink: f32,
  firstScale: f32,
  secondScale: f32,
  decay: f32,
): void {
  for (let i = 0; i < count; i++) {
    const at = (<usize>i) << 2;
    const gradient = load<f32>(gradients + at) * shrink;
    const m = load<f32>(first + at) * <f32>0.9 + gradient * <f32>0.1;
    const v = load<f32>(second + at) * <f32>0.999 + gradient * gradient * <f32>0.001;
    const old = load<f32>(parameters + at);
    const change = (m * firstScale) / (sqrt<f32>(v * secondScale) + <f32>1e-8) + old * decay;
    store<f32>(parameters + at, old - change * rate);
    store<f32>(first + at, m);
    store<f32>(second + at, v);
  }
}
