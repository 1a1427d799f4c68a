/** Checks rows that come from outside. What passes is a fresh object with known fields; the rest is kept as plain data. */
import * as v from 'valibot';

const text = v.pipe(v.string(), v.maxLength(65_536));
const instance = v.object({ input: v.optional(text, ''), output: text });
const seedRow = v.looseObject({
  id: v.optional(v.union([text, v.pipe(v.number(), v.transform(String))])),
  name: v.optional(text),
  instruction: v.pipe(text, v.trim(), v.minLength(1)),
  instances: v.pipe(v.array(instance), v.maxLength(100)),
  is_classification: v.optional(v.boolean()),
});

export interface SeedRow {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly instruction: string;
  readonly instances: readonly { readonly input: string; readonly output: string }[];
  readonly is_classification?: boolean | undefined;
  readonly extra: Readonly<Record<string, unknown>>;
}

const KNOWN = new Set(['id', 'name', 'instruction', 'instances', 'is_classification']);
/** Never copied: they would reach into every object. */
const POISON = new Set(['__proto__', 'constructor', 'prototype']);

export function parseSeedRow(
  value: unknown,
): { readonly ok: true; readonly row: SeedRow } | { readonly ok: false; readonly reason: string } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { ok: false, reason: 'a seed task is an object with "instruction" and "instances"' };
  }
  const result = v.safeParse(seedRow, value);
  if (!result.success) return { ok: false, reason: reasonOf(result.issues) };
  const { id, name, instruction, instances, is_classification } = result.output;
  const extra = Object.fromEntries(
    Object.entries(value).filter(([key]) => !KNOWN.has(key) && !POISON.has(key)),
  );
  return { ok: true, row: { id, name, instruction, instances, is_classification, extra } };
}

function reasonOf(issues: readonly v.BaseIssue<unknown>[]): string {
  const issue = issues[0];
  const path = issue ? v.getDotPath(issue) : null;
  const where = path ? `"${path}"` : 'the row';
  if (issue?.received === 'undefined') return `${where} is missing`;
  if (issue?.type === 'min_length') return `${where} is empty`;
  if (issue?.type === 'max_length') return `${where} is too long`;
  return `${where} should be ${issue?.expected ?? 'something else'}, but is ${issue?.received ?? 'not'}`;
}
