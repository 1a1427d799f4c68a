/** Reads and writes seed files in the public form: one JSON object a line, or one JSON list. Unknown fields are kept. */
import { RECORD_WORDS } from '../record-words';
import { type SeedRow, parseSeedRow } from '../schema';
import type { SeedTask } from '../task';
import { type TextRecord, lossIn, parseTextRecord } from './json-record';
import { RefusedList, type RefusedLines } from './refused-lines';

/** What was read from a file of seed tasks. */
export interface SeedFile extends RefusedLines {
  readonly seeds: readonly SeedTask[];
  /** Rows that repeat an earlier instruction. */
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
  readonly #instructions = new Set<string>();
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
    if (this.#instructions.has(row.row.instruction)) {
      this.#duplicates++;
      return;
    }
    if (this.#seeds.length === MAX_SEEDS) {
      this.#note(line, RECORD_WORDS.manySeeds(MAX_SEEDS));
      this.#done = true;
      return;
    }
    const seed = toSeedTask(row.row, this.#ids, this.#seeds.length);
    this.#instructions.add(seed.instruction);
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

function toSeedTask(row: SeedRow, taken: ReadonlySet<string>, index: number): SeedTask {
  const wanted = row.id ?? `seed_${index}`;
  const id = freeId(wanted, taken);
  return {
    id,
    name: row.name ?? id,
    instruction: row.instruction,
    isClassification: row.is_classification ?? false,
    instances: row.instances,
    ...(Object.keys(row.extra).length > 0 ? { extra: row.extra } : {}),
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

/** The public format, one seed task a line. */
export function writeSeedFile(seeds: readonly SeedTask[]): string {
  return seeds
    .map(({ id, name, instruction, instances, isClassification, extra }) =>
      JSON.stringify({ id, name, instruction, instances, is_classification: isClassification, ...extra }),
    )
    .map((line) => `${line}\n`)
    .join('');
}
