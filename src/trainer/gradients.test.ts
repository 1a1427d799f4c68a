import { describe, expect, it } from 'vitest';
import { worstGradientError } from '../testing/gradient-check';

const all = ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'] as const;

describe('gradients on WebAssembly are those of finite differences', () => {
  it('of all weights, embeddings tied', async () => {
    expect(await worstGradientError({ kind: 'full' })).toBeLessThan(1e-2);
  });
  it('of all weights, embeddings untied', async () => {
    expect(await worstGradientError({ kind: 'full' }, { tie_word_embeddings: false })).toBeLessThan(1e-2);
  });
  it('of adapters', async () => {
    const lora = { kind: 'lora', rank: 4, alpha: 8, targets: all } as const;
    expect(await worstGradientError(lora)).toBeLessThan(1e-2);
  });
});
