/**
 * Products of matrices. Activations lie in panels of eight tokens: [panel][feature][8], so that a vector is the same
 * feature of neighbouring tokens, and weights are read row by row as they are stored, number by number. Nothing is
 * transposed or packed before a product, in either direction.
 */
import { lanesSum, multiplyAdd } from './vectors';

/** Bytes of eight floats. */
const EIGHT: usize = 32;
/** Rows of a panel that are worked on at once: they and as many weights stay in the first-level cache. */
const BLOCK: i32 = 288;

/** Four rows of weights times eight tokens. */
function fourRows(w: usize, rowBytes: usize, x: usize, y: usize, inner: i32, add: bool): void {
  let c00 = add ? v128.load(y, 0) : f32x4.splat(0);
  let c01 = add ? v128.load(y, 16) : f32x4.splat(0);
  let c10 = add ? v128.load(y, 32) : f32x4.splat(0);
  let c11 = add ? v128.load(y, 48) : f32x4.splat(0);
  let c20 = add ? v128.load(y, 64) : f32x4.splat(0);
  let c21 = add ? v128.load(y, 80) : f32x4.splat(0);
  let c30 = add ? v128.load(y, 96) : f32x4.splat(0);
  let c31 = add ? v128.load(y, 112) : f32x4.splat(0);
  let w1 = w + rowBytes;
  let w2 = w1 + rowBytes;
  let w3 = w2 + rowBytes;
  const end = x + <usize>inner * EIGHT;
  let x0: v128, x1: v128, a: v128;
  const pairs = end - EIGHT;
  while (x < pairs) {
    x0 = v128.load(x, 0);
    x1 = v128.load(x, 16);
    a = v128.load_splat<f32>(w, 0);
    c00 = multiplyAdd(a, x0, c00);
    c01 = multiplyAdd(a, x1, c01);
    a = v128.load_splat<f32>(w1, 0);
    c10 = multiplyAdd(a, x0, c10);
    c11 = multiplyAdd(a, x1, c11);
    a = v128.load_splat<f32>(w2, 0);
    c20 = multiplyAdd(a, x0, c20);
    c21 = multiplyAdd(a, x1, c21);
    a = v128.load_splat<f32>(w3, 0);
    c30 = multiplyAdd(a, x0, c30);
    c31 = multiplyAdd(a, x1, c31);
    x0 = v128.load(x, 32);
    x1 = v128.load(x, 48);
    a = v128.load_splat<f32>(w, 4);
    c00 = multiplyAdd(a, x0, c00);
    c01 = multiplyAdd(a, x1, c01);
    a = v128.load_splat<f32>(w1, 4);
    c10 = multiplyAdd(a, x0, c10);
    c11 = multiplyAdd(a, x1, c11);
    a = v128.load_splat<f32>(w2, 4);
    c20 = multiplyAdd(a, x0, c20);
    c21 = multiplyAdd(a, x1, c21);
    a = v128.load_splat<f32>(w3, 4);
    c30 = multiplyAdd(a, x0, c30);
    c31 = multiplyAdd(a, x1, c31);
    w += 8;
    w1 += 8;
    w2 += 8;
    w3 += 8;
    x += 2 * EIGHT;
  }
  if (x < end) {
    x0 = v128.load(x, 0);
    x1 = v128.load(x, 16);
    a = v128.load_splat<f32>(w, 0);
    c00 = multiplyAdd(a, x0, c00);
    c01 = multiplyAdd(a, x1, c01);
    a = v128.load_splat<f32>(w1, 0);
    c10 = multiplyAdd(a, x0, c10);
    c11 = multiplyAdd(a, x1, c11);
    a = v128.load_splat<f32>(w2, 0);
    c20 = multiplyAdd(a, x0, c20);
    c21 = multiplyAdd(a, x1, c21);
    a = v128.load_splat<f32>(w3, 0);
    c30 = multiplyAdd(a, x0, c30);
    c31 = multiplyAdd(a, x1, c31);
  }
  v128.store(y, c00, 0);
  v128.store(y, c01, 16);
  v128.store(y, c10, 32);
  v128.store(y, c11, 48);
  v128.store(y, c20, 64);
  v128.store(y, c21, 80);
  v128.store(y, c30, 96);
  v128.store(y, c31, 112);
}

