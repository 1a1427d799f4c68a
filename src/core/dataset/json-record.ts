/** Reads one JSON value from a file, within bounds: what cannot be stored exactly is refused with a reason. */
import { RECORD_WORDS } from '../record-words';
import { scanJson } from './json-scan';

/** A record of a file, or what is wrong with its bytes. */
export type TextRecord =
  { readonly line: number; readonly text: string } | { readonly line: number; readonly problem: string };

export type ParsedRecord =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reason: string };

const MAX_DEPTH = 32;
/** Characters of a key in a reason. */
const SHOWN_KEY = 80;
/** Parses one JSON value of bounded depth, in which no object has a key twice; the reason of a refusal is for users. */
export function parseRecord(text: string): ParsedRecord {
  if (text.includes('\u0000')) return { ok: false, reason: RECORD_WORDS.nul };
  const { deep, repeated } = scanJson(text, MAX_DEPTH);
  if (deep) return { ok: false, reason: RECORD_WORDS.deep(MAX_DEPTH) };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, reason: RECORD_WORDS.brokenJson };
  }
  return repeated === null
    ? { ok: true, value }
    : { ok: false, reason: RECORD_WORDS.repeatedKey(repeated.slice(0, SHOWN_KEY)) };
}

/** `parseRecord` of a record whose bytes may be wrong already. */
export const parseTextRecord = (record: TextRecord): ParsedRecord =>
  'problem' in record ? { ok: false, reason: record.problem } : parseRecord(record.text);

/** Why a parsed value would not be written again as it was read; null when it would. `parseRecord` bounds its depth. */
export function lossIn(value: unknown): string | null {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return RECORD_WORDS.largeNumber;
    if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
      return RECORD_WORDS.manyDigits;
    }
    return null;
  }
  if (typeof value === 'string') {
    if (!value.isWellFormed()) return RECORD_WORDS.halfCharacter;
    return value.includes('\u0000') ? RECORD_WORDS.nulCharacter : null;
  }
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, child] of Object.entries(value)) {
    const reason = lossIn(key) ?? lossIn(child);
    if (reason !== null) return reason;
  }
  return null;
}

/** A deep copy as plain data, without keys that would set an object's prototype. */
export function plainCopy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainCopy);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== '__proto__')
      .map(([key, child]) => [key, plainCopy(child)]),
  );
}
