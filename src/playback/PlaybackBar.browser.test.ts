import '../app.css';
import { tick } from 'svelte';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import { WebLocks } from '../browser/writer-locks';
import { IdbRunStore } from '../storage/idb-run-store';
import { quietServices } from '../testing/quiet-services';
import { play } from './play';
import type { Playback } from './playback.svelte';
import PlaybackBar from './PlaybackBar.svelte';

let own: IdbRunStore;
let playback: Playback;
beforeEach(async () => {
  await page.viewport(1280, 800);
  own = new IdbRunStore();
  const services = { ...quietServices(own), locks: new WebLocks() };
  playback = await play(services, '/recordings/standard.recording', new AbortController().signal);
  await render(PlaybackBar, { controls: playback, onclose: () => undefined });
});
afterEach(() => {
  playback.close();
  own.close();
});

describe('the position in a recording', () => {
  it('can be dragged while it plays, and says that it is moved', async () => {
    const slider = page.getByRole('slider', { name: 'Position in the recording' });
    const input = slider.element() as HTMLInputElement;
    expect(playback.playing).toBe(true);
    input.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }));
    expect(playback.playing).toBe(false);
    await tick();
    input.valueAsNumber = playback.total / 2;
    // Longer than the time between two ticks.
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(input.valueAsNumber).toBeCloseTo(playback.total / 2, 0);
    input.dispatchEvent(new Event('change', { bubbles: true }));
    await expect.element(page.getByRole('status')).toHaveTextContent('Computing the decisions up to there');
    await expect.poll(() => playback.moving).toBe(false);
    expect(playback.time).toBeCloseTo(playback.total / 2, 0);
    await expect.poll(() => page.getByRole('status').element().textContent.trim()).toBe('');
  });
});
