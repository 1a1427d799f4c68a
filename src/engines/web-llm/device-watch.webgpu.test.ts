import { describe, expect, it } from 'vitest';
import { watchDevices } from './device-watch';

describe('a graphics device', () => {
  it('is named, and its end is told', async () => {
    const watch = watchDevices(GPUAdapter);
    expect(watch.name()).toBe('');
    const adapter = await navigator.gpu.requestAdapter();
    const device = await adapter?.requestDevice();
    expect(watch.name()).toMatch(/swiftshader/iu);
    let told = false;
    watch.lost.catch(() => (told = true));
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(told).toBe(false);
    device?.destroy();
    await expect(watch.lost).rejects.toMatchObject({ failure: { kind: 'out-of-memory' } });
  });
});
