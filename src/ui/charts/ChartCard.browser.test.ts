import '../../app.css';
import { beforeEach, expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import ChartCard from './ChartCard.svelte';
import type { HistogramData, IntervalData } from './chart-data';
import type { Draw } from './drawing';
import { histogramDrawing } from './histogram-drawing';
import { intervalDrawing } from './interval-drawing';
import { axeFindings } from '../../testing/axe-findings';

const HISTOGRAM: HistogramData = {
  classes: [
    { label: 'kept', fill: 'machine' },
    { label: 'rejected', fill: 'dropped', pattern: 'hatch' },
  ],
  bars: Array.from({ length: 50 }, (_, i) => ({ label: `bin ${i}`, counts: [i % 7, (i * i) % 11] })),
  ticks: [0, 0.2, 0.4, 0.6, 0.8, 1].map((at) => ({ at, label: at.toFixed(1) })),
  marks: [
    { at: 0.7, kind: 'paper', label: '0.70, this run' },
    { at: 0.72, kind: 'ours', label: '0.72, preview' },
  ],
  axis: 'highest ROUGE-L',
};
const INTERVALS: IntervalData = {
  max: 100,
  ticks: [0, 50, 100],
  axis: 'points of 100',
  kinds: { before: 'other models', after: 'finetuned here', paper: 'published' },
  rows: [
    {
      kind: 'after',
      label: '<b>WWWWWWWWWW mmmmmmmmmmm 0.5B</b> finetuned once more',
      value: 97,
      interval: { low: 95.5, high: 99.9 },
      band: true,
      text: '97.0 (95.5 to 99.9)',
    },
    { kind: 'heading', label: 'Published' },
    { kind: 'paper', label: 'GPT3', value: 4, interval: null, text: '4.0' },
  ],
};
let saved: { readonly name: string; readonly content: Blob }[];
const show = async (draw: Draw): Promise<void> => {
  await render(ChartCard, {
    title: 'A chart',
    caption: 'What it shows.',
    table: { columns: ['name', 'number'], rows: [['one', '1']] },
    file: 'chart',
    draw,
    onsave: (name: string, content: Blob) => saved.push({ name, content }),
  });
};
const svg = (): Element => page.getByRole('img', { name: 'A chart' }).element();
const width = (): number => Number(svg().getAttribute('viewBox')?.split(' ')[2]);
/** An element with everything that makes its look and its place; colours by what they are, not by their token. */
function looks(element: Element): unknown {
  const probe = document.createElement('i');
  probe.dataset['theme'] = 'light';
  document.body.append(probe);
  const style = getComputedStyle(probe);
  const told = (node: Element): unknown => [
    node.localName,
    [...node.attributes]
      .filter(({ name }) => !name.startsWith('xmlns') && name !== 'class')
      .map(({ name, value }) => {
        const token = /^var\((--color-.*)\)$/u.exec(value)?.[1];
        const here = token ? style.getPropertyValue(token).trim() : value.replace(/^url\(#.*-/u, 'url(#');
        return `${name}=${name === 'id' ? '' : here}`;
      })
      .sort(),
    node.children.length > 0 ? [...node.children].map(told) : node.textContent.trim(),
  ];
  const all = [...element.children].filter(({ localName }) => localName !== 'defs').map(told);
  probe.remove();
  return all;
}

beforeEach(async () => {
  saved = [];
  await page.viewport(1000, 800);
  delete document.documentElement.dataset['theme'];
  delete document.documentElement.dataset['size'];
});

it.each([360, 1600])(
  'draws at the width of its place, and no text leaves it, at %i pixels',
  async (pixels) => {
    await page.viewport(pixels, 800);
    for (const draw of [
      (at: number) => histogramDrawing(HISTOGRAM, at),
      (at: number) => intervalDrawing(INTERVALS, at),
    ]) {
      await show(draw);
      await document.fonts.ready;
      await expect.poll(() => width()).toBeCloseTo(svg().getBoundingClientRect().width, 0);
      const place = svg().getBoundingClientRect();
      for (const text of svg().querySelectorAll('text')) {
        const { left, right, top, bottom } = text.getBoundingClientRect();
        expect(left, text.textContent).toBeGreaterThanOrEqual(place.left - 1);
        expect(right, text.textContent).toBeLessThanOrEqual(place.right + 1);
        expect(top, text.textContent).toBeGreaterThanOrEqual(place.top - 1);
        expect(bottom, text.textContent).toBeLessThanOrEqual(place.bottom + 1);
      }
      document.body.replaceChildren();
    }
  },
);

it('keeps its text at the size of the page’s, also on a projector', async () => {
  await show((at) => histogramDrawing(HISTOGRAM, at));
  const tick = (): number => svg().querySelector('text')?.getBoundingClientRect().height ?? 0;
  await expect.poll(() => width()).toBeGreaterThan(700);
  const before = tick();
  document.documentElement.dataset['size'] = 'projector';
  await expect.poll(() => tick() / before).toBeCloseTo(1.25, 1);
});

it('saves what is shown, in light colours', async () => {
  document.documentElement.dataset['theme'] = 'dark';
  await show((at) => histogramDrawing(HISTOGRAM, at));
  await expect.poll(() => width()).toBeGreaterThan(700);
  await page.getByRole('button', { name: 'Save A chart as SVG' }).click();
  await page.getByRole('button', { name: 'Save A chart as PNG' }).click();
  await expect.poll(() => saved.map(({ name }) => name)).toEqual(['chart.svg', 'chart.png']);
  const text = (await saved[0]?.content.text()) ?? '';
  const xml = new DOMParser().parseFromString(text, 'image/svg+xml');
  expect(xml.querySelector('parsererror')).toBeNull();
  expect(text).not.toContain('var(');
  expect(xml.querySelector('svg > rect')?.getAttribute('fill')).toBe('#ffffff');
  const chart = xml.querySelector('svg > g');
  if (!chart) throw new Error('the chart stands in its frame');
  expect(looks(chart)).toEqual(looks(svg()));
  expect((await createImageBitmap(saved[1]?.content ?? new Blob())).width).toBeGreaterThan(2 * width());
});

it('says its name, its legend and its marks to who does not see it; hostile text stays text', async () => {
  await show((at) => histogramDrawing(HISTOGRAM, at));
  await expect
    .element(page.getByRole('img'))
    .toHaveAccessibleName('A chart, kept, rejected, 0.70, this run, 0.72, preview');
  expect(await axeFindings()).toEqual([]);
  document.body.replaceChildren();
  await show((at) => intervalDrawing(INTERVALS, at));
  expect(svg().querySelector('b')).toBeNull();
  expect(svg().textContent).toContain('<b>WWW');
});
