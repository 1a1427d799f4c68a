/** Seeded damage to files: of any bytes, of text, and of the structures of zip, GGUF and Parquet. */
import type { Random } from '../src/core/random';
import { type Struct, putTogether, takeApart } from '../src/testing/parquet-parts';

type Bytes = Uint8Array<ArrayBuffer>;
/** What a file is, so that damage can keep the rest of it readable. */
export type Kind = 'text' | 'bytes' | 'zip' | 'gguf' | 'parquet';

/** A file stays small: size alone is tested elsewhere, and repeated parts grow fast. */
const MOST = 4 * 1024 * 1024;
const MOST_STEPS = 3;
/** Numbers at the edges of what readers count with. */
const EDGES = [
  ...[0, 1, 2, 7, 127, 128, 255, 256, 32_767, 65_535, 65_536, 1_000_000],
  ...[2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, -1, -2, -(2 ** 31)],
];
const WORDS = [
  ...[
    'null',
    'true',
    '1e999',
    '-1',
    '9007199254740993',
    '""',
    '{}',
    '[]',
    '"\\ud800"',
    '"\\u0000"',
    '\u202e',
    '\ud7ff',
  ],
  ...[
    '"__proto__":',
    '"constructor":',
    '"toString":',
    '\n\n',
    '\r',
    '\t',
    '","',
    '""',
    "'=1+1",
    '\ufeff',
    '\u0000',
    '</s>',
  ],
  ...[
    'Task 9:',
    'Example 1',
    'Input:',
    'Output:',
    'data: ',
    'data: [DONE]\n\n',
    ':\n',
    'event: x\n',
    'id: 1\nretry: 0\n',
  ],
];

/** @param other another file, of any kind, to take pieces of */
export function damaged(bytes: Bytes, kind: Kind, other: Bytes, random: Random): Bytes {
  let changed = bytes;
  for (let step = random.below(MOST_STEPS) + 1; step > 0; step--) {
    const structured = kind !== 'bytes' && random.below(3) > 0;
    const before = changed;
    changed = structured ? structuralDamage(before, kind, random) : anyDamage(before, other, random);
    if (changed.length > MOST) changed = changed.slice(0, MOST);
  }
  return changed;
}

/** A range of at most `most` bytes. */
function range(length: number, random: Random, most = length): readonly [number, number] {
  const from = random.below(length + 1);
  return [from, Math.min(length, from + random.below(Math.min(most, length) + 1))];
}
const join = (...parts: readonly Uint8Array[]): Bytes => {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};

function anyDamage(bytes: Bytes, other: Bytes, random: Random): Bytes {
  const [from, to] = range(bytes.length, random);
  const copy = bytes.slice();
  switch (random.below(9)) {
    case 0: // flips bits
      for (let i = random.below(8) + 1; i > 0 && copy.length > 0; i--) {
        const at = random.below(copy.length);
        copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8));
      }
      return copy;
    case 1: // writes bytes
      for (let i = random.below(4) + 1; i > 0 && copy.length > 0; i--) {
        copy[random.below(copy.length)] = [0, 255, 127, 128, random.below(256)][random.below(5)] ?? 0;
      }
      return copy;
    case 2: // cuts the end
      return copy.slice(0, from);
    case 3: // takes out
      return join(bytes.subarray(0, from), bytes.subarray(to));
    case 4: {
      // repeats
      const times = random.below(4) === 0 ? random.below(2_000) : random.below(6);
      const part = bytes.subarray(...range(bytes.length, random, 2_000));
      const parts = Array<Uint8Array>(Math.min(times, Math.floor(MOST / Math.max(1, part.length)))).fill(
        part,
      );
      return join(bytes.subarray(0, from), ...parts, bytes.subarray(from));
    }
    case 5: // puts in a piece of another file
      return join(
        bytes.subarray(0, from),
        other.subarray(...range(other.length, random)),
        bytes.subarray(to),
      );
    case 6: {
      // exchanges two parts
      const [a, b] = [from, to];
      const middle = a + random.below(b - a + 1);
      return join(
        bytes.subarray(0, a),
        bytes.subarray(middle, b),
        bytes.subarray(a, middle),
        bytes.subarray(b),
      );
    }
    case 7: // random bytes
      return join(
        bytes.subarray(0, from),
        Uint8Array.from({ length: random.below(64) }, () => random.below(256)),
        bytes.subarray(from),
      );
    default:
      return withLength(copy, random.below(copy.length + 1), random);
  }
}

