/** Causal attention of one layer over sequences that lie in whole panels of eight tokens, and its gradients. */
import type { LlamaConfig } from '../../weights/llama-config';
import type { Kernels } from './kernels';
import { EIGHT } from './products';

/** Where a sequence lies: `panels` panels from `first`. */
export interface Span {
  readonly first: number;
  readonly panels: number;
}
/** Addresses: [panel][heads * headSize][8], and the shares per sequence and head [query panel][key][8]. */
export interface AttentionPlaces {
  readonly q: number;
  readonly k: number;
  readonly v: number;
  readonly o: number;
  readonly shares: number;
}
/** Addresses of the gradients; `dshares` is room for one head of one sequence. */
export interface AttentionGradients {
  readonly do: number;
  readonly dq: number;
  readonly dk: number;
  readonly dv: number;
  readonly dshares: number;
}

/** Bytes of the scores of eight queries against eight keys. */
const TILE = 8 * EIGHT;

/** Calls back for each head of each sequence, with addresses of its first panel. */
function forHeads(
  c: LlamaConfig,
  spans: readonly Span[],
  visit: (span: Span, query: number, key: number, shares: number) => void,
): void {
  const { heads, kvHeads, headSize } = c;
  let shares = 0;
  for (const span of spans) {
    for (let head = 0; head < heads; head++) {
      const own = Math.floor((head * kvHeads) / heads);
      const query = (span.first * heads + head) * headSize * EIGHT;
      const key = (span.first * kvHeads + own) * headSize * EIGHT;
      visit(span, query, key, shares);
      shares += span.panels ** 2 * TILE;
    }
  }
}

/** o from q, k and v; the shares stay for the way back. */
export function attend(kernels: Kernels, c: LlamaConfig, at: AttentionPlaces, spans: readonly Span[]): void {
  const { headSize: d } = c;
  const scale = 1 / Math.sqrt(d);
  const queryPanel = c.heads * d * EIGHT;
  const keyPanel = c.kvHeads * d * EIGHT;
  forHeads(c, spans, ({ panels }, query, key, first) => {
    for (let i = 0; i < panels; i++) {
      const shares = at.shares + first + i * panels * TILE;
      const q = at.q + query + i * queryPanel;
      for (let j = 0; j <= i; j++) {
        const k = at.k + key + j * keyPanel;
        kernels.multiplyTransposed(k, EIGHT, q, 0, shares + j * TILE, 0, 8, d, 1, 0);
      }
      kernels.causalShares(shares, 8 * (i + 1), scale);
      const o = at.o + query + i * queryPanel;
      for (let j = 0; j <= i; j++) {
        const v = at.v + key + j * keyPanel;
        kernels.multiply(v, EIGHT, shares + j * TILE, 0, o, 0, d, 8, 1, j > 0 ? 1 : 0);
      }
    }
  });
}

/** Gradients from that of o; `dk` and `dv` must be zeros before. */
export function attendBack(
  kernels: Kernels,
  c: LlamaConfig,
  at: AttentionPlaces,
  to: AttentionGradients,
  spans: readonly Span[],
): void {
  const { headSize: d } = c;
  const scale = 1 / Math.sqrt(d);
  const queryPanel = c.heads * d * EIGHT;
  const keyPanel = c.kvHeads * d * EIGHT;
  forHeads(c, spans, ({ panels }, query, key, first) => {
    const row = panels * TILE;
    for (let i = 0; i < panels; i++) {
      const dshares = to.dshares + i * row;
      const dO = to.do + query + i * queryPanel;
      for (let j = 0; j <= i; j++) {
        const v = at.v + key + j * keyPanel;
        kernels.multiplyTransposed(v, EIGHT, dO, 0, dshares + j * TILE, 0, 8, d, 1, 0);
      }
      kernels.sharesBack(at.shares + first + i * row, dshares, 8 * (i + 1), scale);
      const dq = to.dq + query + i * queryPanel;
      for (let j = 0; j <= i; j++) {
        const k = at.k + key + j * keyPanel;
        kernels.multiply(k, EIGHT, dshares + j * TILE, 0, dq, 0, d, 8, 1, j > 0 ? 1 : 0);
      }
    }
    for (let j = 0; j < panels; j++) {
      // Only queries at or after a key see it.
      const later = panels - j;
      const at0 = j * row + j * TILE;
      const q = at.q + query + j * queryPanel;
      const dO = to.do + query + j * queryPanel;
      const dk = to.dk + key + j * keyPanel;
      const dv = to.dv + key + j * keyPanel;
      kernels.addOuter(q, queryPanel, to.dshares + at0, row, dk, EIGHT, 4, d, 8, later);
      kernels.addOuter(dO, queryPanel, at.shares + first + at0, row, dv, EIGHT, 4, d, 8, later);
    }
  });
}
