import '../../app.css';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import { decisionRows, Previewer, verdictAt } from '../../core/decisions/preview';
import type { DecisionPreviews } from '../../core/decisions/decision-previews';
import { AppError } from '../../core/errors';
import type { BackupRow } from '../../core/ports';
import { FastIndex } from '../../core/similarity/fast-index';
import { buildWhatIf, WhatIf } from '../../core/similarity/what-if';
import type { Candidate, RunId, TaskId } from '../../core/task';
import { AppState } from '../../app/app-state.svelte';
import { IdbRunStore } from '../../storage/idb-run-store';
import DecisionsScreen from './DecisionsScreen.svelte';
import { commitAs } from '../../testing/commit';
import InApp from '../../testing/InApp.svelte';
import { localDecisions } from '../../testing/local-decisions';
import { undisturbed, type World } from '../../testing/pipeline-world';
import { quietServices } from '../../testing/quiet-services';
import { deleteDatabase, dump, openRaw } from '../../testing/raw-database';
import { poolSeeds, tinyConfig } from '../../testing/tiny-pool';
import type { Services } from '../../app/services';
import { DecisionsClient } from '../../workers/decisions-client';

const HOSTILE = '<img src=x onerror="window.hacked = true"> Write four words of {@html 1} =1+1';
let store: IdbRunStore;
let services: Services;
let world: World;

const candidatesOf = ({ store: rows }: World): readonly Candidate[] => rows.sorted(rows.candidates);
async function* rowsOf({ store: rows }: World): AsyncGenerator<readonly BackupRow[]> {
  await Promise.resolve();
  yield rows.sorted(rows.tasks).map((row) => ({ kind: 'task', row }) as const);
  yield rows.sorted(rows.candidates).map((row) => ({ kind: 'candidate', row }) as const);
  yield rows.sorted(rows.calls).map((row) => ({ kind: 'call', row }) as const);
}
const fill = async (): Promise<RunId> => {
  const summary = { run: world.run, progress: world.progress };
  const { id } = await store.importRun(summary, rowsOf(world), new AbortController().signal, () => undefined);
  return id;
};
const show = async (): Promise<void> => {
  await render(InApp, { app: new AppState(services), Screen: DecisionsScreen });
};
/** What the run would have kept, by the pure parts alone. */
function previewAt(threshold: number) {
  const rows = decisionRows(candidatesOf(world));
  const previewer = new Previewer(rows);
  const graph = buildWhatIf(new FastIndex('ascii'), {
    mode: 'ascii',
    seeds: poolSeeds(world.run.id).map(({ instruction }) => instruction),
    candidates: previewer.decided.map(({ text }) => text),
    floor: 0.3,
  });
  const preview = previewer.at(threshold, new WhatIf(graph).refilter(threshold, 'above').flags);
  return { rows, preview };
}
const SCORES = 'ROUGE-L to the nearest task';
const chart = (): Element => page.getByRole('img', { name: SCORES }).element();
const slider = page.getByRole('slider', { name: 'ROUGE-L threshold' });
const grid = page.getByRole('grid', { name: 'Candidates' });
const tab = (name: string): ReturnType<typeof page.getByRole> => page.getByRole('tab', { name, exact: true });

beforeAll(async () => {
  world = await undisturbed(tinyConfig(25));
});
beforeEach(async () => {
  await page.viewport(1400, 900);
  await deleteDatabase();
  store = new IdbRunStore();
  services = quietServices(store);
});
afterEach(() => store.close());

describe('the list', () => {
  it('holds every candidate in the order of the run, with its rule', async () => {
    await fill();
    await show();
    const rows = candidatesOf(world);
    await expect.element(grid).toHaveAttribute('aria-rowcount', String(rows.length + 1));
    await expect.element(tab(`All ${rows.length}`)).toHaveAttribute('aria-selected', 'true');
    await expect
      .element(grid.getByRole('row', { name: rows[0]?.text ?? '' }).first())
      .toHaveAttribute('aria-rowindex', '2');
    await tab(
      `Other filters ${rows.filter(({ verdict }) => !['kept', 'too-similar'].includes(verdict)).length}`,
    ).click();
    await expect.element(grid.getByText('1 word').first()).toBeVisible();
  });

  it('writes out the arithmetic, and opens a candidate with its answer', async () => {
    await fill();
    await show();
    const near = candidatesOf(world).filter(({ verdict }) => verdict === 'too-similar');
    await tab(`Too similar ${near.length}`).click();
    const row = grid.getByRole('row').nth(1);
    await expect.element(row).toHaveTextContent(`= ${(near[0]?.nearest?.rougeL ?? 0).toFixed(3)}`);
    expect(row.element().querySelectorAll('mark').length).toBeGreaterThan(1);
    await row.click();
    const dialog = page.getByRole('dialog', { name: 'Candidate' });
    await expect.element(dialog.getByText('Above the threshold of 0.70: rejected.')).toBeVisible();
    await dialog.getByText('Completion with the instruction').click();
    await userEvent.keyboard('{Escape}');
    await expect.element(dialog).not.toBeInTheDocument();
    await expect.element(row).toHaveFocus();
  });

  it('shows hostile text as text', async () => {
    const [first] = candidatesOf(world);
    if (!first) throw new Error('no candidate');
    world.store.candidates.set(first.id, { ...first, text: HOSTILE });
    await fill();
    world.store.candidates.set(first.id, first);
    await show();
    const row = grid.getByRole('row').nth(1);
    await expect.element(row).toHaveTextContent(HOSTILE);
    await row.click();
    const dialog = page.getByRole('dialog', { name: 'Candidate' });
    await expect.element(dialog.getByRole('heading', { level: 2 })).toHaveTextContent(HOSTILE);
    expect(document.querySelector('main img, main script, dialog img')).toBeNull();
    expect(window).not.toHaveProperty('hacked');
  });
});

