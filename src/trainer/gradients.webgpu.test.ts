import { defaultDevice } from '@jax-js/jax';
import { describe, expect, it, vi } from 'vitest';
import { worstGradientError } from '../testing/gradient-check';
import { openDevice } from './device';

// The GPU of the tests is a program.
vi.setConfig({ testTimeout: 120_000 });

describe('gradients on WebGPU are those of finite differences', () => {
  it.each([
    ['of all weights', { kind: 'full' } as const],
    ['of adapters', { kind: 'lora', rank: 4, alpha: 8, targets: ['q_proj', 'v_proj', 'down_proj'] } as const],
  ])('%s', async (_, method) => {
    const device = await openDevice('webgpu');
    expect([device.kind, defaultDevice()]).toEqual(['webgpu', 'webgpu']);
    expect(await worstGradientError(method, { num_hidden_layers: 1 })).toBeLessThan(1e-2);
    expect(device.lost()).toBeNull();
  });
});
