/**
 * A Llama on the CPU: one step takes rows, each a token at a position of a sequence, through all layers. What a row
 * gives does not depend on which other rows share its step.
 */
import { attend, fillAngles, headBytes, PAGE_TOKENS, remember, rotate } from './attention';
import { BLOCK, multiply, readRow, TILE_BLOCK, TILE_ROWS } from './matrix';
import { add, gated, normalise, quantise } from './vectors';

export { blockBytes, pack } from './pack';
export { powers } from './vectors';

let hidden: u32 = 0;
let layers: u32 = 0;
let heads: u32 = 0;
let kvHeads: u32 = 0;
let headSize: u32 = 0;
let inner: u32 = 0;
let vocabulary: u32 = 0;
let context: u32 = 0;
let epsilon: f32 = 0;
let most: u32 = 0;

/** Addresses of a layer's matrices and norms, in this order. */
const QUERY: usize = 0;
const KEY: usize = 4;
const VALUE: usize = 8;
const OUTPUT: usize = 12;
const GATE: usize = 16;
const UP: usize = 20;
const DOWN: usize = 24;
const ATTENTION_NORM: usize = 28;
const INNER_NORM: usize = 32;
const LAYER_ENTRY: usize = 36;
let table: usize = 0;
let embedding: usize = 0;
let head: usize = 0;
let finalNorm: usize = 0;

/** What a row is. */
const TOKEN: usize = 0;
const POSITION: usize = 4;
const PAGES: usize = 8;
const WANTED: usize = 12;
const ROW_ENTRY: usize = 16;

let frontier: usize = (__heap_base + 63) & ~63;
let angles: usize = 0;
let rows: usize = 0;
let x: usize = 0;
let normed: usize = 0;
let values: usize = 0;
let scales: usize = 0;
let q: usize = 0;
let k: usize = 0;
let v: usize = 0;
let gate: usize = 0;
let up: usize = 0;
let scores: usize = 0;
let logits: usize = 0;

/** Room that is never given back. @returns its address, or 0 when there is no more memory */
export function reserve(bytes: usize): usize {
  const at = frontier;
  const end = (at + bytes + 63) & ~63;
  const missing = <i64>end - ((<i64>memory.size()) << 16);
  if (end < at || (missing > 0 && memory.grow(<i32>((missing + 65535) >> 16)) < 0)) return 0;
  frontier = end;
  return at;
}

/** Bytes of a packed matrix. */
export function matrixBytes(outputs: u32, columns: u32): usize {
  return (<usize>(outputs + TILE_ROWS - 1) / TILE_ROWS) * (columns / BLOCK) * TILE_BLOCK;
}
/** Bytes of a page of keys and values, of 64 tokens. */
export function pageBytes(): usize {
  return layers * kvHeads * headBytes(headSize);
}

/**
 * Sizes of the model; then rows, layer table and scratch memory have addresses.
 * @param mostRows of one step @returns whether there was memory
 */
export function configure(
  sizeHidden: u32,
  countLayers: u32,
  countHeads: u32,
  countKvHeads: u32,
  sizeHead: u32,
  sizeInner: u32,
  sizeVocabulary: u32,
  sizeContext: u32,
  normEpsilon: f32,
  ropeBase: f64,
  mostRows: u32,
): bool {
  hidden = sizeHidden;
  layers = countLayers;
  heads = countHeads;
  kvHeads = countKvHeads;
  headSize = sizeHead;
  inner = sizeInner;
  vocabulary = sizeVocabulary;
  context = sizeContext;
  epsilon = normEpsilon;
  most = mostRows;
  const widest = max(max(hidden, inner), heads * headSize);
  table = reserve(layers * LAYER_ENTRY);
  angles = reserve(context * headSize * 4);
  rows = reserve(most * ROW_ENTRY);
  x = reserve(most * hidden * 4);
  normed = reserve(most * widest * 4);
  values = reserve(most * widest * 2);
  scales = reserve(most * (widest / BLOCK) * 4);
  q = reserve(most * heads * headSize * 4);
  k = reserve(most * kvHeads * headSize * 4);
  v = reserve(most * kvHeads * headSize * 4);
  gate = reserve(most * inner * 4);
  up = reserve(most * inner * 4);
  scores = reserve((context + 4) * 4 + headSize * 2);
  const padded = (vocabulary + TILE_ROWS - 1) & ~(TILE_ROWS - 1);
  logits = reserve(most * padded * 4);
  if (!logits || !scores || !up || !gate || !angles) return false;
  fillAngles(context, headSize, ropeBase, angles);
  return true;
}

