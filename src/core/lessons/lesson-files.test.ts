/** Counts, scores and quotes of the lessons are those of the recording that comes with the app. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { readAddress } from '../../app/address';
import { readRecording } from '../../import/read-recording';
import { decisionRows, Previewer } from '../decisions/preview';
import { scored } from '../evaluation/figures';
import { Scorer } from '../evaluation/score';
import { BLOCKED_WORDS } from '../filters/blocked-words';
import type { RecordedEvaluation, Recording } from '../recording/recording';
import { type Timeline, timelineOf } from '../recording/timeline';
import { agreement } from '../review/agreement';
import { PAPER_QUALITY } from '../review/quality';
import type { ModelCall } from '../run';
import { FastIndex } from '../similarity/fast-index';
import { buildWhatIf, WhatIf } from '../similarity/what-if';
import type { Candidate, MachineTask, PoolSeed, Task } from '../task';
import { HOMEWORK } from './homework';
import { FAIR_DATA } from './fair-data';
import { type Lesson, type LessonPlace, type LessonStep, minutesOf } from './lesson';
import { LESSONS } from './lesson-files';
import { beginLesson } from './lesson-progress';
import { parseLessonProgress } from './lesson-progress-schema';
import { OWN_SEEDS } from './own-seeds';
import { saidOf } from './prediction';

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

const step = (id: string, { steps }: Lesson = HOMEWORK): LessonStep => {
  const found = steps.find((one) => one.id === id);
  if (!found) throw new Error(`no step ${id}`);
  return found;
};
const predicted = (id: string, lesson?: Lesson): string => {
  const { prediction } = step(id, lesson);
  return prediction ? saidOf(prediction, prediction.answer) : '';
};
const candidate = (text: string): Candidate => {
  const found = candidates.find((one) => one.text === text);
  if (!found) throw new Error(`no candidate ${text}`);
  return found;
};
const outputs = (instruction: string): string[] => {
  const task = machine().find((one) => one.instruction === instruction);
  return task?.stage === 'complete' ? task.instances.map(({ output }) => output) : [];
};
const machine = (): MachineTask[] => tasks.flatMap((task) => (task.origin === 'machine' ? task : []));
const seeds = (): PoolSeed[] => tasks.flatMap((task) => (task.origin === 'seed' ? task : []));
const evaluated = (): RecordedEvaluation => {
  const [evaluation] = recording.evaluations;
  if (!evaluation) throw new Error('no evaluation');
  return evaluation;
};
/** The texts that a step quotes. */
const quoted = (id: string, lesson?: Lesson): string[] =>
  step(id, lesson).text.flatMap((line) => [...line.matchAll(/“([^”]+)”/gu)].map(([, text = '']) => text));
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
    const late = candidates.filter(({ verdict }) => verdict === 'surplus').length;
    expect(late).toBe(1);
    expect(reveal?.text).toContain(`no to ${candidates.length - at(1) - late}, and one came`);
    expect(reveal?.text).toContain(`only ${at(0.3)} are accepted`);
    expect(HOMEWORK.misconceptions.some(({ answer }) => answer.includes(`only ${at(0.3)} tasks`))).toBe(true);
  });

  it('quotes answers that the pool has', () => {
    expect(outputs(quoted('not-the-truth')[0] ?? '')).toEqual(['4', '3']);
    expect(step('not-the-truth').reveal?.place?.address).toContain(
      tasks.find(({ instruction }) => instruction === quoted('not-the-truth')[0])?.id ?? 'none',
    );
    expect(outputs('How many days will it take to make 100 shirts?')).toEqual(['10 days']);
    expect(candidate('How many people can you make in a house?').verdict).toBe('kept');
  });

  it('says the scores of the models that were trained', () => {
    const { record, tasks: asked, answers } = evaluated();
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

describe('the lesson of 45 minutes', () => {
  it('counts the seeds, and the tasks that came of them', () => {
    const withInput = seeds().filter(({ instances }) => instances.some(({ input }) => input !== '')).length;
    const questions = (of: readonly Task[]): number =>
      of.filter(({ instruction }) => instruction.endsWith('?')).length;
    expect(step('good-task', OWN_SEEDS).reveal?.text).toContain(`${withInput} of the ${seeds().length}`);
    expect(predicted('good-task', OWN_SEEDS)).toBe(`${withInput}`);
    const inputs = machine().flatMap((task) =>
      task.stage === 'complete' ? task.instances.map(({ input }) => input) : [],
    );
    expect(inputs.length).toBeGreaterThan(0);
    expect(inputs.every((input) => input === '')).toBe(true);
    const { reveal } = step('made-of-seeds', OWN_SEEDS);
    expect(reveal?.text).toContain(
      `${questions(machine())} of its ${machine().length} tasks end with a question mark; of the seed tasks, ${questions(seeds())} of ${seeds().length}`,
    );
  });

  it('has the figures of the paper', () => {
    const { valid, input, output, all } = PAPER_QUALITY;
    expect(predicted('rate-ten', OWN_SEEDS)).toBe(`${all}`);
    expect(step('rate-ten', OWN_SEEDS).reveal?.text).toContain(
      `${all} of 100. One by one: valid task ${valid}, appropriate input ${input}, correct output ${output}.`,
    );
    expect(step('compare', OWN_SEEDS).reveal?.text).toContain(
      `valid task ${valid} %, appropriate input ${input} %, correct output ${output} %, all three ${all} %`,
    );
    expect(outputs('What is the name of your favorite food?')).toEqual([
      'I am very happy to say that you have a great meal.',
    ]);
    expect(candidate('Who is this person?').verdict).toBe('kept');
  });
});

describe('the lesson of 90 minutes', () => {
  it('counts classification tasks, and tasks that begin alike', () => {
    expect(step('two-kinds', FAIR_DATA).text[1]).toContain(
      `${seeds().filter((task) => task.isClassification).length} of the ${seeds().length} seed tasks`,
    );
    expect(machine().filter((task) => task.stage !== 'instruction' && task.isClassification)).toEqual([]);
    const begins = (of: readonly Task[]): number =>
      of.filter(({ instruction }) => instruction.startsWith('You ')).length;
    expect([begins(seeds()), begins(machine())]).toEqual([2, 6]);
    expect(step('who-is-missing', FAIR_DATA).text[0]).toContain(
      `Two of the 60 seed tasks begin with “You”; of its own ${machine().length} tasks, 6 do`,
    );
  });

  it('computes kappa as its example says', () => {
    const [yes, no] = [true, false];
    const pairs = [
      [yes, no] as const,
      [no, yes] as const,
      ...Array.from({ length: 8 }, () => [yes, yes] as const),
    ];
    const { same, kappa } = agreement(pairs);
    expect(same).toBe(8);
    expect(step('two-raters', FAIR_DATA).reveal?.text).toContain(kappa?.toFixed(2));
  });

  it('says the losses of the finetuning on its own tasks', () => {
    const training = recording.trainings.at(-1);
    const [first, last] = [training?.curve[0], training?.curve.at(-1)];
    const { text, reveal } = step('training', FAIR_DATA);
    expect(text[0]).toContain(`${training?.counts.training} examples, ${training?.steps} steps`);
    expect(text[1]).toContain(first?.loss.toFixed(2));
    expect(reveal?.text).toContain(last?.loss.toFixed(2));
    expect(predicted('training', FAIR_DATA)).toBe(last?.loss.toFixed(2));
  });

  it('quotes what the models answered, with their scores', () => {
    const [instruction, input, untrained] = quoted('before-after', FAIR_DATA);
    const { record, tasks: asked, answers } = evaluated();
    const task = asked.find((one) => one.instruction === instruction && one.input === input);
    if (!task) throw new Error('no such task');
    const scorer = new Scorer({ stem: false, tokens: 'ascii' });
    const of = (place: number): readonly [string, string] => {
      const found = answers.find(
        ({ taskId, modelKey }) => taskId === task.id && modelKey === record.models[place]?.key,
      );
      if (!found) throw new Error('no answer');
      return [found.text.trim(), scored(scorer, task, found).score.rougeL.toFixed(2)];
    };
    expect(of(1)[0]).toBe(untrained);
    const [[seedsText, seedsScore], [ownText, ownScore]] = [of(2), of(3)];
    expect(step('before-after', FAIR_DATA).reveal?.text).toBe(
      `The one trained on the seed tasks: “${seedsText}”, scored ${seedsScore}. With its own tasks as well it says “${ownText}”, scored ${ownScore}.`,
    );
  });
});

describe('every lesson', () => {
  it('tells no number that was predicted in what is printed of a later step', () => {
    for (const { steps } of [HOMEWORK, OWN_SEEDS, FAIR_DATA])
      for (const [i, { prediction }] of steps.entries()) {
        const answer = prediction ? saidOf(prediction, prediction.answer) : '';
        if (!/^[\d.]+$/u.test(answer)) continue;
        const printed = steps
          .slice(i + 1)
          .flatMap(({ title, text, tasks: asked, prediction: next, explanation }) => [
            title,
            ...text,
            ...asked,
            next?.ask ?? '',
            explanation?.ask ?? '',
          ]);
        expect(printed.join(' ').match(/\d+(?:\.\d+)?/gu) ?? []).not.toContain(answer);
      }
  });

  it('shows the 60 seeds of the recorded run where it counts them, not a set of the pupil', () => {
    const steps = [HOMEWORK, OWN_SEEDS, FAIR_DATA].flatMap((lesson) => lesson.steps);
    const counting = steps.filter(
      (one) => one.place?.address === '#/seeds' && JSON.stringify(one).includes('60'),
    );
    expect(counting.length).toBe(4);
    for (const { place } of counting) expect(place?.moment).toBeDefined();
  });

  it('lasts as long as it says, asks what can be answered, and opens screens that exist', async () => {
    const lessons = await Promise.all(Object.values(LESSONS).map((load) => load()));
    expect(lessons.map(minutesOf)).toEqual([20, 45, 90]);
    for (const lesson of lessons) {
      const ids = lesson.steps.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const { id, prediction, place, reveal } of lesson.steps) {
        expect(parseLessonProgress({ ...beginLesson(lesson, 1), step: id }).ok).toBe(true);
        if (prediction) expect(prediction.options[prediction.answer]).toBeDefined();
        // What is predicted is seen later.
        if (prediction) expect(reveal).toBeDefined();
        const places = [place, reveal?.place].filter((one): one is LessonPlace => one !== undefined);
        for (const { address, moment } of places) {
          expect(`#/${readAddress(address).screen}`).toBe(address.split('?')[0]);
          if (typeof moment === 'number') expect(moment).toBeLessThan(timeline.total / 1000);
        }
      }
    }
  });
});
