import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { axisBetween, axisTo } from './axis';
import type {
  FunnelData,
  HistogramData,
  IntervalData,
  IntervalRow,
  LineData,
  StackedData,
} from './chart-data';
import { framed } from './chart-file';
import type { Draw, Drawing, Mark, TextMark } from './drawing';
import { funnelDrawing } from './funnel-drawing';
import { histogramDrawing } from './histogram-drawing';
import { intervalDrawing } from './interval-drawing';
import { lineDrawing } from './line-drawing';
import { stackedDrawing } from './stacked-drawing';
import { sunburstDrawing, sunburstParts } from './sunburst';
import { textWidth } from './text-width';

const WIDTHS = [280, 560, 1600];
type Box = readonly [left: number, top: number, right: number, bottom: number];

/** All marks at their real places. */
const flat = (
  marks: readonly Mark[],
  dx = 0,
  dy = 0,
): { mark: Exclude<Mark, { kind: 'group' }>; box: Box }[] =>
  marks.flatMap((mark) => {
    if (mark.kind === 'group') return flat(mark.marks, dx + mark.x, dy + mark.y);
    const [left, top, right, bottom] = boxOf(mark);
    return [{ mark, box: [left + dx, top + dy, right + dx, bottom + dy] as const }];
  });
function boxOf(mark: Exclude<Mark, { kind: 'group' }>): Box {
  switch (mark.kind) {
    case 'rect':
      return [mark.x, mark.y, mark.x + mark.width, mark.y + mark.height];
    case 'circle':
      return [mark.x - mark.r, mark.y - mark.r, mark.x + mark.r, mark.y + mark.r];
    case 'line':
      return [
        Math.min(mark.from[0], mark.to[0]),
        Math.min(mark.from[1], mark.to[1]),
        Math.max(mark.from[0], mark.to[0]),
        Math.max(mark.from[1], mark.to[1]),
      ];
    case 'path':
      return pathBox(mark.d);
    case 'text':
      return textBox(mark);
  }
}
function pathBox(d: string): Box {
  const points = [...d.matchAll(/([MLA])([^MLAZ]*)/gu)].flatMap(([, , numbers = '']) => {
    const all = numbers.split(/[ ,]/u).map(Number);
    const [x = NaN, y = NaN] = all.slice(-2);
    expect(all).not.toContain(NaN);
    return [[x, y] as const];
  });
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  return points.length === 0
    ? [0, 0, 0, 0]
    : [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}
function textBox({ text, x, y, size, anchor = 'start', rotate = 0 }: TextMark): Box {
  const width = textWidth(text, size);
  const left = anchor === 'start' ? 0 : anchor === 'middle' ? -width / 2 : -width;
  const turn = (rotate * Math.PI) / 180;
  const corners = [
    [left, -0.75 * size],
    [left + width, -0.75 * size],
    [left, 0.25 * size],
    [left + width, 0.25 * size],
  ].map(([dx = 0, dy = 0]) => [
    x + dx * Math.cos(turn) - dy * Math.sin(turn),
    y + dx * Math.sin(turn) + dy * Math.cos(turn),
  ]);
  const xs = corners.map(([at = NaN]) => at);
  const ys = corners.map(([, at = NaN]) => at);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

function staysInside({ width, height, marks }: Drawing): void {
  for (const { mark, box } of flat(marks)) {
    const [left, top, right, bottom] = box;
    const inside = left >= -0.01 && top >= -0.01 && right <= width + 0.01 && bottom <= height + 0.01;
    if (!inside) expect.fail(`${JSON.stringify(mark)} at ${box.join(' ')} of ${width} by ${height}`);
  }
}
function textsApart({ marks }: Drawing): void {
  const texts = flat(marks).filter(({ mark }) => mark.kind === 'text');
  for (const [i, one] of texts.entries()) {
    for (const other of texts.slice(i + 1)) {
      const [a, b] = [one.box, other.box];
      const meet = a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
      if (meet) expect.fail(`${JSON.stringify(one)} runs into ${JSON.stringify(other)}`);
    }
  }
}
/** A labelled line goes through no other label. */
function labelsUncrossed({ marks }: Drawing): void {
  const all = flat(marks);
  for (const { mark, box: a } of all) {
    if (mark.kind !== 'text' || !mark.halo) continue;
    for (const { mark: line, box: b } of all) {
      if (line.kind !== 'line' || line.strokeWidth !== 2) continue;
      const cross = b[0] > a[0] && b[0] < a[2] && b[1] < a[3];
      if (cross) expect.fail(`${JSON.stringify(line)} crosses ${mark.text}`);
    }
  }
}
function holds(draw: Draw, apart = true): void {
  for (const width of WIDTHS) {
    const drawing = draw(width);
    expect(drawing.width).toBe(width);
    staysInside(drawing);
    if (apart) textsApart(drawing);
    staysInside(framed('A title that may be long '.repeat(4).trim(), 'A note of several words.', drawing));
  }
}

const name = fc.oneof(
  fc.constantFrom('Too similar', 'Qwen2.5-0.5B, finetuned', '模型'),
  fc.string({ maxLength: 60 }),
);
const share = fc.double({ min: 0, max: 1, noNaN: true });
const tick = fc.record({ at: share, label: fc.nat(99_999).map(String) });
const number = fc.nat(99_999);

describe('at 280, 560 and 1600 pixels every mark stays inside, and no text runs into another', () => {
  it('of a histogram', () => {
    const classes = [
      { label: 'kept', fill: 'machine' },
      { label: 'newly kept', fill: 'machine', pattern: 'stripes' },
      { label: 'rejected', fill: 'dropped', pattern: 'hatch' },
    ] as const;
    const data: fc.Arbitrary<HistogramData> = fc.record({
      classes: fc.constant(classes),
      bars: fc.array(fc.record({ label: name, counts: fc.tuple(number, number, number) }), { maxLength: 50 }),
      ticks: fc.array(tick, { maxLength: 8 }).map((ticks) => ticks.sort((a, b) => a.at - b.at)),
      marks: fc.array(
        fc.record({
          at: share,
          kind: fc.constantFrom('ours', 'paper', 'limit'),
          label: share.map((at) => `paper’s mean ${at.toFixed(2)}`),
        }),
        { maxLength: 3 },
      ),
      axis: fc.constant('highest ROUGE-L to any seed'),
      tall: fc.boolean(),
    });
    fc.assert(fc.property(data, (one) => holds((width) => histogramDrawing(one, width))));
    fc.assert(
      fc.property(data, (one) => {
        const two = { ...one, marks: one.marks.slice(0, 2) };
        for (const width of WIDTHS) labelsUncrossed(histogramDrawing(two, width));
      }),
    );
  });

  it('of lines', () => {
    const point = fc.record({ x: fc.nat(1_000), y: share, label: name });
    const kinds = ['kept', 'all', 'line', 'faint', 'rings'] as const;
    const data = fc
      .tuple(fc.array(fc.array(point, { maxLength: 30 }), { maxLength: 5 }), fc.nat(5))
      .map(([lines, epochs]): LineData => {
        const x = axisTo(1_000, 5, true);
        const y = axisBetween(0, 1, 4);
        return {
          maxX: x.max,
          maxY: y.max,
          minY: y.min,
          ticksX: x.ticks.map((at) => ({ at: at / x.max, label: String(at) })),
          ticksY: y.ticks.map((at) => ({ at, label: String(at) })),
          series: lines.map((points, i) => ({ label: `line ${i}`, kind: kinds[i] ?? 'line', points })),
          marks: Array.from({ length: epochs }, (_, i) => ({
            x: (1_000 * (i + 1)) / (epochs + 1),
            label: `epoch ${i + 2}`,
          })),
          axisX: 'steps',
        };
      });
    fc.assert(fc.property(data, (one) => holds((width) => lineDrawing(one, width))));
  });

  it('of intervals', () => {
    const figure = fc.tuple(
      fc.constantFrom('before', 'after', 'paper'),
      name,
      share,
      share,
      share,
      fc.boolean(),
    );
    const rows = fc.array(
      figure.map(([kind, label, a, b, c, band]): IntervalRow => {
        const [low = 0, value = 0, high = 0] = [100 * a, 100 * b, 100 * c].sort((one, other) => one - other);
        const text = `${value.toFixed(1)} (${low.toFixed(1)} to ${high.toFixed(1)})`;
        return { kind, label, value, interval: kind === 'paper' ? null : { low, high }, band, text };
      }),
      { maxLength: 12 },
    );
    const axis = {
      max: 100,
      ticks: [0, 20, 40, 60, 80, 100],
      axis: 'ROUGE-L, points of 100',
      kinds: { before: 'other models', after: 'finetuned here', paper: 'published' },
    };
    fc.assert(
      fc.property(rows, name, (ours, label) => {
        const data: IntervalData = { ...axis, rows: [...ours, { kind: 'heading', label }, ...ours] };
        holds((width) => intervalDrawing(data, width));
      }),
    );
  });

  it('of stacked bars', () => {
    const classes = ['A', 'B', 'C', 'D'].map((label) => ({ label, legend: 'Acceptable, minor errors' }));
    const rows = fc.array(
      fc.record({
        kind: fc.constantFrom('ours', 'paper'),
        label: name,
        counts: fc.tuple(fc.nat(300), fc.nat(300), fc.nat(3), fc.nat(300)),
      }),
      { maxLength: 10 },
    );
    fc.assert(
      fc.property(rows, name, (ours, label) => {
        const data: StackedData = { classes, rows: [{ kind: 'heading', label }, ...ours] };
        holds((width) => stackedDrawing(data, width));
      }),
    );
  });

  it('of a funnel', () => {
    const rows = fc.array(fc.tuple(name, number), { maxLength: 12 });
    fc.assert(
      fc.property(rows, (steps) => {
        const whole = steps.reduce((sum, [, rejected]) => sum + rejected, 0);
        let left = whole;
        const data: FunnelData = {
          whole,
          legend: { passed: 'passes', rejected: 'rejected' },
          rows: steps.map(([label, rejected]) => {
            left -= rejected;
            return { label, passed: left, rejected, text: `−${rejected.toLocaleString('en')}` };
          }),
        };
        holds((width) => funnelDrawing(data, width));
      }),
    );
  });

  it('of a sunburst', () => {
    const size = fc.integer({ min: 1, max: 90 });
    const child = fc.record({ label: fc.string({ maxLength: 20 }), count: size, marked: fc.boolean() });
    const groups = fc.array(
      fc.record({ label: name, parts: fc.array(child, { maxLength: 4 }), others: size }).map((group) => ({
        ...group,
        count: group.parts.reduce((sum, { count }) => sum + count, group.others),
      })),
      { minLength: 1, maxLength: 20 },
    );
    fc.assert(
      fc.property(groups, (input) => {
        const parts = sunburstParts(input);
        const [part] = parts;
        const data = {
          parts,
          middle: ['26,559', 'of 52,445 have a pair'],
          words: { part: 'new pair', marked: null, others: 'other objects of the verb' },
          looked: part && { part, name: 'summarize, other objects', focus: false },
        } as const;
        // Words along the radius lie in sectors; their boxes may meet.
        holds((width) => sunburstDrawing(data, width), false);
      }),
    );
  });
});

it('stacked bars are one whole each, in the order of their classes, with letter and number where there is room', () => {
  const { marks } = stackedDrawing(
    {
      classes: ['A', 'B', 'C', 'D'].map((label) => ({ label, legend: label })),
      rows: [
        { kind: 'heading', label: 'Ours' },
        { kind: 'ours', label: '<b>model</b>', counts: [1, 0, 3, 0] },
        { kind: 'paper', label: 'none', counts: [0, 0, 0, 0] },
      ],
    },
    576,
  );
  const all = flat(marks);
  const bars = all.flatMap(({ mark, box }) => (mark.kind === 'rect' && mark.value ? [box] : []));
  expect(bars.map(([left, , right]) => right - left)).toEqual([100, 300]);
  expect(bars[1]?.[0]).toBe(bars[0]?.[2]);
  const texts = all.flatMap(({ mark }) => (mark.kind === 'text' ? [mark.text] : []));
  expect(texts).toContain('A 1');
  expect(texts).toContain('C 3');
  expect(texts).toContain('<b>model</b>');
});
