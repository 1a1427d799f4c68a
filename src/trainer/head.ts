/**
 * The two ends of a Llama: embedding and output. Only positions whose prediction counts are multiplied by the output
 * matrix, in pieces of one size, so that memory stays small with large vocabularies and one compilation serves all.
 */
import { jit, nn, numpy as np, vjp } from '@jax-js/jax';
import type { LlamaConfig } from '../weights/llama-config';
import { rmsNorm, rmsNormBack, type Tensor } from './llama';

/** Positions per piece. */
export const PIECE = 64;

/** The parts of a Llama before and behind its layers: embedding, last norm, output matrix and loss. */
export class LlamaEnds {
  readonly embed = jit((embedding: Tensor, tokens: Tensor): Tensor => embedding.slice(tokens));
  /** [B, T, D] and positions [P] to [P, D]. */
  readonly pick = jit((x: Tensor, positions: Tensor): Tensor => {
    const [B = 0, T = 0, D = 0] = x.shape;
    return x.reshape([B * T, D]).slice(positions);
  });
  /**
   * The way back: adds the rows of [P, D] to dx [B, T, D]. `places` [N] says which row belongs to a position, P where
   * none does: so it is reading at places again, and not adding at places, whose order GPUs do not keep.
   */
  readonly spread = jit((dx: Tensor, rows: Tensor, places: Tensor): Tensor => {
    const padded = np.pad(rows, [
      [0, 1],
      [0, 0],
    ]);
    return dx.ref.add(padded.slice(places).reshape(dx.shape));
  });
  /** The gradient of `embed`, on top of what is there. */
  readonly embedBack = jit((gradient: Tensor, dx: Tensor, tokens: Tensor): Tensor => {
    const [, pull] = vjp((embedding: Tensor) => embedding.slice(tokens.ref), [np.zeros(gradient.shape)]);
    const [added] = pull(dx);
    return gradient.add(added);
  });
  readonly loss;
  readonly backwardFull;
  readonly backwardFrozen;
  readonly logits;

  constructor(private readonly c: LlamaConfig) {
    this.logits = jit((x: Tensor, norm: Tensor, output: Tensor): Tensor =>
      np.dot(rmsNorm(x, norm, c.normEps), output.transpose()),
    );
    /** The sum of -log p of `targets` [P], each times its weight, on top of `loss`. */
    this.loss = jit(
      (x: Tensor, norm: Tensor, output: Tensor, targets: Tensor, weights: Tensor, loss: Tensor): Tensor =>
        this.#loss(np.dot(rmsNorm(x, norm, c.normEps), output.transpose()), targets, weights, loss).loss,
    );
    this.backwardFull = jit(
      (
        x: Tensor,
        norm: Tensor,
        output: Tensor,
        targets: Tensor,
        weights: Tensor,
        sums: { readonly loss: Tensor; readonly norm: Tensor; readonly output: Tensor },
      ) => {
        const h = rmsNorm(x.ref, norm.ref, c.normEps);
        const logits = np.dot(h.ref, output.ref.transpose());
        const { loss, dlogits } = this.#loss(logits, targets, weights, sums.loss);
        const { dx, dw } = rmsNormBack(x, norm, np.dot(dlogits.ref, output), c.normEps);
        return {
          dx,
          sums: {
            loss,
            norm: sums.norm.add(dw),
            output: sums.output.add(np.dot(dlogits.transpose(), h)),
          },
        };
      },
    );
    this.backwardFrozen = jit(
      (x: Tensor, norm: Tensor, output: Tensor, targets: Tensor, weights: Tensor, sum: Tensor) => {
        const h = rmsNorm(x.ref, norm.ref, c.normEps);
        const { loss, dlogits } = this.#loss(np.dot(h, output.ref.transpose()), targets, weights, sum);
        return { dx: rmsNormBack(x, norm, np.dot(dlogits, output), c.normEps).dx, loss };
      },
    );
  }

  dispose(): void {
    const { embed, pick, spread, embedBack, loss, backwardFull, backwardFrozen, logits } = this;
    for (const kernel of [embed, pick, spread, embedBack, loss, backwardFull, backwardFrozen, logits]) {
      kernel.dispose();
    }
  }

  #loss(
    logits: Tensor,
    targets: Tensor,
    weights: Tensor,
    sum: Tensor,
  ): { readonly loss: Tensor; readonly dlogits: Tensor } {
    const rows = targets.shape[0] ?? 0;
    const weight = weights.reshape([rows, 1]);
    const whole = nn.logsumexp(logits.ref, -1).reshape([rows, 1]);
    const right = np
      .arange(this.c.vocabSize)
      .astype(np.int32)
      .equal(targets.reshape([rows, 1]))
      .astype(np.float32);
    const found = logits.ref.mul(right.ref).sum(-1, { keepdims: true });
    return {
      loss: sum.add(whole.ref.sub(found).mul(weight.ref).sum()),
      dlogits: np.exp(logits.sub(whole)).sub(right).mul(weight),
    };
  }
}