/** One row of weights times eight tokens. */
function oneRow(w: usize, rowBytes: usize, x: usize, y: usize, inner: i32, add: bool): void {
  let c00 = add ? v128.load(y, 0) : f32x4.splat(0);
  let c01 = add ? v128.load(y, 16) : f32x4.splat(0);
  const end = x + <usize>inner * EIGHT;
  let x0: v128, x1: v128, a: v128;
  while (x < end) {
    x0 = v128.load(x, 0);
    x1 = v128.load(x, 16);
    a = v128.load_splat<f32>(w, 0);
    c00 = multiplyAdd(a, x0, c00);
    c01 = multiplyAdd(a, x1, c01);
    w += 4;
    x += EIGHT;
  }
  v128.store(y, c00, 0);
  v128.store(y, c01, 16);
}

/** Four columns of weights times eight tokens. */
function fourColumns(w: usize, rowBytes: usize, x: usize, y: usize, inner: i32, add: bool): void {
  let c00 = add ? v128.load(y, 0) : f32x4.splat(0);
  let c01 = add ? v128.load(y, 16) : f32x4.splat(0);
  let c10 = add ? v128.load(y, 32) : f32x4.splat(0);
  let c11 = add ? v128.load(y, 48) : f32x4.splat(0);
  let c20 = add ? v128.load(y, 64) : f32x4.splat(0);
  let c21 = add ? v128.load(y, 80) : f32x4.splat(0);
  let c30 = add ? v128.load(y, 96) : f32x4.splat(0);
  let c31 = add ? v128.load(y, 112) : f32x4.splat(0);
  const end = x + <usize>inner * EIGHT;
  let x0: v128, x1: v128, a: v128;
  const pairs = end - EIGHT;
  while (x < pairs) {
    x0 = v128.load(x, 0);
    x1 = v128.load(x, 16);
    a = v128.load_splat<f32>(w, 0);
    c00 = multiplyAdd(a, x0, c00);
    c01 = multiplyAdd(a, x1, c01);
    a = v128.load_splat<f32>(w, 4);
    c10 = multiplyAdd(a, x0, c10);
    c11 = multiplyAdd(a, x1, c11);
    a = v128.load_splat<f32>(w, 8);
    c20 = multiplyAdd(a, x0, c20);
    c21 = multiplyAdd(a, x1, c21);
    a = v128.load_splat<f32>(w, 12);
    c30 = multiplyAdd(a, x0, c30);
    c31 = multiplyAdd(a, x1, c31);
    w += rowBytes;
    x0 = v128.load(x, 32);
    x1 = v128.load(x, 48);
    a = v128.load_splat<f32>(w, 0);
    c00 = multiplyAdd(a, x0, c00);
    c01 = multiplyAdd(a, x1, c01);
    a = v128.load_splat<f32>(w, 4);
    c10 = multiplyAdd(a, x0, c10);
    c11 = multiplyAdd(a, x1, c11);
    a = v128.load_splat<f32>(w, 8);
    c20 = multiplyAdd(a, x0, c20);
    c21 = multiplyAdd(a, x1, c21);
    a = v128.load_splat<f32>(w, 12);
    c30 = multiplyAdd(a, x0, c30);
    c31 = multiplyAdd(a, x1, c31);
    w += rowBytes;
    x += 2 * EIGHT;
  }
  if (x < end) {
    x0 = v128.load(x, 0);
    x1 = v128.load(x, 16);
    a = v128.load_splat<f32>(w, 0);
    c00 = multiplyAdd(a, x0, c00);
    c01 = multiplyAdd(a, x1, c01);
    a = v128.load_splat<f32>(w, 4);
    c10 = multiplyAdd(a, x0, c10);
    c11 = multiplyAdd(a, x1, c11);
    a = v128.load_splat<f32>(w, 8);
    c20 = multiplyAdd(a, x0, c20);
    c21 = multiplyAdd(a, x1, c21);
    a = v128.load_splat<f32>(w, 12);
    c30 = multiplyAdd(a, x0, c30);
    c31 = multiplyAdd(a, x1, c31);
  }
  v128.store(y, c00, 0);
  v128.store(y, c01, 16);
  v128.store(y, c10, 32);
  v128.store(y, c11, 48);
  v128.store(y, c20, 64);
  v128.store(y, c21, 80);
  v128.store(y, c30, 96);
  v128.store(y, c31, 112);
}

