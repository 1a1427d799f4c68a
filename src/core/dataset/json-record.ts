/** One JSON value from outside, read within bounds: what cannot be kept exactly is refused with a reason. */

/** A record of a file, or what is wrong with its bytes. */
export type TextRecord =
  { readonly line: number; readonly text: string } | { readonly line: number; readonly problem: string };

export type ParsedRecord =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reason: string };

const MAX_DEPTH = 32;
const QUOTE = 34;
const BACKSLASH = 92;

/** Whether brackets outside of strings nest deeper than `limit`; asked before parsing, which would follow them. */
function nestsDeeper(text: string, limit: number): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (inString) {
      if (code === BACKSLASH) i++;
      else if (code === QUOTE) inString = false;
    } else if (code === QUOTE) inString = true;
    // [ and {
    else if (code === 91 || code === 123) {
      if (++depth > limit) return true;
    }
    // ] and }
    else if (code === 93 || code === 125) depth--;
  }
  return false;
}

/** Parses one JSON value, bounded in depth; the reason of a refusal is written for users. */
export function parseRecord(text: string): ParsedRecord {
  if (text.includes('\u0000')) return { ok: false, reason: 'the line holds a NUL byte, so it is no text' };
  if (nestsDeeper(text, MAX_DEPTH)) {
    return { ok: false, reason: `it is nested deeper than ${MAX_DEPTH} levels` };
  }
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false, reason: 'this is no JSON object: it is cut short or misspelled' };
  }
}

/** Why a parsed value would not come out again as it went in; null when it would. Its depth is bounded by `parseRecord`. */
export function lossIn(value: unknown): string | null {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return 'a number is too large';
    if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
      return 'a number has more digits than can be kept';
    }
    return null;
  }
  if (typeof value === 'string') {
    if (!value.isWellFormed()) return 'a text holds half of a character (a lone surrogate)';
    return value.includes('\u0000') ? 'a text holds a NUL character' : null;
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
