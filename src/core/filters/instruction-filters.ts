/** The rules that an instruction must pass, in a fixed order; the first that fails gives the reason (docs/ALGORITHM.md, section 3). */
import type { RunConfig, Switches } from '../run';
import type { RejectReason } from '../task';
import { wordCount } from '../word-count';
import { BLOCKED_WORDS, blockedPattern } from './blocked-words';
import { statement } from './statement';

/** Fewer words than this are rejected (docs/ALGORITHM.md, section 3, rule 3). */
export const MIN_WORDS = 4;
/** More words than this are rejected (docs/ALGORITHM.md, section 3, rule 3). */
export const MAX_WORDS = 150;

/** Why a rule rejects an instruction. */
export interface Objection {
  readonly reason: RejectReason;
  /** The matched word, the number of words, or nothing. */
  readonly detail: string;
}
/** The detail of the objection; null when the rule passes. */
type Rule = (text: string, options: FilterOptions) => string | null;
/** What the rules depend on. */
export interface FilterOptions {
  /** Off: an instruction must begin with an ASCII character. */
  readonly anyLanguage: boolean;
  /** On: English statements are rejected; a filter of our own. */
  readonly noStatements: boolean;
  /** Finds the blocked words; null when there are none. */
  readonly blocked: RegExp | null;
}
/** The settings of a run that the rules depend on. */
export type RuleSettings = Pick<RunConfig, 'blockedWords'> & {
  readonly switches: Pick<Switches, 'similarityTokens' | 'statements'>;
};
/** What the settings of a run say to the rules; made once for all its candidates. */
export const filterOptions = ({
  switches: { similarityTokens, statements },
  blockedWords = BLOCKED_WORDS,
}: RuleSettings): FilterOptions => ({
  anyLanguage: similarityTokens === 'unicode',
  noStatements: statements === 'reject',
  blocked: blockedPattern(blockedWords),
});

const isEmpty: Rule = (text) => (text.trim() === '' ? '' : null);

const isTooShort: Rule = (text) => {
  const words = wordCount(text);
  return words < MIN_WORDS ? String(words) : null;
};

const isTooLong: Rule = (text) => {
  const words = wordCount(text);
  return words > MAX_WORDS ? String(words) : null;
};

const hasBlockedWord: Rule = (text, { blocked }) => blocked?.exec(text)?.[0] ?? null;

const asksForProgram: Rule = (text) => /^Write a program/u.exec(text)?.[0] ?? null;

const startsWithPunctuation: Rule = (text) => /^[!-/:-@[-`{-~]/u.exec(text)?.[0] ?? null;

const startsNonAscii: Rule = (text, { anyLanguage }) =>
  anyLanguage ? null : (/^\P{ASCII}/u.exec(text)?.[0] ?? null);

const isStatement: Rule = (text, { noStatements }) => (noStatements ? statement(text) : null);

/** Each with the reason that it gives. */
const RULES: readonly (readonly [RejectReason, Rule])[] = [
  ['empty', isEmpty],
  ['too-short', isTooShort],
  ['too-long', isTooLong],
  ['blocked-word', hasBlockedWord],
  ['asks-for-program', asksForProgram],
  ['starts-with-punctuation', startsWithPunctuation],
  ['non-ascii-start', startsNonAscii],
  ['statement', isStatement],
];

/** One rule as it was asked. */
export interface AskedRule {
  readonly reason: RejectReason;
  readonly objection: Objection | null;
}
/** The rules in the order in which they are asked, up to the first that objects. */
export function rulesAsked(text: string, options: FilterOptions): readonly AskedRule[] {
  const asked: AskedRule[] = [];
  for (const [reason, rule] of RULES) {
    const detail = rule(text, options);
    const objection = detail === null ? null : { reason, detail };
    asked.push({ reason, objection });
    if (objection) break;
  }
  return asked;
}

/** The first objection, or null when every rule passes. Similarity is checked afterwards. */
export function checkInstruction(text: string, options: FilterOptions): Objection | null {
  return rulesAsked(text, options).at(-1)?.objection ?? null;
}

/** Whether the highest ROUGE-L to the pool rejects; the code keeps an exact 0.7, the paper's sentence does not. */
export const tooSimilar = (max: number, threshold: number, edge: Switches['similarityEdge']): boolean =>
  edge === 'above' ? max > threshold : max >= threshold;
