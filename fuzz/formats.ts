/** Every format that is read from outside, with small good files of it. */
import fc from 'fast-check';
import { Field, List, Struct, Table as ArrowTable, Utf8, tableToIPC, vectorFromArray } from 'apache-arrow';
import {
  Compression,
  Table,
  WriterPropertiesBuilder,
  WriterVersion,
  writeParquet as writeOther,
} from 'parquet-wasm/node';
import { type EvaluationRecord, type EvaluationTask } from '../src/core/evaluation/evaluation';
import { gradeId, type GradeRow } from '../src/core/evaluation/grading';
import { writeSeedFile } from '../src/core/dataset/seed-file';
import type { Recording } from '../src/core/recording/recording';
import { FORMATS, writeFormat } from '../src/export/formats';
import { gradeLines, gradesCsv } from '../src/export/grades-file';
import { writeParquet } from '../src/export/parquet';
import { ratingsFile } from '../src/export/ratings-file';
import { writeRecording } from '../src/export/recording';
import { readGradesFile } from '../src/import/grades-file';
import { readRecording } from '../src/import/read-recording';
import { readRatingsFile } from '../src/import/ratings-file';
import { readPredictions, readTaskFiles } from '../src/import/task-files';
import { collect } from '../src/io/collect';
import { readSettings, readShards } from '../src/models/mlc-files';
import { anyRecording, recordingSource } from '../src/testing/any-recording';
import { backupText, inPages, someRun } from '../src/testing/any-run';
import { randomBase, splitWeights } from '../src/testing/base-weights';
import { linkingLibrary, tinyMlcFolder } from '../src/testing/tiny-mlc';
import { manyTasks } from '../src/testing/many-tasks';
import { zipOf } from '../src/testing/zip-files';
import { readJson } from '../src/weights/json-file';
import { readLlamaConfig } from '../src/weights/llama-config';
import { writeLlamaGguf } from '../src/weights/llama-gguf';
import { readSafetensors } from '../src/weights/safetensors';
import { joinShards } from '../src/weights/sharded-safetensors';
import { tokenizerEntries } from '../src/weights/tokenizer-entries';
import { checkVocabulary, readTokenizer } from '../src/weights/tokenizer-file';
import type { Kind } from './mutations';
import {
  importFile,
  parseOutput,
  readArchive,
  readGguf,
  readSeeds,
  readStream,
  readWeights,
} from './readers';

type Bytes = Uint8Array<ArrayBuffer>;
export interface Format {
  readonly name: string;
  readonly kind: Kind;
  readonly samples: readonly Bytes[];
  /** Reads the file and all that it leads to. @throws AppError with the reason of a refusal */
  read(file: File): Promise<void>;
}

