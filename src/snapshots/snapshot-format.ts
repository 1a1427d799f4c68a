/**
 * A snapshot is a backup of everything: the lines of a run's backup, `{kind, check, row}`, for the rows of all stores, under
 * one header. It only grows: a row that changed is written again, a row that was removed is named by a `delete` line, and a
 * `mark` says that all lines before it are one state of the database.
 */
import { rowCheck } from '../core/dataset/row-check';
import { BACKUP_FORMAT } from '../core/schema';
import type { Schema, SnapshotStore } from '../storage/schema';

/** Versions 1 and 2 of the format hold one run. */
const SNAPSHOT_VERSION = 3;

/** How rows of each store are named; those of a run as in its backup. */
const KINDS: Readonly<Record<SnapshotStore, string>> = {
  runs: 'run',
  progress: 'progress',
  tasks: 'task',
  candidates: 'candidate',
  calls: 'call',
  ratings: 'rating',
  seedSets: 'seedSet',
  settings: 'setting',
  models: 'model',
  trainings: 'training',
  evaluations: 'evaluation',
  evaluationTasks: 'evaluationTasks',
  answers: 'answer',
  grades: 'grade',
  plans: 'plan',
};
export const SNAPSHOT_STORES = Object.keys(KINDS) as readonly SnapshotStore[];
const STORES = new Map(SNAPSHOT_STORES.map((store) => [KINDS[store], store]));

/** Where a snapshot comes from. */
export interface SnapshotHeader {
  /** Name of the database. */
  readonly home: string;
  /** Milliseconds since 1970. */
  readonly begunAt: number;
}

/** What can be counted at once at the end of each piece. */
export interface SnapshotCounts {
  readonly runs: number;
  readonly trainings: number;
  readonly evaluations: number;
  readonly seedSets: number;
  readonly models: number;
}

export interface SnapshotMark {
  /** The newest transaction that is in it, as the outbox numbers and names them. */
  readonly seq: number;
  readonly token: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Lines before this one, and their checks as one number: a line that is missing is found. */
  readonly lines: number;
  readonly chain: number;
  /** Bytes at the first mark: what is longer by far is worth writing again. */
  readonly base: number;
  readonly counts: SnapshotCounts;
}

/** A line that changes what the lines before it say. */
export type SnapshotChange =
  | {
      readonly kind: 'row';
      readonly store: SnapshotStore;
      readonly key: string;
      readonly row: unknown;
      readonly check: number;
    }
  | { readonly kind: 'delete'; readonly store: SnapshotStore; readonly from: string; readonly to: string };
/** A line after the header. `unknown` is whole, of a newer version of the app. */
export type SnapshotLine =
  SnapshotChange | { readonly kind: 'mark'; readonly mark: SnapshotMark } | { readonly kind: 'unknown' };
export const isChange = (line: SnapshotLine): line is SnapshotChange =>
  line.kind === 'row' || line.kind === 'delete';

const line = (value: unknown): string => `${JSON.stringify(value)}\n`;

export const snapshotHeader = ({ home, begunAt }: SnapshotHeader): string =>
  line({ format: BACKUP_FORMAT, version: SNAPSHOT_VERSION, snapshot: { home, begunAt } });

/** Collects lines for one piece of a file, and what the mark after them has to say. */
export class LineWriter {
  #text: string[] = [];

  /** @param lines and chain of the mark that the piece continues */
  constructor(
    public lines = 0,
    public chain = 0,
  ) {}

  row<S extends SnapshotStore>(store: S, key: string, row: Schema[S]['value']): void {
    this.#add(KINDS[store], store === 'settings' ? { key, value: row } : row);
  }
  /** @param to the last key, for a range. */
  delete(store: SnapshotStore, from: string, to = from): void {
    this.#add('delete', { store, from, to });
  }
  mark(mark: Omit<SnapshotMark, 'lines' | 'chain'>): SnapshotMark {
    const whole = { ...mark, lines: this.lines, chain: this.chain };
    this.#add('mark', whole);
    return whole;
  }

  /** What was collected, as bytes of a file. */
  take(): Uint8Array<ArrayBuffer> {
    const bytes = new TextEncoder().encode(this.#text.join(''));
    this.#text = [];
    return bytes;
  }

  #add(kind: string, row: unknown): void {
    const check = rowCheck(row);
    this.#text.push(line({ kind, check, row }));
    this.lines++;
    this.chain = chained(this.chain, check);
  }
}

export const chained = (chain: number, check: number): number => Math.imul(chain ^ check, 0x01000193) >>> 0;

/** Null when it is the header of something else. */
export function readHeader(value: unknown): SnapshotHeader | null {
  if (!isObject(value) || value['format'] !== BACKUP_FORMAT || value['version'] !== SNAPSHOT_VERSION)
    return null;
  const { snapshot } = value;
  if (!isObject(snapshot)) return null;
  const { home, begunAt } = snapshot;
  return typeof home === 'string' && typeof begunAt === 'number' ? { home, begunAt } : null;
}

/** Null when the line is damaged. */
export function readLine(value: unknown): { readonly line: SnapshotLine; readonly check: number } | null {
  if (!isObject(value)) return null;
  const { kind, check, row } = value;
  if (typeof check !== 'number' || !isObject(row) || rowCheck(row) !== check) return null;
  const found = lineOf(kind, row, check);
  return found && { line: found, check };
}

function lineOf(kind: unknown, row: Readonly<Record<string, unknown>>, check: number): SnapshotLine | null {
  if (kind === 'mark') return { kind, mark: row as unknown as SnapshotMark };
  if (kind === 'delete') {
    const { store, from, to } = row;
    const known = SNAPSHOT_STORES.find((name) => name === store);
    if (known === undefined) return { kind: 'unknown' };
    if (typeof from !== 'string' || typeof to !== 'string' || from > to) return null;
    return { kind, store: known, from, to };
  }
  const store = STORES.get(String(kind));
  if (store === undefined) return { kind: 'unknown' };
  const key = row[KEYS[store]];
  if (typeof key !== 'string') return null;
  return { kind: 'row', store, key, row: store === 'settings' ? row['value'] : row, check };
}

/** The field that is a row's key. */
const KEYS: Readonly<Record<SnapshotStore, string>> = {
  runs: 'id',
  progress: 'runId',
  tasks: 'id',
  candidates: 'id',
  calls: 'id',
  ratings: 'id',
  seedSets: 'id',
  settings: 'key',
  models: 'id',
  trainings: 'id',
  evaluations: 'id',
  evaluationTasks: 'evaluationId',
  answers: 'id',
  grades: 'id',
  plans: 'id',
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
