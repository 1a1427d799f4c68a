import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HAND_IN_CODE, type HandIn, MAX_HAND_IN } from '../core/classroom/hand-in';
import { AppError } from '../core/errors';
import { raterName } from '../core/review/rater';
import type { LessonProgress } from '../core/lessons/lesson-progress';
import type { Recording } from '../core/recording/recording';
import { handInCode, writeHandIn } from '../export/hand-in';
import { writeRecording } from '../export/recording';
import { gzip } from '../io/gzip';
import { anyRecording, recordingSource } from '../testing/any-recording';
import { anyText } from '../testing/any-run';
import { fileOfCode, readHandIn } from './read-hand-in';

const never = new AbortController().signal;
const lesson: LessonProgress = {
  lesson: 'homework',
  begunAt: 1,
  changedAt: 2,
  step: 'one',
  finished: false,
  answers: { one: { predicted: 1, seen: true, explained: '<b>because</b>' } },
};
const header = { name: 'Ana and Ben', savedAt: 5, lessons: [lesson] };
const written = (recording: Recording, name = header.name): Promise<Blob> =>
  writeHandIn({ ...header, name }, recording, recordingSource(recording), never);
const read = (content: Blob): Promise<HandIn> => readHandIn(new File([content], 'ana.handin'), never);
async function refusal(content: Promise<Blob> | Blob): Promise<string> {
  const error: unknown = await read(await content).catch((e: unknown) => e);
  if (error instanceof AppError && error.failure.kind === 'bad-file') return error.failure.detail;
  throw new Error(`not refused: ${String(error)}`);
}
const packed = async (text: string): Promise<Blob> => new Blob([await gzip(new Blob([text]))]);
const textOf = async (blob: Blob): Promise<string> =>
  new Response(blob.stream().pipeThrough(new DecompressionStream('gzip'))).text();
/** A hand-in with a changed first line. */
async function withHeader(change: Readonly<Record<string, unknown>>): Promise<Blob> {
  const [first = '', ...rest] = (await textOf(await written(some()))).split('\n');
  return packed([JSON.stringify({ ...(JSON.parse(first) as object), ...change }), ...rest].join('\n'));
}
/** A run with a finetuning that was evaluated on three tasks. */
const some = (): Recording => {
  const found = fc
    .sample(anyRecording, { seed: 3, numRuns: 200 })
    .find(({ evaluations: [first], rows }) => first?.tasks.length === 3 && rows.length > 20);
  if (!found) throw new Error('no such recording was drawn');
  return found;
};
/** The same with the base model among those that were asked: it answers each task with the reference. */
function withBase(recording: Recording): Recording {
  const [first] = recording.evaluations;
  const [tuned] = first?.record.models ?? [];
  const [training] = recording.trainings;
  if (!first || !tuned || !training) throw new Error('nothing was evaluated');
  const tasks = first.tasks.map((task, i) => ({ ...task, references: [`the answer ${i}`] }));
  const of = (key: string, text: (i: number) => string) =>
    first.answers.map((answer, i) => ({
      ...answer,
      id: `${first.record.id}-${key}-00000${i}`,
      modelKey: key,
      text: text(i),
    }));
  const base = {
    ...tuned,
    key: 'm02',
    name: 'Base',
    modelId: training.baseModel.id,
    origin: 'built-in',
  } as const;
  return {
    ...recording,
    evaluations: [
      {
        record: { ...first.record, models: [tuned, base] },
        tasks,
        answers: [...of('m01', (i) => `the answer ${i}`), ...of('m02', () => 'something else')],
      },
    ],
  };
}