const never = new AbortController().signal;
const encode = (text: string): Bytes => new TextEncoder().encode(text);
const bytesOf = async (blob: Blob): Promise<Bytes> => new Uint8Array(await blob.arrayBuffer());
const lines = (...rows: readonly unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

const many = manyTasks(1, { seeds: 3, machines: 24, rejected: 3 });
const tasks = [...many.seeds, ...many.machines];
const run = someRun();
const pages = () => inPages(tasks);

const evaluationTasks: readonly EvaluationTask[] = [0, 1, 2].map((i) => ({
  id: `task_${i}`,
  instruction: `Name ${i} birds.`,
  input: '',
  references: ['Robin'],
  isClassification: null,
}));
const record: EvaluationRecord = {
  id: 'e0001',
  name: 'Evaluation',
  createdAt: 0,
  set: { id: 's', name: 'Set', count: 2, print: 77 },
  config: { layout: 'drawn', seed: 1, maxTokens: 10 },
  models: [
    { key: 'm01', name: '=M', modelId: null, origin: 'predictions', hash: '', finished: true, seconds: 0 },
  ],
};
const grades = [0, 1].map((index): GradeRow => ({
  id: gradeId('e0001', 'm01', index, 'Ada'),
  evaluationId: 'e0001',
  modelKey: 'm01',
  taskId: index === 0 ? '=1+1' : 'a,"b"\nc',
  index,
  rater: 'Ada',
  grade: 'B',
  print: 4_294_967_295,
  at: 1_764_000_000_000,
}));
const superNi = {
  Definition: ['Add.'],
  Instances: [
    { input: '1 2', output: ['3', 'three'] },
    { input: '2 2', output: ['4'] },
  ],
};
const seedLines = writeSeedFile(
  many.seeds.map(({ instruction, instances }, i) => ({
    id: `seed_${i}`,
    name: `seed ${i}`,
    instruction,
    isClassification: i === 0,
    instances,
    extra: { note: { deep: [1, 2, { more: null }] } },
  })),
);
const recordings = fc.sample(anyRecording, { seed: 5, numRuns: 4 });
const recordedFile = async (recording: Recording): Promise<Bytes> =>
  bytesOf(await writeRecording(recording, recordingSource(recording), never));
const recordedLines = async (recording: Recording): Promise<Bytes> => {
  const unpacked = new Blob([await recordedFile(recording)]).stream();
  return bytesOf(await new Response(unpacked.pipeThrough(new DecompressionStream('gzip'))).blob());
};
const packed = (file: File): Promise<Blob> =>
  new Response(file.stream().pipeThrough(new CompressionStream('gzip'))).blob();
const instructionOutput = ' Name a bird.\n10. Write a poem about the sea.\n\n11. Is it {true}?\n12. Draw';
const instanceOutput =
  'Example 1\nInput: 2, 3\nOutput: 5\n\nExample 2\nInput: a\nOutput: b\nClass label: yes\nText: it\nOutput: x';

async function parquetSamples(): Promise<Bytes[]> {
  const ours = await bytesOf(await collect(writeParquet(pages(), { withSeeds: true, seed: 1 }), '', never));
  const texts = tasks.map(({ instruction }) => instruction);
  const turn = new Struct([new Field('role', new Utf8(), true), new Field('content', new Utf8(), true)]);
  const messages = texts.map((content) => [
    { role: 'user', content },
    { role: 'assistant', content: 'Robin' },
  ]);
  const columns = {
    instruction: vectorFromArray(texts, new Utf8()),
    output: vectorFromArray(
      texts.map((one, i) => (i % 4 === 0 ? null : one)),
      new Utf8(),
    ),
    id: vectorFromArray(BigInt64Array.from(texts, (_, i) => BigInt(i) << 40n)),
  };
  const other = (table: ArrowTable, properties: WriterPropertiesBuilder): Bytes =>
    new Uint8Array(writeOther(Table.fromIPCStream(tableToIPC(table, 'stream')), properties.build()));
  const chat = new ArrowTable({
    messages: vectorFromArray(messages, new List(new Field('item', turn, true))),
  });
  const plain = (): ArrowTable => new ArrowTable(columns);
  const properties = (codec: Compression): WriterPropertiesBuilder =>
    new WriterPropertiesBuilder().setCompression(codec).setMaxRowGroupSize(15);
  return [
    ours,
    other(chat, properties(Compression.SNAPPY)),
    other(plain(), properties(Compression.UNCOMPRESSED)),
    ...[Compression.GZIP, Compression.BROTLI, Compression.ZSTD, Compression.LZ4_RAW].map((codec) =>
      other(plain(), properties(codec)),
    ),
    other(
      plain(),
      properties(Compression.UNCOMPRESSED).setWriterVersion(WriterVersion.V2).setDictionaryEnabled(false),
    ),
  ];
}

/** All formats with their samples. */
export async function formats(): Promise<readonly Format[]> {
  const exported = await Promise.all(
    FORMATS.map(async (format): Promise<Format> => {
      const text = await collect(writeFormat(format, pages(), { withSeeds: true, seed: 1 }), '', never);
      return { name: format.id, kind: 'text', samples: [await bytesOf(text)], read: importFile };
    }),
  );
  const text = (name: string, read: Format['read'], ...samples: readonly string[]): Format => ({
    name,
    kind: 'text',
    samples: samples.map(encode),
    read,
  });
  const backup = await backupText(run);
  const rows = lines(
    { instruction: 'Name a bird.', output: 'Robin' },
    { instruction: 'Name a fish.', output: 'Carp' },
  );
  const base = randomBase();
  const config = readLlamaConfig(await readJson(base.config, 'config.json'));
  const tokenizer = await readTokenizer(base.tokenizer);
  const weights = await readSafetensors(base.weights);
  const gguf = await writeLlamaGguf({ name: 'tiny', config, weights }, tokenizer, 'F16', { signal: never });
  const mlc = tinyMlcFolder(linkingLibrary([]));
  const mlcText = async (ending: string): Promise<string> =>
    (await mlc.find(({ name }) => name.endsWith(ending))?.file.text()) ?? '';
  const split = await splitWeights();
  const parquet = await parquetSamples();
  const [first = encode('')] = parquet;
  const passport = {
    'data/train.jsonl': rows,
    'data/test.jsonl': rows,
    'README.md': '# Card',
    'x/tasks.parquet': first,
  };
  return [
    ...exported,
    ...['one', 'two', 'three'].map((part): Format => ({
      name: `parquet ${part}`,
      kind: 'parquet',
      samples: parquet,
      read: importFile,
    })),
    {
      name: 'zip',
      kind: 'zip',
      samples: [await bytesOf(await zipOf(passport)), await bytesOf(await zipOf(passport, 'x', true))],
      read: importFile,
    },
    {
      name: 'zip with a backup',
      kind: 'zip',
      samples: [await bytesOf(await zipOf({ 'run-1-backup.jsonl': backup, 'data.jsonl': rows }))],
      read: importFile,
    },
    {
      name: 'zip of a model',
      kind: 'zip',
      samples: [
        await bytesOf(await zipOf(Object.fromEntries(mlc.map(({ name, file }) => [name, file])), 'x', true)),
      ],
      read: readArchive,
    },
    text('backup', importFile, backup),
    {
      name: 'recording',
      kind: 'bytes',
      samples: await Promise.all(recordings.map(recordedFile)),
      read: (file) => readRecording(file, never).then(discard),
    },
    {
      name: 'lines of a recording',
      kind: 'text',
      samples: await Promise.all(recordings.map(recordedLines)),
      read: async (file) => discard(await readRecording(new File([await packed(file)], file.name), never)),
    },
    text('seed lines', readSeeds, seedLines),
    text('seed list', readSeeds, `[${seedLines.trim().split('\n').join(',\n')}]`),
    { name: 'seeds in UTF-16', kind: 'bytes', samples: [utf16(seedLines)], read: readSeeds },
    text(
      'evaluation tasks',
      (file) => readTaskFiles([file], 10, never).then(discard),
      lines(...evaluationTasks.map((task) => ({ ...task, output: 'Robin' }))),
    ),
    text(
      'SuperNI tasks',
      (file) => readTaskFiles([file], 10, never).then(discard),
      JSON.stringify(superNi, null, 2),
      JSON.stringify(superNi),
    ),
    text(
      'answers',
      (file) => readPredictions(file, evaluationTasks, never).then(discard),
      lines(...evaluationTasks.map(({ id }) => ({ id, response: { choices: [{ text: 'Robin' }] } }))),
    ),
    text(
      'grades',
      (file) => readGradesFile(file, record, never).then(discard),
      [...gradeLines(record, grades)].join(''),
    ),
    text(
      'grades in CSV',
      (file) => readGradesFile(file, record, never).then(discard),
      [...gradesCsv(record, grades)].join(''),
    ),
    text(
      'ratings',
      (file) => readRatingsFile(file, run.run, never).then(discard),
      await ratingsFile(
        'Ada',
        run.run,
        run.rows.flatMap((one) => (one.kind === 'rating' ? [one.row] : [])),
      ).text(),
    ),
    { name: 'GGUF', kind: 'gguf', samples: [await bytesOf(gguf)], read: readGguf },
    { name: 'safetensors', kind: 'gguf', samples: [await bytesOf(base.weights)], read: readWeights },
    text(
      'safetensors index',
      (file) => joinShards(file, split.shards).then(discard),
      await split.index.text(),
    ),
    text(
      'MLC settings',
      (file) => readSettings(file, 'x').then(discard),
      await mlcText('mlc-chat-config.json'),
    ),
    text(
      'MLC tensors',
      (file) => readShards(file, 'x').then(discard),
      await mlcText('tensor-cache.json'),
      await mlcText('ndarray-cache.json'),
    ),
    text(
      'model settings',
      async (file) => discard(readLlamaConfig(await readJson(file, 'x'))),
      await base.config.text(),
    ),
    text(
      'tokenizer',
      async (file) => {
        const read = await readTokenizer(file);
        checkVocabulary(read, config);
        discard(tokenizerEntries(read, config));
      },
      await base.tokenizer.text(),
    ),
    text(
      'server stream',
      readStream,
      `data: {"choices":[{"text":" Name a bird."}]}\n\n: comment\n\ndata: {"choices":[{"delta":{"content":"\\n10. B"},"finish_reason":null}]}\n\ndata: {"choices":[{"text":"","finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":4}}\n\ndata: [DONE]\n\n`,
      '{"choices":[{"message":{"content":"Robin"},"finish_reason":"length"}],"usage":{"prompt_tokens":3}}',
    ),
    text('model output', parseOutput, instructionOutput, instanceOutput, ' Yes, it is.'),
  ];
}

const discard = (_: unknown): void => undefined;
function utf16(content: string): Bytes {
  const bytes = new Uint8Array(content.length * 2 + 2);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0xfeff, true);
  for (let i = 0; i < content.length; i++) view.setUint16(2 * i + 2, content.charCodeAt(i), true);
  return bytes;
}
