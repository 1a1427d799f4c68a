/** What happens between the matrices, on rows of 32-bit floats. Lengths are multiples of 32. */

/**
 * e to the power of each number. Own arithmetic: with the same operations in the same order, every machine gets the same
 * bits. Cody and Waite's reduction, then a polynomial of degree 6; off by less than 2 units in the last place.
 */
export function exponential(x: v128): v128 {
  const clamped = f32x4.min(f32x4.max(x, f32x4.splat(-87)), f32x4.splat(88));
  const n = f32x4.nearest(f32x4.mul(clamped, f32x4.splat(1.44269504088896341)));
  let r = f32x4.sub(clamped, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.add(r, f32x4.mul(n, f32x4.splat(2.1219444e-4)));
  let p = f32x4.splat(1.98756915e-4);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.3981999507e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.3334519073e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.1665795894e-2));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.6666665459e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.0000001201e-1));
  p = f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), f32x4.add(r, f32x4.splat(1)));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return f32x4.mul(p, power);
}

export function sumOf(v: v128): f32 {
  return (
    f32x4.extract_lane(v, 0) +
    f32x4.extract_lane(v, 1) +
    (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3))
  );
}
export function largestOf(v: v128): f32 {
  return max(
    max(f32x4.extract_lane(v, 0), f32x4.extract_lane(v, 1)),
    max(f32x4.extract_lane(v, 2), f32x4.extract_lane(v, 3)),
  );
}

/** Root mean square normalisation times `weight`. */
export function normalise(x: usize, weight: usize, length: u32, epsilon: f32, out: usize): void {
  const end = x + length * 4;
  let squares = f32x4.splat(0);
  for (let at = x; at < end; at += 16) {
    const v = v128.load(at);
    squares = f32x4.add(squares, f32x4.mul(v, v));
  }
  const factor = f32x4.splat(<f32>1 / sqrt<f32>(sumOf(squares) / <f32>length + epsilon));
  for (let at = x; at < end; at += 16) {
    v128.store(out, f32x4.mul(f32x4.mul(v128.load(at), factor), v128.load(weight)));
    weight += 16;
    out += 16;
  }
}

/** Each block of 32 becomes whole numbers from -127 to 127, in 16 bits, and a scale. */
export function quantise(x: usize, length: u32, values: usize, scales: usize): void {
  for (let block: u32 = 0; block < length / 32; block++) {
    let largest = f32x4.splat(0);
    for (let at: usize = 0; at < 128; at += 16) largest = f32x4.max(largest, f32x4.abs(v128.load(x + at)));
    const scale = largestOf(largest) / 127;
    const inverse = f32x4.splat(scale > 0 ? <f32>1 / scale : 0);
    store<f32>(scales, scale);
    for (let at: usize = 0; at < 128; at += 32) {
      const low = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(x + at), inverse)));
      const high = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(x + at, 16), inverse)));
      v128.store(values, i16x8.narrow_i32x4_s(low, high));
      values += 16;
    }
    x += 128;
    scales += 4;
  }
}

/** x += y */
export function add(x: usize, y: usize, length: u32): void {
  for (let end = x + length * 4; x < end; x += 16) {
    v128.store(x, f32x4.add(v128.load(x), v128.load(y)));
    y += 16;
  }
}

/** gate = gate * sigmoid(gate) * up */
export function gated(gate: usize, up: usize, length: u32): void {
  const one = f32x4.splat(1);
  for (let end = gate + length * 4; gate < end; gate += 16) {
    const g = v128.load(gate);
    const sigmoid = f32x4.div(one, f32x4.add(one, exponential(f32x4.neg(g))));
    v128.store(gate, f32x4.mul(f32x4.mul(g, sigmoid), v128.load(up)));
    up += 16;
  }
}

/**
 * Logits become exp((logit - largest) * factor), in place.
 * @returns their sum
 */
export function powers(logits: usize, length: u32, factor: f32): f64 {
  const end = logits + length * 4;
  let largest = v128.load(logits);
  for (let at = logits; at < end; at += 16) largest = f32x4.max(largest, v128.load(at));
  const top = f32x4.splat(largestOf(largest));
  const times = f32x4.splat(factor);
  let sum: f64 = 0;
  for (let at = logits; at < end; at += 16) {
    const power = exponential(f32x4.mul(f32x4.sub(v128.load(at), top), times));
    v128.store(at, power);
    sum += <f64>sumOf(power);
  }
  return sum;
}