describe('the threshold', () => {
  it('moves by keys, filters the run again, and changes nothing that is stored', async () => {
    await fill();
    const database = await openRaw();
    const before = await dump(database);
    await show();
    await expect.element(slider).toBeEnabled();
    await expect.element(slider).toHaveAttribute('aria-valuetext', `0.70, accepts ${world.progress.kept}`);
    (slider.element() as HTMLElement).focus();
    const keys = [
      ['{ArrowLeft}', 0.69],
      ['{PageDown}', 0.59],
      ['{ArrowDown}', 0.58],
      ['{Home}', 0.3],
      ['{PageUp}', 0.4],
      ['{End}', 1],
    ] as const;
    for (const [key, threshold] of keys) {
      await userEvent.keyboard(key);
      const { preview } = previewAt(threshold);
      await expect
        .element(slider)
        .toHaveAttribute('aria-valuetext', `${threshold.toFixed(2)}, accepts ${preview.kept}`);
      await expect.element(tab(`Newly rejected ${preview.newlyRejected.length}`)).toBeInTheDocument();
      await expect.element(tab(`Newly accepted ${preview.newlyKept.length}`)).toBeInTheDocument();
    }
    await page.getByRole('button', { name: 'Back to 0.70' }).click();
    await expect.element(slider).toHaveAttribute('aria-valuetext', `0.70, accepts ${world.progress.kept}`);
    expect(await dump(database)).toEqual(before);
    database.close();
  });

  it('lists those that change, each with what rejects it then', async () => {
    await fill();
    await show();
    await expect.element(slider).toBeEnabled();
    (slider.element() as HTMLElement).focus();
    await userEvent.keyboard('{PageDown}');
    const { rows, preview } = previewAt(0.6);
    const changed = rows.filter((row) => row.verdict === 'kept' && verdictAt(row, preview) !== 'kept');
    expect(changed.length).toBeGreaterThan(0);
    await tab(`Newly rejected ${changed.length}`).click();
    await expect.element(grid).toHaveAttribute('aria-rowcount', String(changed.length + 1));
    const row = grid.getByRole('row', { name: changed[0]?.text ?? '' });
    await expect.element(row.getByText('Too similar')).toBeVisible();
    await expect.element(row.getByRole('img', { name: 'becomes' })).toBeVisible();
  });

  it.each([400, 1400])('has the slider under the axis of the chart, at %i pixels', async (width) => {
    await page.viewport(width, 900);
    await fill();
    await show();
    await expect.element(slider).toBeEnabled();
    const apart = (): number => {
      const range = slider.element().parentElement?.getBoundingClientRect() ?? new DOMRect();
      const line = chart().querySelector('line[stroke-dasharray]')?.getBoundingClientRect().x ?? NaN;
      return line - range.x - (range.width * (0.7 - 0.3)) / (1 - 0.3);
    };
    await expect.poll(apart).toBeCloseTo(0, 0);
  });

  it('has a table with the numbers of the chart', async () => {
    await fill();
    await show();
    await expect.element(slider).toBeEnabled();
    (slider.element() as HTMLElement).focus();
    await userEvent.keyboard('{PageDown}');
    const { preview } = previewAt(0.6);
    await expect.element(slider).toHaveAttribute('aria-valuetext', `0.60, accepts ${preview.kept}`);
    const parts = [...chart().querySelectorAll('[data-value]')].map((part) => {
      const [range = '', kind = '', number] =
        /^(.*): (.*) (\d+)$/u.exec(part.querySelector('title')?.textContent ?? '')?.slice(1) ?? [];
      expect(part.getAttribute('data-value')).toBe(number);
      return { range, kind, count: Number(number) };
    });
    const bars = [...Map.groupBy(parts, ({ range }) => range).values()].map((column) =>
      ['Accepted', 'Newly accepted', 'Newly rejected', 'Rejected'].map(
        (kind) => column.find((part) => part.kind === kind)?.count ?? 0,
      ),
    );
    const table = page.getByRole('table', { name: SCORES });
    const cells = (): number[][] =>
      [...table.element().querySelectorAll('tbody tr')].map((row) =>
        [...row.querySelectorAll('td')].map((cell) => Number(cell.textContent)),
      );
    await expect.poll(() => cells()).toEqual(bars);
    expect(bars.flat().reduce((a, b) => a + b)).toBe(preview.flags.length);
    await page
      .getByRole('radiogroup', { name: `View of ${SCORES}` })
      .getByRole('radio', { name: 'Table' })
      .click();
    await expect.element(table).toBeVisible();
    // The slider stays under the table, which then follows it.
    (slider.element() as HTMLElement).focus();
    await userEvent.keyboard('{Home}');
    const lowest = previewAt(0.3).preview;
    const kept = (): number => cells().reduce((sum, [stays = 0, more = 0]) => sum + stays + more, 0);
    await expect.poll(() => kept()).toBe(lowest.kept);
  });

  it('is saved as SVG and PNG, with the bars and the thresholds that are shown', async () => {
    const saved: { readonly name: string; readonly content: Blob }[] = [];
    services = { ...services, saveFile: (name, content) => saved.push({ name, content }) };
    await fill();
    await show();
    await expect.element(slider).toBeEnabled();
    (slider.element() as HTMLElement).focus();
    await userEvent.keyboard('{PageDown}');
    await expect.element(page.getByText('0.60, preview')).toBeVisible();
    await page.getByRole('button', { name: `Save ${SCORES} as SVG` }).click();
    await page.getByRole('button', { name: `Save ${SCORES} as PNG` }).click();
    await expect.poll(() => saved).toHaveLength(2);
    expect(saved.map(({ name }) => name)).toEqual(['run-1-threshold-0.60.svg', 'run-1-threshold-0.60.png']);
    const xml = new DOMParser().parseFromString((await saved[0]?.content.text()) ?? '', 'image/svg+xml');
    expect(xml.querySelector('parsererror')).toBeNull();
    const bars = [...chart().querySelectorAll('[data-value] rect:not([fill^="url"])')];
    expect(bars.length).toBeGreaterThan(5);
    const boxOf = (bar: Element): (string | null)[] =>
      ['x', 'y', 'width', 'height'].map((name) => bar.getAttribute(name));
    expect([...xml.querySelectorAll('[data-value] rect:not([fill^="url"])')].map(boxOf)).toEqual(
      bars.map(boxOf),
    );
    expect(xml.documentElement.textContent).toContain('0.60, preview');
    expect(xml.documentElement.textContent).toContain('0.70, this run');
    expect((await createImageBitmap(saved[1]?.content ?? new Blob())).width).toBeGreaterThan(1_000);
  });
});

