/** What the page of parts shows: a chart of each kind and a failure of each kind. */
import type { Failure } from '../core/errors';
import type { ChartTable } from '../ui/charts/chart-data';
import type { Draw } from '../ui/charts/drawing';
import { funnelDrawing } from '../ui/charts/funnel-drawing';
import { histogramDrawing } from '../ui/charts/histogram-drawing';
import { intervalDrawing } from '../ui/charts/interval-drawing';
import { lineDrawing } from '../ui/charts/line-drawing';
import { stackedDrawing } from '../ui/charts/stacked-drawing';
import { sunburstDrawing, sunburstParts } from '../ui/charts/sunburst';

/** Long enough to break lines, with a word that has no spaces. */
export const LONG =
  'A sentence that is long enough to need a second line, with an address such as https://example.org/a/long/path/to/model-q4f16.gguf in it.';
/** What a model may write: shown as text, never as markup. */
export const RAW = ' <b>Raw</b> text\nTask 9: of a model';
export const TONES = ['outline', 'kept', 'rejected', 'human', 'caution', 'danger'] as const;

const TICKS = [0, 0.25, 0.5, 0.75, 1].map((at) => ({ at, label: String(at) }));
const TABLE: ChartTable = {
  columns: ['What', 'Tasks'],
  rows: [
    ['First', '120'],
    ['Second', '1,400'],
  ],
};
const CURVE = [4, 2.6, 2, 1.7, 1.6].map((y, n) => ({ x: n * 25, y, label: `step ${n * 25}` }));

interface Example {
  readonly title: string;
  readonly table: ChartTable;
  readonly draw: Draw;
}
const example = (title: string, draw: Draw): Example => ({ title, table: TABLE, draw });

export const CHARTS = [
  example('Histogram', (width) =>
    histogramDrawing(
      {
        classes: [
          { label: 'accepted', fill: 'machine' },
          { label: 'rejected', fill: 'dropped', pattern: 'hatch' },
        ],
        bars: [3, 9, 14, 8, 2].map((n) => ({ label: `about ${n}`, counts: [n, 14 - n] })),
        ticks: TICKS,
        marks: [{ at: 0.7, label: 'limit 0.7', kind: 'limit' }],
        axis: 'ROUGE-L',
      },
      width,
    ),
  ),
  example('Lines', (width) =>
    lineDrawing(
      {
        maxX: 100,
        maxY: 4,
        ticksX: TICKS.map(({ at }) => ({ at, label: String(at * 100) })),
        ticksY: [0, 0.5, 1].map((at) => ({ at, label: String(at * 4) })),
        series: [
          { label: 'training', kind: 'line', points: CURVE },
          {
            label: 'held out',
            kind: 'rings',
            points: CURVE.map((point) => ({ ...point, y: point.y * 0.95 })),
          },
        ],
        axisX: 'step',
      },
      width,
    ),
  ),
  example('Intervals', (width) =>
    intervalDrawing(
      {
        max: 60,
        ticks: [0, 20, 40, 60],
        axis: 'ROUGE-L',
        kinds: { before: 'before', after: 'after finetuning', paper: 'published' },
        rows: [
          { kind: 'heading', label: 'Models' },
          { kind: 'before', label: 'Base model', value: 22, interval: { low: 15, high: 30 }, text: '22.0' },
          {
            kind: 'after',
            label: 'With a long name',
            value: 41,
            interval: { low: 33, high: 48 },
            text: '41.0',
          },
          { kind: 'paper', label: 'GPT3 with Self-Instruct', value: 39.9, interval: null, text: '39.9' },
        ],
      },
      width,
    ),
  ),
  example('Shares', (width) =>
    stackedDrawing(
      {
        classes: ['A', 'B', 'C', 'D'].map((label) => ({ label, legend: `${label}: a grade in words` })),
        rows: [
          { kind: 'ours', label: 'Base model', counts: [2, 5, 9, 4] },
          { kind: 'paper', label: 'Published', counts: [9, 6, 3, 2] },
        ],
      },
      width,
    ),
  ),
  example('Funnel', (width) =>
    funnelDrawing(
      {
        legend: { passed: 'passes', rejected: 'rejected by this rule' },
        whole: 120,
        rows: [
          { label: 'Written', passed: 120, rejected: 0, text: '120' },
          { label: 'Too similar', passed: 70, rejected: 50, text: '50' },
        ],
      },
      width,
    ),
  ),
  example('Sunburst', (width) =>
    sunburstDrawing(
      {
        parts: sunburstParts(
          ['write', 'give', 'find', 'explain'].map((label, n) => ({
            label,
            count: 24 - 5 * n,
            parts: [
              { label: 'story', count: 6, marked: false },
              { label: 'list', count: 2, marked: true },
            ],
            others: 16 - 5 * n,
          })),
        ),
        middle: ['66', 'verbs'],
        words: { part: 'noun', marked: 'also in the seeds', others: 'rare' },
      },
      width,
    ),
  ),
] as const;