/** One column of weights times eight tokens. */
function oneColumn(w: usize, rowBytes: usize, x: usize, y: usize, inner: i32, add: bool): void {
  let c00 = add ? v128.load(y, 0) : f32x4.splat(0);
  let c01 = add ? v128.load(y, 16) : f32x4.splat(0);
  const end = x + <usize>inner * EIGHT;
  let x0: v128, x1: v128, a: v128;
  while (x < end) {
    x0 = v128.load(x, 0);
    x1 = v128.load(x, 16);
    a = v128.load_splat<f32>(w, 0);
    c00 = multiplyAdd(a, x0, c00);
    c01 = multiplyAdd(a, x1, c01);
    w += rowBytes;
    x += EIGHT;
  }
  v128.store(y, c00, 0);
  v128.store(y, c01, 16);
}

/**
 * y = W x: W [out, inner], x [panels][inner][8], y [panels][out][8].
 * @param rowBytes from one row of the weights to the next
 * @param xPanel bytes from one panel of x to the next, as `yPanel`
 * @param add to what is in y
 */
export function multiply(
  w: usize,
  rowBytes: usize,
  x: usize,
  xPanel: usize,
  y: usize,
  yPanel: usize,
  out: i32,
  inner: i32,
  panels: i32,
  add: bool,
): void {
  for (let k = 0; k < inner; k += BLOCK) {
    const count = min(BLOCK, inner - k);
    const more = add || k > 0;
    const xk = x + <usize>k * EIGHT;
    let i = 0;
    for (; i + 4 <= out; i += 4) {
      const wi = w + <usize>i * rowBytes + ((<usize>k) << 2);
      const yi = y + <usize>i * EIGHT;
      for (let p = 0; p < panels; p++) {
        fourRows(wi, rowBytes, xk + <usize>p * xPanel, yi + <usize>p * yPanel, count, more);
      }
    }
    for (; i < out; i++) {
      const wi = w + <usize>i * rowBytes + ((<usize>k) << 2);
      const yi = y + <usize>i * EIGHT;
      for (let p = 0; p < panels; p++) {
        oneRow(wi, rowBytes, xk + <usize>p * xPanel, yi + <usize>p * yPanel, count, more);
      }
    }
  }
}

/**
 * y = W^T x: W [inner, out], x [panels][inner][8], y [panels][out][8].
 * @param rowBytes from one row of the weights to the next
 * @param xPanel bytes from one panel of x to the next, as `yPanel`
 * @param add to what is in y
 */
export function multiplyTransposed(
  w: usize,
  rowBytes: usize,
  x: usize,
  xPanel: usize,
  y: usize,
  yPanel: usize,
  out: i32,
  inner: i32,
  panels: i32,
  add: bool,
): void {
  for (let k = 0; k < inner; k += BLOCK) {
    const count = min(BLOCK, inner - k);
    const more = add || k > 0;
    const xk = x + <usize>k * EIGHT;
    let i = 0;
    for (; i + 4 <= out; i += 4) {
      const wi = w + <usize>k * rowBytes + ((<usize>i) << 2);
      const yi = y + <usize>i * EIGHT;
      for (let p = 0; p < panels; p++) {
        fourColumns(wi, rowBytes, xk + <usize>p * xPanel, yi + <usize>p * yPanel, count, more);
      }
    }
    for (; i < out; i++) {
      const wi = w + <usize>k * rowBytes + ((<usize>i) << 2);
      const yi = y + <usize>i * EIGHT;
      for (let p = 0; p < panels; p++) {
        oneColumn(wi, rowBytes, xk + <usize>p * xPanel, yi + <usize>p * yPanel, count, more);
      }
    }
  }
}