describe('the presets', () => {
  it('change nothing where they are those of the run, and count each difference', async () => {
    await fill();
    services = { ...services, decisions: new DecisionsClient() };
    await show();
    const effects = page.getByRole('list', { name: 'Differences' });
    await expect.element(effects.getByText('All of them together')).toBeVisible();
    await expect.element(page.getByText('Matters only while a run is generated').first()).toBeVisible();
    const chosen = page.getByRole('radiogroup', { name: 'Preset to compare with' });
    await chosen.getByRole('radio', { name: 'Ours' }).click();
    await expect.element(page.getByText('0 rows change')).toBeVisible();
    await chosen.getByRole('radio', { name: 'Code' }).click();
    await effects
      .getByText(/\d example/u)
      .first()
      .click();
    await expect.element(effects.getByText(/^In this run/u).first()).toBeVisible();
  });

  it('say so when the answers are not stored', async () => {
    const calls = new Map(world.store.calls);
    world.store.calls.clear();
    await fill();
    for (const [id, call] of calls) world.store.calls.set(id, call);
    await show();
    await expect.element(page.getByText('completions are not stored with this run')).toBeVisible();
  });
});

describe('when something is missing', () => {
  it('no run: says how to begin', async () => {
    await show();
    await expect.element(page.getByRole('link', { name: 'Go to Start' })).toBeVisible();
  });

  it('a worker that dies: says so, keeps the list, and tries again', async () => {
    await fill();
    const failure = { kind: 'worker-crashed', worker: 'decisions', detail: 'out of memory' } as const;
    let asked = 0;
    const whatIf: DecisionPreviews['whatIf'] = (...question) =>
      ++asked === 1 ? Promise.reject(new AppError(failure)) : localDecisions.whatIf(...question);
    services = { ...services, decisions: { ...localDecisions, whatIf } };
    await show();
    await expect.element(page.getByRole('alert')).toHaveTextContent('out of memory');
    await expect.element(grid).toBeVisible();
    await expect.element(slider).toBeDisabled();
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect.element(slider).toBeEnabled();
  });

  it('candidates that come later can be read', async () => {
    const id = await fill();
    await show();
    await expect.element(slider).toBeEnabled();
    const [first] = await (async () => {
      for await (const rows of store.scanCandidates(id)) return rows;
      return [];
    })();
    if (!first) throw new Error('no candidate');
    const progress = await store.progress(id);
    const later = {
      ...first,
      id: `${id}-m999999-000` as TaskId,
      text: 'Sing.',
      verdict: 'too-short' as const,
    };
    await commitAs(store, { progress, candidates: [later] });
    await page.getByRole('button', { name: 'Read 1 new candidate' }).click();
    await expect.element(tab(`All ${candidatesOf(world).length + 1}`)).toBeVisible();
  });
});
