/** One layer forward and backward, for the panels of one share of a batch. */
import type { Kernels } from './kernels';
import { attend, attendBack, type Span } from './attention';
import type { KeptPlaces, ModelPlan, ThreadPlan } from './model-plan';
import type { Products } from './products';

/** Passes of one thread over layers of its model. */
export class LayerPass {
  constructor(
    private readonly kernels: Kernels,
    private readonly floats: Float32Array<SharedArrayBuffer>,
    private readonly plan: ModelPlan,
    private readonly thread: ThreadPlan,
    private readonly products: Products,
  ) {}

  /** From `kept.x` to `y`; what the way back needs stays in `kept`. */
  forward(layer: number, kept: KeptPlaces, y: number, spans: readonly Span[]): void {
    const { kernels: k, plan, thread, products } = this;
    const { config: c } = plan;
    const { h, act, cos, sin } = thread.scratch;
    const panels = panelsOf(spans);
    const own = this.#own(layer);
    k.rmsNorm(kept.x, own.attentionNorm, h, c.hiddenSize, panels, c.normEps);
    products.forward(layer, 'q_proj', h, kept.q, panels);
    products.forward(layer, 'k_proj', h, kept.k, panels);
    products.forward(layer, 'v_proj', h, kept.v, panels);
    k.rotate(kept.q, cos, sin, c.heads, c.headSize / 2, panels, 1);
    k.rotate(kept.k, cos, sin, c.kvHeads, c.headSize / 2, panels, 1);
    attend(k, c, kept, spans);
    products.forward(layer, 'o_proj', kept.o, kept.mid, panels);
    k.add(kept.mid, kept.x, panels * c.hiddenSize * 8);
    k.rmsNorm(kept.mid, own.feedForwardNorm, h, c.hiddenSize, panels, c.normEps);
    products.forward(layer, 'gate_proj', h, kept.gate, panels);
    products.forward(layer, 'up_proj', h, kept.up, panels);
    k.gated(kept.gate, kept.up, act, panels * c.ffnSize * 8);
    products.forward(layer, 'down_proj', act, y, panels);
    k.add(y, kept.mid, panels * c.hiddenSize * 8);
  }

  /**
   * From the gradient of the layer's output, in `scratch.dx`, to that of its input, in the same place; adds the gradients
   * of the adapters. `kept` is used up.
   * @param last whether no layer below needs the gradient of the input
   */
  backward(layer: number, kept: KeptPlaces, spans: readonly Span[], last: boolean): void {
    const { kernels: k, plan, thread, products, floats } = this;
    const { config: c } = plan;
    const s = thread.scratch;
    const panels = panelsOf(spans);
    const own = this.#own(layer);
    k.gated(kept.gate, kept.up, s.act, panels * c.ffnSize * 8);
    products.backward(layer, 'down_proj', s.act, s.dx, s.dact, false, panels);
    k.gatedBack(s.dact, kept.gate, kept.up, panels * c.ffnSize * 8);
    k.rmsNorm(kept.mid, own.feedForwardNorm, s.h, c.hiddenSize, panels, c.normEps);
    products.backward(layer, 'gate_proj', s.h, kept.gate, s.dh, false, panels);
    products.backward(layer, 'up_proj', s.h, kept.up, s.dh, true, panels);
    k.rmsNormBack(kept.mid, own.feedForwardNorm, s.dh, s.dx, c.hiddenSize, panels, c.normEps);
    // From here on `dx` is the gradient of what lies between attention and feed-forward.
    products.backward(layer, 'o_proj', kept.o, s.dx, s.do, false, panels);
    const keys = panels * c.kvHeads * c.headSize * 8;
    for (const at of [s.dk, s.dv]) floats.fill(0, at / 4, at / 4 + keys);
    attendBack(k, c, kept, s, spans);
    k.rotate(s.dq, s.cos, s.sin, c.heads, c.headSize / 2, panels, -1);
    k.rotate(s.dk, s.cos, s.sin, c.kvHeads, c.headSize / 2, panels, -1);
    k.rmsNorm(kept.x, own.attentionNorm, s.h, c.hiddenSize, panels, c.normEps);
    const dh = last ? null : s.dh;
    products.backward(layer, 'q_proj', s.h, s.dq, dh, false, panels);
    products.backward(layer, 'k_proj', s.h, s.dk, dh, true, panels);
    products.backward(layer, 'v_proj', s.h, s.dv, dh, true, panels);
    if (dh === null) return;
    k.rmsNormBack(kept.x, own.attentionNorm, dh, s.dx, c.hiddenSize, panels, c.normEps);
  }

  /** Rotary angles of every token of a share. */
  placeAngles(spans: readonly Span[]): void {
    const { floats, plan, thread } = this;
    const { headSize, ropeTheta } = plan.config;
    const half = headSize / 2;
    const { cos, sin } = thread.scratch;
    for (const { first, panels } of spans) {
      for (let t = 0; t < panels * 8; t++) {
        const panel = first + (t >> 3);
        for (let i = 0; i < half; i++) {
          const angle = t * ropeTheta ** (-i / half);
          const at = (panel * half + i) * 8 + (t & 7);
          floats[cos / 4 + at] = Math.cos(angle);
          floats[sin / 4 + at] = Math.sin(angle);
        }
      }
    }
  }

  #own(layer: number): ModelPlan['layers'][number] {
    return this.plan.layers[layer] as ModelPlan['layers'][number];
  }
}

/** Panels of all sequences. */
export const panelsOf = (spans: readonly Span[]): number =>
  spans.reduce((sum, { panels }) => sum + panels, 0);