/** Writes a number at the edge of what fits as a length of 1, 2, 4 or 8 bytes. */
function withLength(bytes: Bytes, at: number, random: Random): Bytes {
  const view = new DataView(bytes.buffer);
  const size = [1, 2, 4, 8][random.below(4)] ?? 4;
  if (at + size > bytes.length) return bytes;
  const value = EDGES[random.below(EDGES.length)] ?? 0;
  if (size === 1) view.setUint8(at, value);
  else if (size === 2) view.setUint16(at, value, true);
  else if (size === 4) view.setUint32(at, value, true);
  else view.setBigUint64(at, BigInt(value) << BigInt([0, 0, 16, 31][random.below(4)] ?? 0), true);
  return bytes;
}

function structuralDamage(bytes: Bytes, kind: Kind, random: Random): Bytes {
  switch (kind) {
    case 'text':
      return random.below(2) === 0 ? jsonDamage(bytes, random) : textDamage(bytes, random);
    case 'zip':
      return recordDamage(bytes, random, [0x04034b50, 0x02014b50, 0x06054b50], 46);
    case 'gguf':
      // Lengths and types lie within the header.
      return withLength(bytes.slice(), random.below(Math.min(bytes.length, 3_000) + 1), random);
    case 'parquet':
      return parquetDamage(bytes, random);
    default:
      return bytes;
  }
}

/** At a place where one of the signatures is, a field behind it. */
function recordDamage(bytes: Bytes, random: Random, signatures: readonly number[], length: number): Bytes {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const places: number[] = [];
  for (let at = 0; at + 4 <= bytes.length; at++) {
    if (signatures.includes(view.getUint32(at, true))) places.push(at);
  }
  const place = places[random.below(places.length)] ?? 0;
  return withLength(bytes.slice(), place + 4 + random.below(length - 4), random);
}

function textDamage(bytes: Bytes, random: Random): Bytes {
  const text = new TextDecoder().decode(bytes);
  const at = random.below(text.length + 1);
  const word = WORDS[random.below(WORDS.length)] ?? '';
  const encode = (changed: string): Bytes => new TextEncoder().encode(changed);
  switch (random.below(6)) {
    case 0: // a number
      return encode(
        text.replace(/-?\d+(?:\.\d+)?/gu, (number) => (random.below(20) === 0 ? edge(random) : number)),
      );
    case 1: // a word in between
      return encode(text.slice(0, at) + word + text.slice(at));
    case 2: {
      // a word in the place of a value
      const next = /"[^"\n]*"|-?\d+|true|false|null/u.exec(text.slice(at));
      const begin = at + (next?.index ?? 0);
      return encode(text.slice(0, begin) + word + text.slice(begin + (next?.[0].length ?? 0)));
    }
    case 3: {
      // brackets, quotes and separators any number of times
      const mark =
        ['[', '{', '"', '{"a":', '}', ',', '\n', '\\', '(', '1', '\u0301', '#'][random.below(12)] ?? '';
      return encode(
        text.slice(0, at) + mark.repeat(random.below(3) === 0 ? 20_000 : random.below(40)) + text.slice(at),
      );
    }
    case 4: {
      // lines in another order, some twice
      const lines = text.split('\n');
      const swapped = random.shuffle(lines);
      return encode(
        [...swapped, ...swapped.slice(0, random.below(3))].join(['\n', '\r', '\r\n'][random.below(3)]),
      );
    }
    default: {
      // a key under another name
      const keys = [...new Set(text.match(/"[a-z_]{2,30}"(?=:)/gu) ?? [])];
      const key = keys[random.below(keys.length)];
      const other = keys[random.below(keys.length)] ?? '"__proto__"';
      return key === undefined
        ? encode(text + word)
        : encode(text.replaceAll(key, random.below(2) ? other : '"__proto__"'));
    }
  }
}
/** The file stays JSON: a value in it becomes another one. Of a file of lines, in one of its lines. */
function jsonDamage(bytes: Bytes, random: Random): Bytes {
  const text = new TextDecoder().decode(bytes);
  const whole = parsed(text);
  const lines = whole === undefined ? text.split('\n') : [text];
  const at = random.below(lines.length);
  const value = whole === undefined ? parsed(lines[at] ?? '') : whole;
  if (typeof value !== 'object' || value === null) return textDamage(bytes, random);
  changeValue(value as Record<string, unknown>, random);
  lines[at] = JSON.stringify(value);
  return new TextEncoder().encode(lines.join('\n'));
}
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @param value an object or a list */
function changeValue(value: Record<string, unknown>, random: Random): void {
  for (let at = value; ;) {
    const keys = Object.keys(at);
    const key = keys[random.below(keys.length)];
    if (key === undefined) return;
    const child = at[key];
    if (typeof child === 'object' && child !== null && random.below(6) > 0) {
      at = child as Record<string, unknown>;
      continue;
    }
    const number = EDGES[random.below(EDGES.length)] ?? 0;
    const others = [
      null,
      true,
      number,
      0.5,
      -1e300,
      '',
      'x'.repeat(random.below(3_000)),
      '\ud800',
      String(number),
      [],
      {},
      [[]],
    ];
    const choice = random.below(others.length + 4);
    if (choice < others.length) at[key] = others[choice];
    else if (choice === others.length) Reflect.deleteProperty(at, key);
    else if (choice === others.length + 1) at[`${key}${random.below(9)}`] = child;
    else if (choice === others.length + 2) at[key] = Array<unknown>(random.below(40)).fill(child);
    else at[key] = typeof child === 'string' ? `${child}\u202e${child}` : { ...at };
    return;
  }
}
const edge = (random: Random): string =>
  [...EDGES.map(String), '1e999', '-0', '0.5', '9007199254740993'][random.below(EDGES.length + 4)] ?? '0';

