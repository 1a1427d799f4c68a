/** Whatever this lesson says of the recorded run is true of the recording that comes with the app. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { readRecording } from '../../import/read-recording';
import { decisionRows, Previewer } from '../decisions/preview';
import { scored } from '../evaluation/figures';
import { Scorer } from '../evaluation/score';
import { BLOCKED_WORDS } from '../filters/blocked-words';
import type { Recording } from '../recording/recording';
import { type Timeline, timelineOf } from '../recording/timeline';
import type { ModelCall } from '../run';
import { FastIndex } from '../similarity/fast-index';
import { buildWhatIf, WhatIf } from '../similarity/what-if';
import type { Candidate, Task } from '../task';
import { HOMEWORK } from './homework';
import type { LessonStep } from './lesson';

let recording: Recording;
let calls: readonly ModelCall[];
let candidates: readonly Candidate[];
let tasks: readonly Task[];
let timeline: Timeline;
beforeAll(async () => {
  const file = new File([readFileSync('public/recordings/standard.recording')], 'standard.recording');
  recording = await readRecording(file, new AbortController().signal);
  calls = recording.rows.flatMap(({ kind, row }) => (kind === 'call' ? row : []));
  tasks = recording.rows.flatMap(({ kind, row }) => (kind === 'task' ? row : []));
  candidates = recording.rows
    .flatMap(({ kind, row }) => (kind === 'candidate' ? row : []))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  timeline = timelineOf(calls);
});

const step = (id: string): LessonStep => {
  const found = HOMEWORK.steps.find((one) => one.id === id);
  if (!found) throw new Error(`no step ${id}`);
  return found;
};
const predicted = (id: string): string => {
  const { prediction } = step(id);
  return prediction?.kind === 'choice' ? (prediction.options[prediction.answer] ?? '') : '';
};
const candidate = (text: string): Candidate => {
  const found = candidates.find((one) => one.text === text);
  if (!found) throw new Error(`no candidate ${text}`);
  return found;
};
/** The texts that a step quotes. */
const quoted = (id: string): string[] =>
  step(id).text.flatMap((line) => [...line.matchAll(/“([^”]+)”/gu)].map(([, text = '']) => text));
const instructionCall = (index: number): ModelCall => {
  const found = calls.find((call) => call.stage === 'instructions' && call.index === index);
  if (!found) throw new Error(`no request ${index}`);
  return found;
};
const endOf = (index: number): number => (timeline.spans.get(instructionCall(index).id)?.to ?? NaN) / 1000;
const requestOf = (address = ''): number => Number(/request=(\d+)/u.exec(address)?.[1]) - 1;

