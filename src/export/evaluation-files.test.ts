import { expect, it } from 'vitest';
import type { EvaluatedModel, EvaluationRecord, EvaluationTask } from '../core/evaluation/evaluation';
import {
  type AnswerSheet,
  modelFigures,
  pairFigures,
  partFigures,
  partsOf,
  scored,
} from '../core/evaluation/figures';
import { PredictionReader } from '../core/evaluation/predictions';
import { builtInEvaluation } from '../core/evaluation/prompt';
import { RESAMPLING, runToEnd } from '../core/evaluation/resampling';
import { Scorer } from '../core/evaluation/score';
import { TaskFileReader } from '../core/evaluation/task-file';
import { answersCsv, predictionLines } from './evaluation-files';
import { evaluationReport } from './evaluation-report';

const TASKS: readonly EvaluationTask[] = [
  { id: 'a', instruction: '=Add.', input: '1, "2"', references: ['3'], app: 'Sums', isClassification: false },
  { id: 'b', instruction: 'Greet <b>.', input: '', references: ['Hello', 'Hi'], isClassification: null },
];
const MODELS: readonly EvaluatedModel[] = [
  {
    key: 'm01',
    name: '=cmd|base',
    modelId: 'built-in-1',
    origin: 'built-in',
    hash: '',
    finished: true,
    seconds: 1,
  },
  {
    key: 'm02',
    name: 'After | <script>',
    modelId: 'f1',
    origin: 'finetuned',
    hash: '',
    finished: true,
    seconds: 1,
  },
];
const config = builtInEvaluation(1);
const scorer = new Scorer({ stem: false, tokens: 'ascii' });
const sheet = (key: string, texts: readonly string[]): AnswerSheet =>
  TASKS.map((task, i) =>
    scored(scorer, task, {
      id: `e0001-${key}-00000${i}`,
      evaluationId: 'e0001',
      modelKey: key,
      taskId: task.id,
      outcome: 'answered',
      text: texts[i] ?? '',
      finishReason: 'stop',
      promptTokens: 1,
      completionTokens: 1,
      seconds: 0,
      createdAt: 0,
    }),
  );
const sheets = [sheet('m01', ['4', '+SUM(1)\n# bye']), sheet('m02', ['3', 'Hi<|endoftext|>'])];
const columns = MODELS.map((model, i) => ({ model, sheet: sheets[i] ?? [] }));

it('writes no formula into a spreadsheet', () => {
  const csv = [...answersCsv(TASKS, columns)].join('');
  expect(csv).toContain("'=Add.");
  expect(csv).toContain("'=cmd|base");
  expect(csv).toContain("'+SUM(1)");
  expect(csv).toContain('"1, ""2"""');
  for (const cell of csv.split(/[,\r\n]/u)) expect(cell).not.toMatch(/^"?[=+\-@]/u);
  expect(csv).toContain('Hi,1,1\r\n');
});

it('writes predictions that import again, as answers and as tasks', () => {
  const lines = [
    ...predictionLines(TASKS, { model: MODELS[1] as EvaluatedModel, sheet: sheets[1] ?? [] }, config),
  ];
  const reader = new PredictionReader(TASKS);
  const tasks = new TaskFileReader();
  for (const [i, text] of lines.entries()) {
    reader.add({ line: i + 1, text });
    tasks.add({ line: i + 1, text }, 'again.jsonl');
  }
  expect([...reader.result().answers]).toEqual([
    [0, '3'],
    [1, 'Hi<|endoftext|>'],
  ]);
  expect(tasks.result().tasks).toEqual(TASKS);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    prompt: '=Add.\nInput: 1, "2"\nOutput:',
    target: '3',
    rouge_l: 1,
    exact_match: true,
  });
});

it('writes a report in which names and answers are text', () => {
  const record: EvaluationRecord = {
    id: 'e0001',
    name: 'Before *and* after',
    createdAt: 0,
    set: { id: 's', name: 'Two | tasks', count: 2, print: 7 },
    config,
    models: MODELS,
  };
  const [first, second] = columns.map(({ model, sheet: own }) => ({ key: model.key, sheet: own }));
  if (!first || !second) throw new Error('there are two');
  const pair = runToEnd(pairFigures(first, second, 'rouge-l', RESAMPLING));
  const figures = {
    measure: 'rouge-l' as const,
    models: columns.map(({ model, sheet: own }) => runToEnd(modelFigures(model, own, RESAMPLING))),
    pairs: pair ? [pair] : [],
    sheets: new Map(columns.map(({ model, sheet: own }) => [model.key, own])),
  };
  const parts = partsOf(TASKS, 'app').map((part) =>
    runToEnd(partFigures(part, sheets, 'rouge-l', RESAMPLING)),
  );
  const report = evaluationReport({
    record,
    tasks: TASKS,
    figures,
    scoring: { stem: true, tokens: 'ascii' },
    pair,
    parts: [{ title: 'App', table: { kind: 'app', models: MODELS, parts } }],
    plots: [{ path: 'plots/scores.svg', title: 'Scores' }],
    version: '0.0.0',
  });
  expect(report).toContain('# Before \\*and\\* after');
  expect(report).toContain(
    '| After \\| \\<script\\> | 100.0 (100.0 to 100.0) | 100.0 (100.0 to 100.0) | 2 | 0 | 0 | 1.0 |',
  );
  expect(report).toContain('with its Porter stemmer');
  expect(report).toContain('![Scores](plots/scores.svg)');
  expect(report).toContain('| +100.0 | +100.0 to +100.0 |');
  // What a model wrote is indented code: its heading is none.
  expect(report).toContain('    # bye');
  expect(report).not.toMatch(/^# bye/mu);
  expect(report.split('\n').filter((line) => /<script>|<b>/u.test(line) && !line.startsWith('    '))).toEqual(
    [],
  );
});