describe('a hand-in', () => {
  it('is read as it was written, without requests, whatever its texts are', async () => {
    await fc.assert(
      fc.asyncProperty(anyRecording, anyText, async (recording, typed) => {
        const name = raterName(typed) ?? 'Ana';
        const found = await read(await written(recording, name));
        expect(found.name).toBe(name);
        expect(found.savedAt).toBe(5);
        expect(found.lessons).toEqual([lesson]);
        expect(found.run.run).toEqual(recording.run);
        expect(found.run.rows).toEqual(recording.rows.filter(({ kind }) => kind !== 'call'));
      }),
      { numRuns: 60 },
    );
  });

  it('is read without lessons that are unknown here', async () => {
    const lessons = [{ ...lesson, lesson: 'chemistry' }, lesson];
    expect((await read(await withHeader({ lessons }))).lessons).toEqual([lesson]);
  });

  it('is the same as a code that is pasted, with line breaks', async () => {
    const file = await written(some());
    const code = await handInCode(file);
    expect(code).toMatch(/^handin1-[\w-]+$/u);
    const pasted = ` ${code.replace(/.{70}/gu, '$&\r\n')} `;
    expect(await read(fileOfCode(pasted))).toEqual(await read(file));
  });

  it('has the scores of base and finetuned model, and none where only one of them was asked', async () => {
    const { scores } = await read(await written(withBase(some())));
    expect(scores).toHaveLength(1);
    expect(scores[0]?.before).toMatchObject({ name: 'Base', answers: 3, rougeL: { mean: 0 } });
    expect(scores[0]?.after).toMatchObject({ answers: 3, rougeL: { mean: 100, low: 100, high: 100 } });
    const alone = withBase(some());
    const [only] = alone.evaluations;
    if (!only) throw new Error('nothing was evaluated');
    const { models } = only.record;
    const without = { ...only, record: { ...only.record, models: models.slice(0, 1) } };
    expect((await read(await written({ ...alone, evaluations: [without] }))).scores).toEqual([]);
  });

  it('has no scores of a model that was finetuned on the seed tasks alone', async () => {
    const found = withBase(some());
    const trainings = found.trainings.map((one) => ({
      ...one,
      data: { ...one.data, source: 'seeds' as const },
    }));
    expect((await read(await written({ ...found, trainings }))).scores).toEqual([]);
  });
});

describe('what is no hand-in', () => {
  it('is refused with the reason', async () => {
    const recording = some();
    expect(await refusal(new Blob(['name,task\n']))).toContain('not a hand-in');
    expect(await refusal(writeRecording(recording, recordingSource(recording), never))).toContain(
      'not a hand-in',
    );
    expect(await refusal(packed('[1]\n'))).toContain('not a hand-in');
    expect(await refusal(packed('x'.repeat(MAX_HAND_IN + 1)))).toContain('more than 16 MB');
    expect(await refusal(withHeader({ version: 2 }))).toContain('newer version');
    expect(await refusal(withHeader({ version: 0 }))).toContain('unknown');
    expect(await refusal(withHeader({ name: ' \u202e ' }))).toContain('no name');
    expect(await refusal(withHeader({ scores: [{}] }))).toContain('scores');
    expect(await refusal(withHeader({ lessons: [{ ...lesson, begunAt: 1e300 }] }))).toContain('begunAt');
    expect(await refusal(withHeader({ lessons: [null] }))).toContain('lessons');
    expect(await refusal(withHeader({ savedAt: 1e300 }))).toContain('savedAt');
    const score = { name: 'm', answers: 1, rougeL: { mean: 101, low: 0, high: 100 } };
    const scores = [{ set: { name: 's', count: 1, print: 1 }, before: score, after: score }];
    expect(await refusal(withHeader({ scores }))).toContain('mean');
  });

  it('is refused when any byte of it was changed or is missing', async () => {
    const bytes = new Uint8Array(await (await written(some())).arrayBuffer());
    // Bytes 4 to 9 of gzip are the time and the system: no content.
    const place = fc.integer({ min: 10, max: bytes.length - 1 });
    await fc.assert(
      fc.asyncProperty(place, fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const damaged = bytes.slice();
        damaged[at] = (damaged[at] ?? 0) ^ change;
        expect(await refusal(new Blob([damaged]))).toContain('cannot be');
        expect(await refusal(new Blob([bytes.slice(0, at)]))).toContain('cannot be');
      }),
      { numRuns: 60 },
    );
  });

  it('is refused when a row was changed and packed again', async () => {
    const text = await textOf(await written(some()));
    expect(await refusal(packed(text.replace('Name three', 'Name four')))).toContain('changed or damaged');
  });

  it('is no code: what is pasted otherwise', () => {
    for (const pasted of ['', 'hello', `${HAND_IN_CODE}<b>`, `${HAND_IN_CODE}a`]) {
      expect(() => fileOfCode(pasted)).toThrow(AppError);
    }
  });
});
