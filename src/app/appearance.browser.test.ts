import { afterEach, describe, expect, it } from 'vitest';
import { Appearance } from './appearance.svelte';

afterEach(() => {
  localStorage.clear();
  new Appearance();
});

describe('the appearance', () => {
  it('takes over what another instance has set, and goes on from there', () => {
    const own = new Appearance();
    const recorded = new Appearance();
    recorded.toggleProjector();
    recorded.toggleTheme();
    expect(own.projector).toBe(false);
    own.refresh();
    expect(own.projector).toBe(true);
    expect(own.theme).toBe(recorded.theme);
    own.toggleProjector();
    expect(document.documentElement.dataset['size']).toBeUndefined();
    expect(document.documentElement.dataset['theme']).toBe(recorded.theme);
  });
});