describe('the lesson of 20 minutes on the recorded run', () => {
  it('shows eight tasks of people and what the model writes after them', () => {
    const { prompt, text } = instructionCall(0);
    expect(prompt.match(/^Task \d+: /gmu)?.length).toBe(8);
    expect(prompt.endsWith('Task 9:')).toBe(true);
    expect(text).toMatch(/^ .+\nTask 10: .+$/u);
    const seeds = tasks.flatMap((task) => (task.origin === 'seed' ? task.instruction : []));
    const shown = [...prompt.matchAll(/^Task \d+: (.+)$/gmu)].map(([, task]) => task);
    expect(shown.every((task) => seeds.includes(task ?? ''))).toBe(true);
  });

  it('lets A be accepted and B be rejected, and shows neither verdict before', () => {
    const [a = '', b = ''] = quoted('accepted-or-not');
    expect([candidate(a).verdict, candidate(b).verdict]).toEqual(['kept', 'statement']);
    expect(predicted('accepted-or-not')).toBe('Only A');
    const { place, reveal } = step('accepted-or-not');
    expect(requestOf(reveal?.place?.address)).toBe(candidate(a).requestIndex);
    // A round of two requests is judged at the end of the later one.
    expect(place?.moment).toBeGreaterThan(endOf(0));
    expect(place?.moment).toBeLessThan(endOf(1));
    expect(reveal?.place?.moment).toBeGreaterThan(endOf(1));
  });

  it('says the ROUGE-L of the two texts that it compares', () => {
    const [text = '', other = ''] = quoted('nearly-the-same');
    const { verdict, nearest, requestIndex } = candidate(text);
    expect(verdict).toBe('too-similar');
    expect(tasks.find(({ id }) => id === nearest?.id)?.instruction).toBe(other);
    expect([text, other].map((one) => one.split(' ').length)).toEqual([7, 7]);
    expect(nearest?.rougeL).toBeCloseTo(6 / 7, 9);
    expect(predicted('nearly-the-same')).toBe(nearest?.rougeL.toFixed(2));
    expect(recording.run.config.rougeThreshold).toBe(0.7);
    const { reveal } = step('nearly-the-same');
    expect(requestOf(reveal?.place?.address)).toBe(requestIndex);
    expect(reveal?.place?.moment).toBeGreaterThan(Math.max(endOf(2), endOf(3)));
  });

  it('names the words that are blocked, and the task that one of them rejects', () => {
    // The text has only one of “image” and “images”.
    for (const word of BLOCKED_WORDS)
      expect(step('forbidden-words').text[0]).toContain(word.replace(/s$/u, ''));
    const text = quoted('forbidden-words').at(-1) ?? '';
    const { verdict, detail, requestIndex } = candidate(text);
    expect([verdict, detail]).toEqual(['blocked-word', 'go to']);
    const { reveal, place } = step('forbidden-words');
    expect(requestOf(reveal?.place?.address)).toBe(requestIndex);
    expect(place?.moment).toBeLessThan(endOf(5));
    expect(reveal?.place?.moment).toBeGreaterThan(Math.max(endOf(4), endOf(5)));
  });

  it('says how many are accepted at each threshold', () => {
    const seeds = tasks.flatMap((task) => (task.origin === 'seed' ? task.instruction : []));
    const rows = decisionRows(candidates);
    const previewer = new Previewer(rows);
    const question = {
      mode: 'ascii',
      seeds,
      candidates: previewer.decided.map(({ text }) => text),
      floor: 0.3,
    } as const;
    const graph = buildWhatIf(new FastIndex('ascii'), question, () => undefined);
    const at = (threshold: number): number =>
      previewer.at(threshold, new WhatIf(graph).refilter(threshold, 'above').flags).kept;
    const { kept, rejected } = recording.progress;
    const { text, reveal } = step('threshold');
    expect(text[0]).toContain(`${candidates.length} candidates, and ${kept} were accepted`);
    expect(text[0]).toContain(`${rejected['too-similar']} were rejected because they were too similar`);
    expect(predicted('threshold')).toBe(`${at(1)}`);
    expect(reveal?.text).toContain(`${at(1)}: the ${at(0.7)}, and the ${rejected['too-similar']}`);
    expect(reveal?.text).toContain(`only ${at(0.3)} are accepted`);
    expect(HOMEWORK.misconceptions.some(({ answer }) => answer.includes(`only ${at(0.3)} tasks`))).toBe(true);
  });

  it('quotes answers that the pool has', () => {
    const outputs = (instruction: string): string[] => {
      const task = tasks.find((one) => one.instruction === instruction && one.origin === 'machine');
      return task?.origin === 'machine' && task.stage === 'complete'
        ? task.instances.map(({ output }) => output)
        : [];
    };
    expect(outputs(quoted('not-the-truth')[0] ?? '')).toEqual(['4', '3']);
    expect(step('not-the-truth').reveal?.place?.address).toContain(
      tasks.find(({ instruction }) => instruction === quoted('not-the-truth')[0])?.id ?? 'none',
    );
    expect(outputs('How many days will it take to make 100 shirts?')).toEqual(['10 days']);
    expect(candidate('How many people can you make in a house?').verdict).toBe('kept');
  });

  it('says the scores of the models that were trained', () => {
    const [evaluation] = recording.evaluations;
    if (!evaluation) throw new Error('no evaluation');
    const { record, tasks: asked, answers } = evaluation;
    const scorer = new Scorer({ stem: false, tokens: 'ascii' });
    const score = (place: number): string => {
      const key = record.models[place]?.key;
      const scores = answers
        .filter(({ modelKey }) => modelKey === key)
        .map((answer) => {
          const task = asked.find(({ id }) => id === answer.taskId);
          return task ? scored(scorer, task, answer).score.rougeL : NaN;
        });
      return ((100 * scores.reduce((sum, one) => sum + one, 0)) / scores.length).toFixed(1);
    };
    expect(record.models.map(({ name }) => name)).toEqual([
      'SmolLM2-135M-Instruct, plain',
      'SmolLM2-135M-Instruct, by its template',
      'seeds, seed 1',
      'self-instruct, seed 1',
    ]);
    const { text, reveal } = step('does-it-help');
    expect(text[0]).toContain(`${recording.run.seedSet.count} seed tasks`);
    expect(text[0]).toContain(`${asked.length} new tasks`);
    expect(reveal?.text).toContain(
      `from ${score(0)} to ${score(2)} with the seed tasks alone, and to ${score(3)}`,
    );
  });
});