const detail = 'a detail in the words of the library';
/** One of each kind: the type checker names what is missing. */
const BY_KIND: { readonly [K in Failure['kind']]: Extract<Failure, { kind: K }> } = {
  'engine-load-failed': { kind: 'engine-load-failed', model: 'A model', detail },
  'load-crashes': { kind: 'load-crashes', model: 'A model' },
  'engine-failed': { kind: 'engine-failed', detail },
  'model-damaged': { kind: 'model-damaged', model: 'SmolLM2 135M', files: ['model.gguf'] },
  'worker-silent': { kind: 'worker-silent', worker: 'similarity', seconds: 60 },
  'engine-timeout': { kind: 'engine-timeout', seconds: 60 },
  'prompt-too-long': { kind: 'prompt-too-long', detail },
  'nothing-usable': { kind: 'nothing-usable', requests: 20 },
  'self-test-failed': { kind: 'self-test-failed', expected: 'Paris', got: 'xxxx' },
  'model-file-missing': { kind: 'model-file-missing', url: 'https://example.org/model.gguf', status: 404 },
  'model-not-here': { kind: 'model-not-here', model: 'A model' },
  'base-not-here': { kind: 'base-not-here', model: 'My model', base: 'SmolLM2-135M-Instruct' },
  'model-changed': { kind: 'model-changed', model: 'A model' },
  'webassembly-missing': { kind: 'webassembly-missing' },
  'storage-full': { kind: 'storage-full', detail },
  'storage-unavailable': { kind: 'storage-unavailable', detail },
  'storage-too-new': { kind: 'storage-too-new', stored: 9, known: 8 },
  'storage-foreign': { kind: 'storage-foreign' },
  'storage-denied': { kind: 'storage-denied' },
  'storage-lost': { kind: 'storage-lost', cause: 'damaged', detail },
  'run-open-elsewhere': { kind: 'run-open-elsewhere', runId: 'run-1' },
  'run-taken-over': { kind: 'run-taken-over', runId: 'r0001' },
  'run-gone': { kind: 'run-gone', runId: 'r0001', during: 'run' },
  'training-open-elsewhere': { kind: 'training-open-elsewhere', trainingId: 'training-1' },
  'evaluation-open-elsewhere': { kind: 'evaluation-open-elsewhere', evaluationId: 'evaluation-1' },
  'plan-open-elsewhere': { kind: 'plan-open-elsewhere', planId: 'plan-1' },
  'record-gone': { kind: 'record-gone', record: 'evaluation', id: 'evaluation-1' },
  'training-data-changed': { kind: 'training-data-changed', detail },
  'no-examples': { kind: 'no-examples', data: 'Run 1' },
  'recording-too-large': { kind: 'recording-too-large' },
  'hand-in-too-large': { kind: 'hand-in-too-large' },
  'not-recorded': { kind: 'not-recorded' },
  'bad-file': { kind: 'bad-file', detail },
  'folder-not-written': { kind: 'folder-not-written', detail },
  'device-lost': { kind: 'device-lost', detail },
  'out-of-memory': { kind: 'out-of-memory', detail },
  'training-failed': { kind: 'training-failed', step: 12, detail },
  'server-failed': {
    kind: 'server-failed',
    url: 'https://example.org',
    status: null,
    problem: 'unreachable',
    detail,
  },
  'worker-crashed': { kind: 'worker-crashed', worker: 'analysis', detail },
  unexpected: { kind: 'unexpected', name: 'TypeError', message: detail, stack: 'at a line' },
};
export const FAILURES: readonly Failure[] = Object.values(BY_KIND);

/** Options of choices. */
export const THEMES = ['light', 'dark'].map((value) => ({ value, label: value }));
export const SIZES = ['small', 'medium', 'large'].map((value) => ({ value, label: value }));
export const CARDS = SIZES.map(({ value }) => ({
  value,
  title: `The ${value} one`,
  note: LONG,
  suffix: '.json',
}));
