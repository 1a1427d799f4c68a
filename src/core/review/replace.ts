/**
 * "Fix once, apply to many": search and replace over the texts of tasks. The search text is literal, never a pattern, and
 * each change can be reviewed and excluded before anything is written.
 */
import type { MachineTask, TaskId, TaskTexts } from '../task';

export const REPLACE_FIELDS = ['instruction', 'input', 'output'] as const;
export type ReplaceField = (typeof REPLACE_FIELDS)[number];

export interface ReplaceRule {
  readonly find: string;
  readonly replace: string;
  readonly fields: readonly ReplaceField[];
  readonly matchCase: boolean;
  readonly wholeWords: boolean;
}

/** One text of one task, before and after. */
export interface Change {
  /** Tells changes apart: task and place. */
  readonly id: string;
  readonly taskId: TaskId;
  readonly field: ReplaceField;
  /** Place among the task's instances; null for the instruction. */
  readonly instance: number | null;
  readonly before: string;
  readonly after: string;
  /** How often the search text is in `before`. */
  readonly places: number;
}

/** The expression that a rule searches for; null when it is empty. */
export function searchPattern({ find, matchCase, wholeWords }: ReplaceRule): RegExp | null {
  if (find === '') return null;
  const literal = find.toWellFormed().replace(/[\^$\\.*+?()[\]{}|/]/gu, '\\$&');
  const whole = wholeWords ? `(?<![\\p{L}\\p{M}\\p{N}_])${literal}(?![\\p{L}\\p{M}\\p{N}_])` : literal;
  // The expression folds case itself: changing the case of a text could shift positions.
  return new RegExp(whole, matchCase ? 'gu' : 'giu');
}

/** All changes that the rule makes in a task; replacements with the same text are left out. */
export function changesOf(task: MachineTask, rule: ReplaceRule, matcher = searchPattern(rule)): Change[] {
  if (!matcher) return [];
  const changes: Change[] = [];
  const look = (field: ReplaceField, instance: number | null, before: string): void => {
    if (!rule.fields.includes(field)) return;
    let places = 0;
    const after = before.replace(matcher, () => {
      places++;
      return rule.replace;
    });
    if (after === before) return;
    const id = `${task.id}/${field}${instance === null ? '' : `-${instance}`}`;
    changes.push({ id, taskId: task.id, field, instance, before, after, places });
  };
  look('instruction', null, task.instruction);
  if (task.stage !== 'complete') return changes;
  for (const [i, { input, output }] of task.instances.entries()) {
    look('input', i, input);
    look('output', i, output);
  }
  return changes;
}

/** The text that a change is about, as it is now; undefined when it is not there any more. */
export function textAt(
  { instruction, instances }: TaskTexts,
  { field, instance }: Pick<Change, 'field' | 'instance'>,
): string | undefined {
  if (field === 'instruction') return instruction;
  return instance === null ? undefined : instances[instance]?.[field];
}

/** The texts of a task after changes found in it. Texts that were edited since, or have no change, stay. */
export function withChanges({ instruction, instances }: TaskTexts, changes: readonly Change[]): TaskTexts {
  const after = (field: ReplaceField, instance: number | null, before: string): string =>
    changes.find(
      (change) => change.field === field && change.instance === instance && change.before === before,
    )?.after ?? before;
  return {
    instruction: after('instruction', null, instruction),
    instances: changes.every(({ field }) => field === 'instruction')
      ? instances
      : instances.map(({ input, output }, i) => ({
          input: after('input', i, input),
          output: after('output', i, output),
        })),
  };
}

export interface Piece {
  readonly text: string;
  readonly marked: boolean;
}
/** Characters shown around a match; longer stretches between are shortened. */
const AROUND = 60;

/** Both sides of a change for display: matches marked, long stretches between them shortened. */
export function piecesOf({ before }: Change, rule: ReplaceRule): { before: Piece[]; after: Piece[] } {
  const matcher = searchPattern(rule);
  const sides = { before: [] as Piece[], after: [] as Piece[] };
  let at = 0;
  for (const { 0: words, index } of matcher ? before.matchAll(matcher) : []) {
    const plain = { text: shortened(before.slice(at, index), at > 0, true), marked: false };
    sides.before.push(plain, { text: words, marked: true });
    sides.after.push(plain, { text: rule.replace, marked: true });
    at = index + words.length;
  }
  const rest = { text: shortened(before.slice(at), true, false), marked: false };
  sides.before.push(rest);
  sides.after.push(rest);
  return {
    before: sides.before.filter(({ text }) => text !== ''),
    after: sides.after.filter(({ text }) => text !== ''),
  };
}

/** @param head, tail whether a match precedes or follows the text, so that this end of it is kept */
export function shortened(text: string, head: boolean, tail: boolean): string {
  if (text.length <= AROUND * ((head ? 1 : 0) + (tail ? 1 : 0))) return text;
  // A cut through a character would leave half of it.
  const begin = head ? `${text.slice(0, AROUND).replace(/\p{Cs}$/u, '')} ` : '';
  const end = tail ? ` ${text.slice(-AROUND).replace(/^\p{Cs}/u, '')}` : '';
  return `${begin}…${end}`;
}
