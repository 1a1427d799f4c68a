/** How the app reads what comes from outside, and what must hold of it. */
import { readSeedFile, SeedFileReader, writeSeedFile } from '../src/core/dataset/seed-file';
import { taskWarnings } from '../src/core/dataset/seed-warnings';
import { parseClassification } from '../src/core/parse/classification';
import { parseInstances } from '../src/core/parse/instances';
import { parseInstructions } from '../src/core/parse/instructions';
import { Random } from '../src/core/random';
import { SWITCHES } from '../src/core/presets';
import { ServerAnswer } from '../src/engines/server/answer';
import { ServerTrouble, TroubleReader } from '../src/engines/server/server-trouble';
import { checkDataFile, readDataFile } from '../src/import/data-file';
import { readRecords } from '../src/io/records';
import { ZipArchive } from '../src/io/zip-reader';
import { checkGguf } from '../src/models/gguf-files';
import { brokenTextTokens, keyValueBytes } from '../src/weights/gguf-header';
import { readGgufTensors } from '../src/weights/gguf-tensors';
import { readSafetensors } from '../src/weights/safetensors';

const never = new AbortController().signal;

function ensure(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

/** As the Export screen imports a file: checked, then read again, and its rows handed to the page. */
export async function importFile(file: File): Promise<void> {
  const found = await checkDataFile(file, never);
  structuredClone({ ...found, file: null, parts: null, ratings: null });
  // A snapshot is restored and not imported.
  if (found.kind === 'snapshot') return;
  let stored = 0;
  for await (const rows of readDataFile(found, never)) {
    structuredClone(rows);
    for (const { kind, row } of rows) {
      if (kind === 'task') stored++;
      ensure(row.id.startsWith(`${row.runId}-`), `the row ${row.id} is not of its run`);
    }
  }
  const wanted = found.kind === 'dataset' ? found.tasks : found.counts.tasks;
  ensure(stored === wanted, `${wanted} tasks were found, ${stored} were stored`);
}

export async function readSeeds(file: File): Promise<void> {
  const reader = new SeedFileReader();
  const options = { maxRecordBytes: 256 * 1024, lists: true, signal: never };
  for await (const records of readRecords(file, options)) for (const record of records) reader.add(record);
  const { seeds } = reader.result();
  for (const seed of seeds) taskWarnings(seed);
  const again = readSeedFile(writeSeedFile(seeds));
  ensure(
    again.badLines === 0 && again.seeds.length === seeds.length,
    'written seed tasks are not read again',
  );
}

export async function readArchive(file: File): Promise<void> {
  const archive = await ZipArchive.open(file);
  for (const entry of archive.entries) {
    if ((await archive.slice(entry)) === null) await archive.unpack(entry, never);
  }
}

export async function readGguf(file: File): Promise<void> {
  const { header } = await readGgufTensors(file);
  keyValueBytes(header);
  brokenTextTokens(header);
  await checkGguf(file, file.name);
}

export async function readWeights(file: File): Promise<void> {
  const weights = await readSafetensors(file);
  for (const [name, { dtype }] of weights.tensors) {
    if (dtype === 'F32' || dtype === 'F16' || dtype === 'BF16') await weights.readTensor(name);
  }
}

export async function readStream(file: File): Promise<void> {
  const text = await file.text();
  const answer = new ServerAnswer(
    ['\n\n\n', 'Task 9'],
    64,
    new TroubleReader('http://localhost', () => null),
    () => undefined,
  );
  try {
    if (text.length % 3 === 0) answer.whole(text);
    else
      for (let at = 0; at < text.length && !answer.complete; at += 50) answer.feed(text.slice(at, at + 50));
    structuredClone(answer.end());
  } catch (error) {
    if (!(error instanceof ServerTrouble)) throw error;
    throw error.asError();
  }
}

export async function parseOutput(file: File): Promise<void> {
  const text = await file.text();
  parseClassification(text);
  for (const switches of Object.values(SWITCHES)) {
    for (const finishReason of ['stop', 'length'] as const) {
      parseInstructions(text, finishReason, switches);
      for (const outputFirst of [true, false]) {
        const given = { instruction: text, outputFirst, finishReason, switches };
        parseInstances(text, { ...given, maxInstances: 5, random: new Random(1) });
      }
    }
  }
}
