/**
 * What a layer does beside products of matrices, on panels of eight tokens: [panel][feature][8]. Functions that work on
 * one vector of numbers take a count of floats that is a multiple of eight.
 */
import { exponential, multiplyAdd } from './vectors';

const EIGHT: usize = 32;

/** One over the root mean square of a panel's tokens, for one half of the panel. */
function inverseLength(x: usize, features: i32, eps: f32): v128 {
  let squares = f32x4.splat(0);
  for (let f = 0; f < features; f++) {
    const value = v128.load(x + <usize>f * EIGHT);
    squares = multiplyAdd(value, value, squares);
  }
  const mean = f32x4.div(squares, f32x4.splat(<f32>features));
  return f32x4.div(f32x4.splat(1), f32x4.sqrt(f32x4.add(mean, f32x4.splat(eps))));
}

/** y = x / its root mean square * weight. */
export function rmsNorm(x: usize, weight: usize, y: usize, features: i32, panels: i32, eps: f32): void {
  for (let half = 0; half < panels * 2; half++) {
    const at = <usize>(half >> 1) * <usize>features * EIGHT + <usize>(half & 1) * 16;
    const scale = inverseLength(x + at, features, eps);
    for (let f = 0; f < features; f++) {
      const value = f32x4.mul(v128.load(x + at + <usize>f * EIGHT), scale);
      const w = v128.load_splat<f32>(weight + ((<usize>f) << 2));
      v128.store(y + at + <usize>f * EIGHT, f32x4.mul(value, w));
    }
  }
}

/** Adds to dx the gradient of `rmsNorm` with respect to x. */
export function rmsNormBack(
  x: usize,
  weight: usize,
  dy: usize,
  dx: usize,
  features: i32,
  panels: i32,
  eps: f32,
): void {
  for (let half = 0; half < panels * 2; half++) {
    const at = <usize>(half >> 1) * <usize>features * EIGHT + <usize>(half & 1) * 16;
    const scale = inverseLength(x + at, features, eps);
    let along = f32x4.splat(0);
    for (let f = 0; f < features; f++) {
      const place = at + <usize>f * EIGHT;
      const unit = f32x4.mul(v128.load(x + place), scale);
      const dunit = f32x4.mul(v128.load(dy + place), v128.load_splat<f32>(weight + ((<usize>f) << 2)));
      along = multiplyAdd(dunit, unit, along);
    }
    along = f32x4.div(along, f32x4.splat(<f32>features));
    for (let f = 0; f < features; f++) {
      const place = at + <usize>f * EIGHT;
      const unit = f32x4.mul(v128.load(x + place), scale);
      const dunit = f32x4.mul(v128.load(dy + place), v128.load_splat<f32>(weight + ((<usize>f) << 2)));
      const change = f32x4.mul(f32x4.sub(dunit, f32x4.mul(unit, along)), scale);
      v128.store(dx + place, f32x4.add(v128.load(dx + place), change));
    }
  }
}

/**
 * Turns the two halves of each head by the angles of the tokens' places.
 * @param cos cosines, [panels][half][8], as `sin`
 * @param sign -1 turns back
 */
export function rotate(
  x: usize,
  cos: usize,
  sin: usize,
  heads: i32,
  half: i32,
  panels: i32,
  sign: f32,
): void {
  const signs = f32x4.splat(sign);
  for (let p = 0; p < panels; p++) {
    for (let h = 0; h < heads; h++) {
      const head = x + <usize>(p * heads + h) * <usize>half * 2 * EIGHT;
      for (let i = 0; i < half * 2; i++) {
        const angle = <usize>p * <usize>half * EIGHT + <usize>i * 16;
        const c = v128.load(cos + angle);
        const s = f32x4.mul(v128.load(sin + angle), signs);
        const first = head + <usize>i * 16;
        const second = first + <usize>half * EIGHT;
        const a = v128.load(first);
        const b = v128.load(second);
        v128.store(first, f32x4.sub(f32x4.mul(a, c), f32x4.mul(b, s)));
        v128.store(second, f32x4.add(f32x4.mul(b, c), f32x4.mul(a, s)));
      }
    }
  }
}

function sigmoid(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exponential(f32x4.neg(x))));
}

/** y = gate * sigmoid(gate) * up. */
export function gated(gate: usize, up: usize, y: usize, count: i32): void {
  for (let at: usize = 0; at < (<usize>count) << 2; at += 16) {
    const g = v128.load(gate + at);
    v128.store(y + at, f32x4.mul(f32x4.mul(g, sigmoid(g)), v128.load(up + at)));
  }
}

