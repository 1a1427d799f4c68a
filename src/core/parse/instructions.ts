/** Splits the model's continuation of the numbered list into candidate instructions (docs/ALGORITHM.md, section 3, rules 1 and 2). */
import type { ModelCall, Switches } from '../run';
import type { RejectReason } from '../task';

/** `12.` `12 .` `12)` `12:` `Task 12:` at the start of a line; small models vary. `10:30` is not a list number. */
const ANY_NUMBER =
  /(?:^|\n)[ \t]*(?:Task[ \t]*#?\d{1,3}(?!\d)(?:[ \t]*[.):])?|\d{1,3}[ \t]*[.):](?!\d))[ \t]*/giu;
/** The only forms that the reference code and its like know, by the numbers of the prompt. */
const STRICT: Readonly<Record<Required<Switches>['listForm'], RegExp>> = {
  task: /\n(?:Task )?\d{1,3}[.:] /gu,
  number: /\n\p{Nd}+\s?\. /gu,
};

/** The parsed completion of a numbered list. */
export interface ParsedInstructions {
  readonly items: readonly string[];
  /** The last item of a completion cut by length. */
  readonly unfinished: string | null;
  /** The whole completion counts as unfinished. */
  readonly responseDropped: boolean;
}

function withCase(text: string, style: Switches['instructionCase']): string {
  if (style === 'keep') return text.charAt(0).toUpperCase() + text.slice(1);
  // A letter that becomes two, as the German ß, is raised in its first only: Python's capitalize().
  const [first = '', ...rest] = text;
  const [raised = '', ...more] = first.toUpperCase();
  return raised + more.join('').toLowerCase() + rest.join('').toLowerCase();
}

/** What reading a list depends on. */
type ListSwitches = Pick<Switches, 'instructionCase' | 'unfinished' | 'listSplit' | 'listForm'>;

/** @param text what the model wrote after "Task 9:" or "9." */
export function parseInstructions(
  text: string,
  finishReason: 'stop' | 'length',
  switches: ListSwitches,
): ParsedInstructions {
  const strict = STRICT[switches.listForm ?? 'task'];
  const parts = text.split(switches.listSplit === 'strict' ? strict : ANY_NUMBER);
  const items = parts
    .map((part) => part.replace(/\s+/gu, ' ').trim())
    .map((part) => withCase(part, switches.instructionCase));
  const cut = finishReason === 'length';
  if (cut && switches.unfinished === 'drop-response') {
    return { items: items.filter(Boolean), unfinished: null, responseDropped: true };
  }
  const unfinished = cut ? (items.pop() ?? null) : null;
  return { items: items.filter(Boolean), unfinished, responseDropped: false };
}

/** A candidate as it was written, with the reason when parsing alone rejects it. */
export interface CandidateDraft {
  readonly text: string;
  readonly reason: RejectReason | null;
}

/** The candidates of one completion, in order. */
export function draftsOf(
  { text, finishReason }: Pick<ModelCall, 'text' | 'finishReason'>,
  switches: ListSwitches,
): readonly CandidateDraft[] {
  const parsed = parseInstructions(text, finishReason, switches);
  const drafts: CandidateDraft[] = parsed.items.map((item) => ({
    text: item,
    reason: parsed.responseDropped ? 'unfinished' : null,
  }));
  if (parsed.unfinished !== null) return [...drafts, { text: parsed.unfinished, reason: 'unfinished' }];
  return drafts.length > 0 ? drafts : [{ text: '', reason: 'empty' }];
}
