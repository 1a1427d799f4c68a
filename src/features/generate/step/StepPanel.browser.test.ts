import '../../../app.css';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import { WebLocks } from '../../../browser/writer-locks';
import { play } from '../../../playback/play';
import type { Playback } from '../../../playback/playback.svelte';
import { IdbRunStore } from '../../../storage/idb-run-store';
import { quietServices } from '../../../testing/quiet-services';
import InApp from '../../../testing/InApp.svelte';
import GenerateScreen from '../GenerateScreen.svelte';
import { StepView } from './step-view.svelte';

let playback: Playback;
let own: IdbRunStore;
beforeEach(async () => {
  await page.viewport(1280, 1000);
  own = new IdbRunStore();
  const services = { ...quietServices(own), locks: new WebLocks() };
  playback = await play(services, '/recordings/standard.recording', new AbortController().signal);
  await playback.moveTo(playback.total);
  await expect.poll(() => playback.app.session.status).toBe('finished');
  await render(InApp, { app: playback.app, Screen: GenerateScreen });
  await page.getByRole('button', { name: 'Step by step' }).click();
});
afterEach(() => {
  playback.close();
  own.close();
});
const status = page.getByText(/^Request \d+ of \d+: /u);
const textOf = (selector: string): string[] =>
  [...document.querySelectorAll(selector)].map((element) => element.textContent.trim());

describe('a run step by step', () => {
  it('shows the prompt in parts that make up the prompt, with their names', async () => {
    await expect.element(status).toHaveTextContent('Request 1 of 22: new instructions');
    const names = textOf('ol li > .tiny.muted');
    expect(names[0]).toBe('header');
    expect(names.filter((name) => name === 'seed exemplar').length).toBe(8);
    expect(names).toContain('open end');
  });

  it('asks each rule in turn, up to the one that rejects, and marks common words', async () => {
    const { run } = playback.app.session;
    const { store } = playback.app.services;
    const seen = { similar: 0, statement: 0 };
    // The first request is read from the store.
    await expect.element(status).toBeVisible();
    for (let i = 0; i < 82; i++) {
      for (const item of document.querySelectorAll('li.candidate')) {
        const rules = [...item.querySelectorAll('ul li')].map((rule) => rule.textContent.trim());
        const objections = rules.filter((rule) => rule.includes('rejects it'));
        const chip = item.querySelector('.chip')?.textContent.trim();
        if (chip === 'Accepted' || chip === 'Over the target') expect(objections).toEqual([]);
        else expect(rules.at(-1)).toBe(objections[0]);
        if (chip === 'Too similar') {
          seen.similar++;
          expect(item.querySelectorAll('mark').length).toBeGreaterThan(0);
        }
        if (chip === 'Not a task') seen.statement++;
      }
      const before = textOf('p[role=status]').join('');
      const next = page.getByRole('button', { name: 'Next', exact: true });
      if ((next.element() as HTMLButtonElement).disabled) break;
      await userEvent.keyboard('{ArrowRight}');
      await expect.poll(() => textOf('p[role=status]').join('')).not.toBe(before);
    }
    expect(seen).toEqual({ similar: 14, statement: 7 });
    expect(run && (await store.progress(run.id)).kept).toBe(30);
  });

  it('takes up what is stored later of the newest request of a run', async () => {
    const { run } = playback.app.session;
    if (!run) throw new Error('no run');
    const view = new StepView(playback.app);
    const { store } = playback.app.services;
    const task = store.task.bind(store);
    // As it was before the types and instances of its tasks were there.
    const early = vi.spyOn(store, 'task').mockResolvedValue(undefined);
    await view.show(run);
    expect(view.hasNext(1)).toBe(false);
    await view.grow();
    expect(view.hasNext(1)).toBe(false);
    early.mockImplementation(task);
    await view.grow();
    expect(view.hasNext(1)).toBe(true);
    await view.next(1);
    expect(view.step?.place.stage).toBe('classification');
  });

  it('shows probabilities where no text was written, and leaves other keys alone', async () => {
    const { store } = playback.app.services;
    const call = store.call.bind(store);
    vi.spyOn(store, 'call').mockImplementation(async (id) => {
      const found = await call(id);
      return found?.stage === 'classification' ? { ...found, odds: { yes: 0.25, no: 0.5 } } : found;
    });
    await page.getByRole('button', { name: 'Next', exact: true }).click();
    await expect.element(status).toHaveTextContent('Request 1 of 22: type');
    await expect.element(page.getByText('Yes: 25%, No: 50%')).toBeVisible();
    await userEvent.keyboard('{Shift>}{ArrowRight}{/Shift}');
    await expect.element(status).toHaveTextContent('Request 1 of 22: type');
  });

  it('goes through the type and instances of what was accepted, and back', async () => {
    await page.getByRole('button', { name: 'Next', exact: true }).click();
    await expect.element(status).toHaveTextContent('Request 1 of 22: type');
    await userEvent.keyboard('{ArrowRight}');
    await expect.element(status).toHaveTextContent('Request 1 of 22: instances');
    await expect.element(page.getByText('What was read from it')).toBeVisible();
    await userEvent.keyboard('{ArrowLeft}');
    await userEvent.keyboard('{ArrowLeft}');
    await expect.element(status).toHaveTextContent('Request 1 of 22: new instructions');
    await expect.element(page.getByRole('button', { name: 'Back', exact: true })).toBeDisabled();
  });
});