/** The gradients of `gated`, in place of gate and up. */
export function gatedBack(dy: usize, gate: usize, up: usize, count: i32): void {
  const one = f32x4.splat(1);
  for (let at: usize = 0; at < (<usize>count) << 2; at += 16) {
    const d = v128.load(dy + at);
    const g = v128.load(gate + at);
    const s = sigmoid(g);
    const silu = f32x4.mul(g, s);
    const slope = f32x4.mul(s, f32x4.add(one, f32x4.mul(g, f32x4.sub(one, s))));
    v128.store(gate + at, f32x4.mul(f32x4.mul(d, v128.load(up + at)), slope));
    v128.store(up + at, f32x4.mul(d, silu));
  }
}

/**
 * Scores of eight queries against all keys up to theirs become shares: [keys][8], the last eight keys being the queries'
 * own places.
 */
export function causalShares(s: usize, keys: i32, scale: f32): void {
  for (let half = 0; half < 2; half++) {
    const lanes = half ? i32x4(4, 5, 6, 7) : i32x4(0, 1, 2, 3);
    const from = s + <usize>half * 16;
    const scales = f32x4.splat(scale);
    const diagonal = keys - 8;
    let most = f32x4.splat(-3e38);
    for (let j = 0; j < keys; j++) {
      const at = from + <usize>j * EIGHT;
      let score = f32x4.mul(v128.load(at), scales);
      if (j > diagonal) {
        const seen = i32x4.ge_s(lanes, i32x4.splat(j - diagonal));
        score = v128.bitselect(score, f32x4.splat(-3e38), seen);
      }
      most = f32x4.max(most, score);
      v128.store(at, score);
    }
    let sum = f32x4.splat(0);
    for (let j = 0; j < keys; j++) {
      const at = from + <usize>j * EIGHT;
      const score = v128.load(at);
      // What is masked is exactly zero.
      const seen = f32x4.gt(score, f32x4.splat(-2e38));
      const share = v128.and(exponential(f32x4.sub(score, most)), seen);
      sum = f32x4.add(sum, share);
      v128.store(at, share);
    }
    const inverse = f32x4.div(f32x4.splat(1), sum);
    for (let j = 0; j < keys; j++) {
      const at = from + <usize>j * EIGHT;
      v128.store(at, f32x4.mul(v128.load(at), inverse));
    }
  }
}

/** The gradient of `causalShares` with respect to the scores, in place of the gradient `d` of the shares `p`. */
export function sharesBack(p: usize, d: usize, keys: i32, scale: f32): void {
  for (let half: usize = 0; half < 32; half += 16) {
    let along = f32x4.splat(0);
    for (let j = 0; j < keys; j++) {
      const at = half + <usize>j * EIGHT;
      along = multiplyAdd(v128.load(p + at), v128.load(d + at), along);
    }
    for (let j = 0; j < keys; j++) {
      const at = half + <usize>j * EIGHT;
      const change = f32x4.mul(v128.load(p + at), f32x4.sub(v128.load(d + at), along));
      v128.store(d + at, f32x4.mul(change, f32x4.splat(scale)));
    }
  }
}

/**
 * Turns logits [vocabulary][8] of eight predictions into exp(logit - largest), and tells per prediction the largest
 * logit and the sum: out [2][8].
 */
export function exponentials(logits: usize, vocabulary: i32, out: usize): void {
  for (let half: usize = 0; half < 32; half += 16) {
    let most = f32x4.splat(-3e38);
    for (let i = 0; i < vocabulary; i++) {
      most = f32x4.max(most, v128.load(logits + half + <usize>i * EIGHT));
    }
    let sum = f32x4.splat(0);
    for (let i = 0; i < vocabulary; i++) {
      const at = logits + half + <usize>i * EIGHT;
      const value = exponential(f32x4.sub(v128.load(at), most));
      sum = f32x4.add(sum, value);
      v128.store(at, value);
    }
    v128.store(out + half, most);
    v128.store(out + half + EIGHT, sum);
  }
}

/** Multiplies [features][8] by a factor of each token, [8]. */
export function scaleTokens(x: usize, features: i32, factors: usize): void {
  const first = v128.load(factors);
  const second = v128.load(factors, 16);
  for (let f = 0; f < features; f++) {
    const at = x + <usize>f * EIGHT;
    v128.store(at, f32x4.mul(v128.load(at), first));
    v128.store(at, f32x4.mul(v128.load(at, 16), second), 16);
  }
}

/** y += x. */
export function add(y: usize, x: usize, count: i32): void {
  for (let at: usize = 0; at < (<usize>count) << 2; at += 16) {
    v128.store(y + at, f32x4.add(v128.load(y + at), v128.load(x + at)));
  }
}

/** x *= factor. */
export function scale(x: usize, factor: f32, count: i32): void {
  const factors = f32x4.splat(factor);
  for (let at: usize = 0; at < (<usize>count) << 2; at += 16) {
    v128.store(x + at, f32x4.mul(v128.load(x + at), factors));
  }
}
