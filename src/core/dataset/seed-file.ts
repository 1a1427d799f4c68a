/** Reads and writes seed files in the public form: one JSON object a line, or one JSON list. Unknown fields are kept. */
import { RECORD_WORDS } from '../record-words';
import { type SeedRow, parseSeedRow } from '../schema';
import type { OptionalSeedField, SeedTask } from '../task';
import { type TextRecord, lossIn, parseTextRecord } from './json-record';
import { RefusedList, type RefusedLines } from './refused-lines';

/** What was read from a file of seed tasks. */
export interface SeedFile extends RefusedLines {
  readonly seeds: readonly SeedTask[];
  /** Rows that repeat an earlier instruction with the same instances. */
  readonly duplicates: number;
}

/** More seed tasks than this are refused: each run copies its seeds. */
export const MAX_SEEDS = 5_000;
/** After this many bad lines the file is taken to be something else. */
const MAX_BAD_LINES = 20_000;

/** Takes a file record by record: keeps the good ones, notes line and reason of the bad ones. Never throws on content. */
export class SeedFileReader {
  readonly #seeds: SeedTask[] = [];
  readonly #refused = new RefusedList();
  readonly #tasks = new Set<string>();
  readonly #ids = new Set<string>();
  #duplicates = 0;
  #done = false;

  /** Whether the rest need not be read. */
  get done(): boolean {
    return this.#done;
  }

  add(record: TextRecord): void {
    if (this.#done) return;
    const { line } = record;
    const row = seedRow(record);
    if (!row.ok) {
      this.#note(line, row.reason);
      return;
    }
    // The same instruction with another input is another task: the paper's user tasks have one.
    const task = JSON.stringify([row.row.instruction, row.row.instances]);
    if (this.#tasks.has(task)) {
      this.#duplicates++;
      return;
    }
    if (this.#seeds.length === MAX_SEEDS) {
      this.#note(line, RECORD_WORDS.manySeeds(MAX_SEEDS));
      this.#done = true;
      return;
    }
    const seed = toSeedTask(row.row, this.#ids, this.#seeds.length);
    this.#tasks.add(task);
    this.#ids.add(seed.id);
    this.#seeds.push(seed);
  }

  result(): SeedFile {
    const { problems, badLines } = this.#refused;
    return { seeds: this.#seeds, problems, badLines, duplicates: this.#duplicates };
  }

  #note(line: number, reason: string): void {
    this.#refused.refuse(line, reason);
    if (this.#refused.badLines < MAX_BAD_LINES) return;
    this.#done = true;
    this.#refused.problems.push({ line, reason: RECORD_WORDS.hopeless(MAX_BAD_LINES) });
  }
}

/** A whole file at once, for the sets that ship with the app. */
export function readSeedFile(text: string): SeedFile {
  const reader = new SeedFileReader();
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() !== '') reader.add({ line: i + 1, text: line });
  }
  return reader.result();
}

function seedRow(record: TextRecord): ReturnType<typeof parseSeedRow> {
  const parsed = parseTextRecord(record);
  if (!parsed.ok) return parsed;
  const loss = lossIn(parsed.value);
  return loss === null ? parseSeedRow(parsed.value) : { ok: false, reason: loss };
}

const OPTIONAL_FIELDS: readonly OptionalSeedField[] = ['id', 'name', 'is_classification'];

function toSeedTask(row: SeedRow, taken: ReadonlySet<string>, index: number): SeedTask {
  const wanted = row.id ?? `seed_${index}`;
  const id = freeId(wanted, taken);
  const absent = OPTIONAL_FIELDS.filter((field) => row[field] === undefined);
  return {
    id,
    name: row.name ?? id,
    instruction: row.instruction,
    isClassification: row.is_classification ?? false,
    instances: row.instances,
    ...(Object.keys(row.extra).length > 0 ? { extra: row.extra } : {}),
    ...(absent.length > 0 ? { absent } : {}),
  };
}

/** `wanted`, or `wanted` with a number when it is taken. */
function freeId(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted;
  // A file of equal ids would make counting up from 2 quadratic.
  for (let n = taken.size + 1; ; n++) {
    const id = `${wanted}_${n}`;
    if (!taken.has(id)) return id;
  }
}

/** The same for a few ids. */
export const freeIdAmong = (wanted: string, ids: readonly string[]): string => freeId(wanted, new Set(ids));

/** The public format, one seed task a line; a field that the file it came from did not have is not added. */
export function writeSeedFile(seeds: readonly SeedTask[]): string {
  return seeds.map((seed) => `${JSON.stringify(fieldsOf(seed))}\n`).join('');
}

function fieldsOf({ id, name, instruction, instances, isClassification, extra, absent }: SeedTask): object {
  const without = (field: OptionalSeedField): boolean => absent?.includes(field) ?? false;
  return {
    ...(without('id') ? {} : { id }),
    ...(without('name') && name === id ? {} : { name }),
    instruction,
    instances,
    ...(without('is_classification') && !isClassification ? {} : { is_classification: isClassification }),
    ...extra,
  };
}
