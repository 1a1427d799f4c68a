/** Reads and writes seed files as the public ones are: one JSON object a line, or one JSON list. Unknown fields are kept. */
import { type SeedRow, parseSeedRow } from '../schema';
import type { SeedTask } from '../task';

export interface LineProblem {
  readonly line: number;
  readonly reason: string;
}
export interface SeedFile {
  readonly seeds: readonly SeedTask[];
  readonly problems: readonly LineProblem[];
  /** Rows whose instruction stood in the file before. */
  readonly duplicates: number;
}

const MAX_SEEDS = 5_000;
const MAX_LINE = 256 * 1024;
/** A file of more bytes is no seed file; reading it would only fill the memory. */
const MAX_TEXT = 32 * 1024 * 1024;

/** A bad line is reported by number and reason; the good ones are offered. Never throws on content. */
export function readSeedFile(text: string): SeedFile {
  if (text.length > MAX_TEXT) {
    return { seeds: [], problems: [{ line: 1, reason: 'the file is larger than 32 MB' }], duplicates: 0 };
  }
  const problems: LineProblem[] = [];
  const seeds: SeedTask[] = [];
  const instructions = new Set<string>();
  const ids = new Set<string>();
  let duplicates = 0;
  for (const { line, value, reason } of rows(text.replace(/^\ufeff/u, ''))) {
    const parsed = reason === null ? parseSeedRow(value) : { ok: false as const, reason };
    if (!parsed.ok) {
      problems.push({ line, reason: parsed.reason });
      continue;
    }
    const seed = toSeedTask(parsed.row, ids, seeds.length);
    if (instructions.has(seed.instruction)) {
      duplicates++;
      continue;
    }
    if (seeds.length === MAX_SEEDS) {
      problems.push({ line, reason: `only the first ${MAX_SEEDS} seed tasks are read` });
      break;
    }
    instructions.add(seed.instruction);
    ids.add(seed.id);
    seeds.push(seed);
  }
  return { seeds, problems, duplicates };
}

interface RawRow {
  readonly line: number;
  readonly value: unknown;
  readonly reason: string | null;
}

function* rows(text: string): Generator<RawRow> {
  if (text.trimStart().startsWith('[')) {
    let list: unknown;
    try {
      list = JSON.parse(text);
    } catch {
      yield { line: 1, value: null, reason: 'the JSON list cannot be read: it is cut short or misspelled' };
      return;
    }
    for (const [i, value] of (list as unknown[]).entries()) yield { line: i + 1, value, reason: null };
    return;
  }
  let line = 0;
  for (const raw of text.split('\n')) {
    line++;
    if (raw.trim() === '') continue;
    if (raw.length > MAX_LINE) {
      yield { line, value: null, reason: 'the line is longer than 256 kB' };
      continue;
    }
    let value: unknown = null;
    let reason: string | null = null;
    try {
      value = JSON.parse(raw);
    } catch {
      reason = 'this is no JSON object: it is cut short or misspelled';
    }
    yield { line, value, reason };
  }
}

function toSeedTask(row: SeedRow, taken: ReadonlySet<string>, index: number): SeedTask {
  const wanted = row.id ?? `seed_${index}`;
  let id = wanted;
  for (let n = 2; taken.has(id); n++) id = `${wanted}_${n}`;
  return {
    id,
    name: row.name ?? id,
    instruction: row.instruction,
    isClassification: row.is_classification ?? false,
    instances: row.instances,
    ...(Object.keys(row.extra).length > 0 ? { extra: row.extra } : {}),
  };
}

/** The public format, one seed task a line. */
export function writeSeedFile(seeds: readonly SeedTask[]): string {
  return seeds
    .map(({ id, name, instruction, instances, isClassification, extra }) =>
      JSON.stringify({ id, name, instruction, instances, is_classification: isClassification, ...extra }),
    )
    .map((line) => `${line}\n`)
    .join('');
}