/** Takes the file apart, changes headers, the footer or a page, and puts it together again. */
function parquetDamage(bytes: Bytes, random: Random): Bytes {
  try {
    const parts = takeApart(bytes);
    for (let i = random.below(3) + 1; i > 0; i--) {
      const column = parts.columns[random.below(parts.columns.length)];
      const page = column?.pages[random.below(column.pages.length)];
      const choice = random.below(6);
      if (choice === 0) changeField(parts.footer, random);
      else if (choice === 1 && column) changeField(column.metadata, random);
      else if (choice === 2 && page) changeField(page.header, random);
      else if (choice === 3 && column && page)
        column.pages.push({ header: { ...page.header }, body: page.body });
      else if (page) {
        page.body =
          choice === 4 ? longRun(page.body, random) : anyDamage(new Uint8Array(page.body), bytes, random);
        // Whether the header still tells its length.
        if (random.below(4) > 0) page.header.field_3 = page.body.length;
      }
    }
    return putTogether(parts);
  } catch {
    // Damaged before, so that it can no longer be taken apart.
    return withLength(bytes.slice(), random.below(bytes.length + 1), random);
  }
}

/** A field anywhere in the struct gets another value, or is left out. */
function changeField(struct: Struct, random: Random): void {
  let at = struct;
  for (;;) {
    const names = Object.keys(at) as (keyof Struct)[];
    const name = names[random.below(names.length)];
    if (name === undefined) return;
    const value = at[name];
    const list = Array.isArray(value) ? (value as unknown[]) : null;
    const item = list?.[random.below(list.length)];
    if (isStruct(value) && random.below(5) > 0) at = value;
    else if (isStruct(item) && random.below(8) > 0) at = item;
    else {
      at[name] = otherValue(value, list, random);
      if (at[name] === undefined) Reflect.deleteProperty(at, name);
      return;
    }
  }
}
const isStruct = (value: unknown): value is Struct =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);

function otherValue(value: unknown, list: unknown[] | null, random: Random): unknown {
  if (random.below(8) === 0) return undefined;
  const number = EDGES[random.below(EDGES.length)] ?? 0;
  if (typeof value === 'number') return random.below(2) ? number | 0 : value + random.below(5) - 2;
  if (typeof value === 'bigint') return random.below(2) ? BigInt(number) * 2n ** 31n : BigInt(number);
  if (typeof value === 'boolean') return !value;
  if (value instanceof Uint8Array)
    return Uint8Array.from({ length: random.below(20) }, () => random.below(256));
  if (list) return [...random.shuffle(list), ...list.slice(0, random.below(3))];
  return value;
}

/** Begins with a run of very many equal values, or of bit-packed ones. */
function longRun(body: Uint8Array, random: Random): Uint8Array {
  const head = [random.below(2) + 0xfe, 0xff, 0xff, random.below(256) | 0x80, random.below(16)];
  const at = random.below(Math.min(body.length, 16) + 1);
  return join(body.subarray(0, at), Uint8Array.from(head), body.subarray(at));
}
