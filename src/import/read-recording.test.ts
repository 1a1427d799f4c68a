import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../core/errors';
import type { Recording } from '../core/recording/recording';
import { writeRecording } from '../export/recording';
import { anyRecording, recordingSource } from '../testing/any-recording';
import { readRecording } from './read-recording';

const never = new AbortController().signal;
const written = (recording: Recording): Promise<Blob> =>
  writeRecording(recording, recordingSource(recording), never);
const read = (content: Blob): Promise<Recording> =>
  readRecording(new File([content], 'class.recording'), never);
async function refusal(content: Blob): Promise<string> {
  const error: unknown = await read(content).catch((e: unknown) => e);
  if (error instanceof AppError && error.failure.kind === 'bad-file') return error.failure.detail;
  throw new Error(`not refused: ${String(error)}`);
}
const packed = async (text: string): Promise<Blob> =>
  new Response(new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))).blob();
const textOf = async (blob: Blob): Promise<string> =>
  new Response(blob.stream().pipeThrough(new DecompressionStream('gzip'))).text();
/** A recording with a finetuning and an evaluation of three tasks. */
const some = (): Recording => {
  const found = fc
    .sample(anyRecording, { seed: 3, numRuns: 200 })
    .find(({ evaluations: [first], rows }) => first?.tasks.length === 3 && rows.length > 20);
  if (!found) throw new Error('no such recording was drawn');
  return found;
};

describe('a recording', () => {
  it('is read as it was written, whatever its texts are', async () => {
    await fc.assert(
      fc.asyncProperty(anyRecording, async (recording) => {
        expect(await read(await written(recording))).toEqual(recording);
      }),
      { numRuns: 60 },
    );
  });

  it('leaves out work on another run, and work that is not finished', async () => {
    const recording = some();
    const [own] = recording.trainings;
    if (!own) throw new Error('no finetuning');
    const others = [
      { ...own, id: 't0008', data: { ...own.data, runId: 'r0002' } },
      { ...own, id: 't0009', status: 'paused' as const },
    ];
    const source = recordingSource({ ...recording, trainings: [...recording.trainings, ...others] });
    expect((await read(await writeRecording(recording, source, never))).trainings).toEqual(
      recording.trainings,
    );
  });
});

describe('a recording that would be refused', () => {
  it('is not written', async () => {
    const recording = some();
    const kind = { kind: 'recording-too-large' };
    const call = recording.rows.find((entry) => entry.kind === 'call');
    if (!call) throw new Error('no call');
    const text = 'ä'.repeat(1024 * 1024);
    const rows = Array.from({ length: 33 }, () => ({ ...call, row: { ...call.row, text } }));
    await expect(written({ ...recording, rows })).rejects.toMatchObject({ failure: kind });
    const [own] = recording.trainings;
    if (!own) throw new Error('no finetuning');
    const trainings = Array.from({ length: 1_001 }, () => own);
    await expect(written({ ...recording, trainings })).rejects.toMatchObject({ failure: kind });
  });
});

describe('a recording is refused', () => {
  it('wherever it is cut, and wherever a byte of it is changed', async () => {
    const bytes = new Uint8Array(await (await written(some())).arrayBuffer());
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: bytes.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, change) => {
          expect(await refusal(new Blob([bytes.slice(0, at)]))).toMatch(/^“class\.recording” cannot/u);
          const damaged = bytes.slice();
          damaged[at] = (damaged[at] ?? 0) ^ change;
          // Some bytes of a gzip header say nothing about the content: then nothing is lost either.
          const result = await read(new Blob([damaged])).catch((error: unknown) => error);
          if (result instanceof AppError) expect(result.failure.kind).toBe('bad-file');
          else expect(result).toEqual(some());
        },
      ),
      { numRuns: 80 },
    );
  });

  it('when a line of it was changed and packed again', async () => {
    const [first = '', training = '', ...rest] = (await textOf(await written(some()))).split('\n');
    const again = (...lines: readonly string[]): Promise<string> =>
      packed(lines.join('\n')).then((blob) => refusal(blob));
    expect(await again(first, training.replace('"step":0', '"step":7'), ...rest)).toContain(
      'line 2: the row was changed or damaged',
    );
    expect(await again(first, training, training, ...rest)).toContain('appears twice');
    expect(await again(first.replace('"version":1', '"version":2'), training, ...rest)).toContain(
      'newer version',
    );
    expect(await again(training, ...rest)).toContain('does not begin like a recording');
    expect(await again(first.replace(/"work":\d+/u, '"work":1e9'), training, ...rest)).toContain(
      'more than 1000 finetunings',
    );
  });

  it('when it is another kind of file', async () => {
    expect(await refusal(new Blob(['{"a":1}']))).toContain('it is not a recording of this app');
    expect(await refusal(new Blob([]))).toContain('it is not a recording of this app');
    expect(await refusal(await packed(''))).toContain('cannot be played');
    expect(await refusal(await packed(`${'['.repeat(50_000)}\n`))).toContain('nested deeper');
  });

  it('when it unpacks to more than any recording does', async () => {
    expect(await refusal(await packed(' '.repeat(70 * 1024 * 1024)))).toContain('more than 64 MB');
  });
});
