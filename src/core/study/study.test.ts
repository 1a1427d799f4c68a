import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { builtInEvaluation } from '../evaluation/prompt';
import { begun, resolved, stepsOf, withStage } from '../plan/plan';
import { defaultConfig } from '../training/defaults';
import { builtInConfig, withoutFilters } from '../presets';
import { evaluationOf, SHARES, type StudyChoices, type StudyNames, studyPlan, studyPoints } from './study';

const CHOICES: StudyChoices = {
  runId: 'r0001',
  baseId: 'built-in',
  isChat: false,
  shares: SHARES,
  config: { ...defaultConfig('built-in', 'full'), steps: 12 },
  set: { id: 'simple', limit: 5 },
  evaluation: builtInEvaluation(1),
};
const NAMES: StudyNames = {
  study: 'Study',
  evaluation: 'Its evaluation',
  answers: 'Other outputs',
  model: (share, data) => `With ${share} of ${data}`,
};
const UNFILTERED = {
  ...{ modelId: 'built-in', config: withoutFilters(builtInConfig(1, 20)), seedSetId: 'simple' },
  promised: 30,
};
const ANSWERED = { modelId: 'other', config: builtInEvaluation(1), promised: null };
const plan = (choices: Partial<StudyChoices> = {}) =>
  begun(studyPlan({ ...CHOICES, ...choices }, NAMES, 60, 1), 'p0001');

describe('a study', () => {
  it('trains every share once, all for the same steps, and asks the base and all of them', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0, 0.1, 0.25, 0.5, 1), { minLength: 1 }), (shares) => {
        const { stages } = plan({ shares });
        const trained = stages.flatMap(({ key, work }) => (work.kind === 'finetune' ? [{ key, work }] : []));
        expect(trained.map(({ work }) => work.config.steps)).toEqual(trained.map(() => 12));
        expect(trained).toHaveLength(new Set(shares).size);
        const last = stages.at(-1)?.work;
        expect(last?.kind === 'evaluate' && last.models).toEqual([
          { id: 'built-in' },
          ...trained.map(({ key }) => ({ stage: key })),
        ]);
        expect(new Set(stages.map(({ key }) => key)).size).toBe(stages.length);
      }),
    );
  });

  it('takes the seed tasks alone for nothing, and all tasks for the whole', () => {
    const data = plan().stages.flatMap(({ work }) => (work.kind === 'finetune' ? [work.data] : []));
    expect(data.map(({ source, machineShare }) => [source, machineShare])).toEqual([
      ['seeds', undefined],
      ['run-and-seeds', 0.25],
      ['run-and-seeds', 0.5],
      ['run-and-seeds', undefined],
    ]);
  });

  it('asks a chat model as plain text and by its template', () => {
    const last = plan({ isChat: true }).stages.at(-1)?.work;
    expect(last?.kind === 'evaluate' && last.models.slice(0, 2)).toEqual([
      { id: 'built-in', plain: true },
      { id: 'built-in' },
    ]);
  });

  it('makes the other data first, and studies each share of them beside the same seeds alone', () => {
    const { stages } = plan({ shares: [0, 0.5, 1], unfiltered: UNFILTERED, answered: ANSWERED });
    expect(stages.map(({ key, promised }) => [key, promised])).toEqual([
      ['unfiltered', 30],
      ['answers', null],
      ...['share-0', 'share-0.5', 'share-1'].map((key) => [key, 60]),
      ...['unfiltered-0.5', 'unfiltered-1', 'answered-0.5', 'answered-1'].map((key) => [key, 60]),
      ['evaluation', null],
    ]);
    const trained = stages.flatMap(({ work }) => (work.kind === 'finetune' ? [work] : []));
    expect(trained.map(({ run, answers }) => [run, answers])).toEqual([
      ...Array.from({ length: 3 }, () => [{ id: 'r0001' }, undefined]),
      ...Array.from({ length: 2 }, () => [{ stage: 'unfiltered' }, undefined]),
      ...Array.from({ length: 2 }, () => [{ id: 'r0001' }, { stage: 'answers' }]),
    ]);
    expect(stages[1]?.work).toMatchObject({ models: [{ id: 'other' }], set: { run: { id: 'r0001' } } });
  });

  it('is read back as points that know their data', () => {
    const study = plan({ shares: [0, 1], unfiltered: UNFILTERED, answered: ANSWERED });
    expect(studyPoints(study, [], []).map(({ data, share }) => [data, share])).toEqual([
      ['run', 0],
      ['run', 1],
      ['unfiltered', 1],
      ['answered', 1],
    ]);
  });

  it('is read back as the points of a curve, as far as it is', () => {
    const before = plan();
    expect(stepsOf(before)).toBe(12);
    expect(evaluationOf(before)).toBe(null);
    expect(studyPoints(before, [], []).map(({ share, rougeL }) => [share, rougeL])).toEqual(
      SHARES.map((share) => [share, null]),
    );
    const made = withStage(before, 'share-0.5', (stage) => ({ ...stage, made: 't0003' }));
    expect(resolved(made, { stage: 'share-0.5' })).toBe('t0003');
  });
});