/**
 * Adds to G[i, j] the sum over all tokens of p[i] q[j], for the gradients of narrow matrices.
 * @param gRow bytes from G[i, j] to G[i + 1, j], and `gColumn` to G[i, j + 1]
 */
export function addOuter(
  p: usize,
  pPanel: usize,
  q: usize,
  qPanel: usize,
  g: usize,
  gRow: usize,
  gColumn: usize,
  rows: i32,
  columns: i32,
  panels: i32,
): void {
  let i = 0;
  for (; i + 4 <= rows; i += 4) {
    let j = 0;
    for (; j + 2 <= columns; j += 2) {
      let pi = p + <usize>i * EIGHT;
      let qj = q + <usize>j * EIGHT;
      let c00 = f32x4.splat(0);
      let c01 = f32x4.splat(0);
      let c10 = f32x4.splat(0);
      let c11 = f32x4.splat(0);
      let c20 = f32x4.splat(0);
      let c21 = f32x4.splat(0);
      let c30 = f32x4.splat(0);
      let c31 = f32x4.splat(0);
      for (let panel = 0; panel < panels; panel++) {
        let q0: v128, q1: v128, a: v128;
        q0 = v128.load(qj, 0);
        q1 = v128.load(qj, 32);
        a = v128.load(pi, 0);
        c00 = multiplyAdd(a, q0, c00);
        c01 = multiplyAdd(a, q1, c01);
        a = v128.load(pi, 32);
        c10 = multiplyAdd(a, q0, c10);
        c11 = multiplyAdd(a, q1, c11);
        a = v128.load(pi, 64);
        c20 = multiplyAdd(a, q0, c20);
        c21 = multiplyAdd(a, q1, c21);
        a = v128.load(pi, 96);
        c30 = multiplyAdd(a, q0, c30);
        c31 = multiplyAdd(a, q1, c31);
        q0 = v128.load(qj, 16);
        q1 = v128.load(qj, 48);
        a = v128.load(pi, 16);
        c00 = multiplyAdd(a, q0, c00);
        c01 = multiplyAdd(a, q1, c01);
        a = v128.load(pi, 48);
        c10 = multiplyAdd(a, q0, c10);
        c11 = multiplyAdd(a, q1, c11);
        a = v128.load(pi, 80);
        c20 = multiplyAdd(a, q0, c20);
        c21 = multiplyAdd(a, q1, c21);
        a = v128.load(pi, 112);
        c30 = multiplyAdd(a, q0, c30);
        c31 = multiplyAdd(a, q1, c31);
        pi += pPanel;
        qj += qPanel;
      }
      const at = g + <usize>i * gRow + <usize>j * gColumn;
      addTo(at, c00);
      addTo(at + gColumn, c01);
      addTo(at + gRow, c10);
      addTo(at + gRow + gColumn, c11);
      addTo(at + 2 * gRow, c20);
      addTo(at + 2 * gRow + gColumn, c21);
      addTo(at + 3 * gRow, c30);
      addTo(at + 3 * gRow + gColumn, c31);
    }
    for (; j < columns; j++) {
      for (let r = i; r < i + 4; r++) {
        oneProduct(
          p + <usize>r * EIGHT,
          pPanel,
          q + <usize>j * EIGHT,
          qPanel,
          g + <usize>r * gRow + <usize>j * gColumn,
          panels,
        );
      }
    }
  }
  for (; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      oneProduct(
        p + <usize>i * EIGHT,
        pPanel,
        q + <usize>j * EIGHT,
        qPanel,
        g + <usize>i * gRow + <usize>j * gColumn,
        panels,
      );
    }
  }
}

function addTo(at: usize, lanes: v128): void {
  store<f32>(at, load<f32>(at) + lanesSum(lanes));
}

function oneProduct(p: usize, pPanel: usize, q: usize, qPanel: usize, g: usize, panels: i32): void {
  let sum = f32x4.splat(0);
  for (let panel = 0; panel < panels; panel++) {
    sum = multiplyAdd(v128.load(p), v128.load(q), sum);
    sum = multiplyAdd(v128.load(p, 16), v128.load(q, 16), sum);
    p += pPanel;
    q += qPanel;
  }
  addTo(g, sum);
}