/** Where the addresses of the layers' matrices and norms are to be written: nine for each layer. */
export function layerTable(): usize {
  return table;
}
export function setEnds(embeddingAt: usize, headAt: usize, finalNormAt: usize): void {
  embedding = embeddingAt;
  head = headAt;
  finalNorm = finalNormAt;
}
/** Where the rows of a step are to be written: token, position, address of the list of pages, whether logits are wanted. */
export function rowTable(): usize {
  return rows;
}

function quantiseRows(from: usize, length: u32, count: u32): void {
  for (let row: u32 = 0; row < count; row++) {
    quantise(from + row * length * 4, length, values + row * length * 2, scales + row * (length / BLOCK) * 4);
  }
}
function normaliseRows(weight: usize, count: u32): void {
  for (let row: usize = 0; row < count; row++) {
    normalise(x + row * hidden * 4, weight, hidden, epsilon, normed + row * hidden * 4);
  }
  quantiseRows(normed, hidden, count);
}

function attention(layer: u32, entry: usize, count: u32): void {
  const queries = heads * headSize;
  const keys = kvHeads * headSize;
  normaliseRows(load<u32>(entry + ATTENTION_NORM), count);
  multiply(load<u32>(entry + QUERY), queries, hidden, values, scales, count, q);
  multiply(load<u32>(entry + KEY), keys, hidden, values, scales, count, k);
  multiply(load<u32>(entry + VALUE), keys, hidden, values, scales, count, v);
  const offset = layer * kvHeads * headBytes(headSize);
  for (let row: usize = 0; row < count; row++) {
    const own = rows + row * ROW_ENTRY;
    const position = load<u32>(own + POSITION);
    const angle = angles + position * headSize * 4;
    rotate(q + row * queries * 4, heads, headSize, angle);
    rotate(k + row * keys * 4, kvHeads, headSize, angle);
    const page = <usize>load<u32>(load<u32>(own + PAGES) + (position / PAGE_TOKENS) * 4);
    remember(
      page + offset,
      position % PAGE_TOKENS,
      kvHeads,
      headSize,
      k + row * keys * 4,
      v + row * keys * 4,
    );
  }
  for (let row: usize = 0; row < count; row++) {
    const own = rows + row * ROW_ENTRY;
    const tokens = load<u32>(own + POSITION) + 1;
    const at = row * queries * 4;
    attend(load<u32>(own + PAGES), offset, tokens, q + at, heads, kvHeads, headSize, scores, normed + at);
  }
  quantiseRows(normed, queries, count);
  multiply(load<u32>(entry + OUTPUT), hidden, queries, values, scales, count, normed);
  add(x, normed, hidden * count);
}

function feedForward(entry: usize, count: u32): void {
  normaliseRows(load<u32>(entry + INNER_NORM), count);
  multiply(load<u32>(entry + GATE), inner, hidden, values, scales, count, gate);
  multiply(load<u32>(entry + UP), inner, hidden, values, scales, count, up);
  gated(gate, up, inner * count);
  quantiseRows(gate, inner, count);
  multiply(load<u32>(entry + DOWN), hidden, inner, values, scales, count, normed);
  add(x, normed, hidden * count);
}

/**
 * Takes the first `count` rows of the table through the model. Rows of one sequence stand in order.
 * @returns address of the logits of those rows that want them, in order; each row has `vocabulary` rounded up to 8 floats
 */
export function step(count: u32): usize {
  for (let row: usize = 0; row < count; row++) {
    readRow(embedding, hidden, load<u32>(rows + row * ROW_ENTRY + TOKEN), x + row * hidden * 4);
  }
  for (let layer: u32 = 0; layer < layers; layer++) {
    const entry = table + layer * LAYER_ENTRY;
    attention(layer, entry, count);
    feedForward(entry, count);
  }
  let wanted: u32 = 0;
  for (let row: usize = 0; row < count; row++) {
    if (!load<u32>(rows + row * ROW_ENTRY + WANTED)) continue;
    normalise(x + row * hidden * 4, finalNorm, hidden, epsilon, normed + wanted * hidden * 4);
    wanted++;
  }
  if (wanted) {
    quantiseRows(normed, hidden, wanted);
    multiply(head, (vocabulary + TILE_ROWS - 1) & ~(TILE_ROWS - 1), hidden, values, scales, wanted, logits);
  }
  return logits;
}
