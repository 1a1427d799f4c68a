/**
 * The root verb of an instruction and the noun that is its direct object, for the paper's diversity figure. The paper
 * parses the first sentence and takes its root and that root's `dobj`; here no parser runs, so a rule reads the tagged
 * words of the first sentence from left to right. docs/verb-noun.md states how often it is right.
 */
import { directObject } from './direct-object';
import {
  AUXILIARIES,
  BE,
  type Clause,
  has,
  isVerb,
  opensNounPhrase,
  PREPOSITIONS,
  QUESTION_WORDS,
} from './words';
import type { TaggedWord } from './words';

/** Words of the first sentence of a text, with the tags of a part-of-speech tagger. */
export type Tag = (text: string) => readonly TaggedWord[];

/** Both in base form and lower case. `noun` is null when the verb has no noun as its direct object. */
export interface VerbNoun {
  readonly verb: string;
  readonly noun: string | null;
}

/**
 * Accuracy on the 200 instructions in verb-noun.labelled.json: how often the rule finds the verb, and verb and object, that
 * the label has. A test recounts it.
 */
export const MEASURED = { instructions: 200, verb: 193, pair: 184 } as const;

/** Null when the sentence has no root verb that is not a form of `be`. */
export function verbNoun(text: string, tag: Tag): VerbNoun | null {
  const words = tag(text);
  const start = clauseStart(words);
  const first = words[start];
  if (!first) return null;
  const clause = mainVerb(words, start, first);
  if (!clause || !isWord(clause.verb)) return null;
  const noun = clause.passive ? null : (clause.object ?? directObject(words, clause));
  return { verb: clause.verb, noun: noun !== null && isWord(noun) ? noun : null };
}

/** Markup and code are not words, whatever the tagger says. */
const isWord = (text: string): boolean => /^[\p{L}\p{N}][\p{L}\p{M}\p{N}'’.&/-]*$/u.test(text);

function mainVerb(words: readonly TaggedWord[], start: number, first: TaggedWord): Clause | null {
  if (QUESTION_WORDS.has(first.word)) return whQuestion(words, start);
  if (AUXILIARIES.has(first.word)) {
    const next = words[start + 1];
    // "Do the sum" and "Have a look" are imperatives; "Do people wear boots" is a question.
    if (!has(first, 'Imperative') || (next && has(next, 'Pronoun'))) return inverted(words, start);
  }
  if (isOrder(words, start, first)) return { verb: first.word, at: start };
  return verbGroup(words, finiteVerb(words, start));
}

/** "In two words, describe": the clause begins after the comma. */
function clauseStart(words: readonly TaggedWord[]): number {
  let start = 0;
  while (words[start] && POLITE.has(words[start]?.word ?? '')) start++;
  const first = words[start];
  if (!first || !(PREPOSITIONS.has(first.word) || FRONTED.has(first.word))) return skipAdverbs(words, start);
  const starts = words.flatMap((word, i) => (i > start && word.after.includes(',') ? [i + 1] : []));
  const opens = (i: number): boolean => {
    const word = words[i];
    return word !== undefined && (QUESTION_WORDS.has(word.word) || isVerb(word) || POLITE.has(word.word));
  };
  const found = starts.find(opens) ?? starts.find((i) => words[i] && opensNounPhrase(words[i]));
  return found === undefined ? start : skipAdverbs(words, found);
}
function skipAdverbs(words: readonly TaggedWord[], from: number): number {
  let at = from;
  for (let word = words[at]; word && (has(word, 'Adverb') || POLITE.has(word.word)); word = words[at]) at++;
  return at < words.length ? at : from;
}

function isOrder(words: readonly TaggedWord[], at: number, first: TaggedWord): boolean {
  if (BE.has(first.word)) return false;
  if (has(first, 'Infinitive') || has(first, 'Imperative')) return true;
  const next = words[at + 1];
  if (!next || has(first, 'Pronoun') || has(first, 'Determiner') || has(first, 'Possessive')) return false;
  // A bare singular noun does not begin a sentence: it is a verb that the tagger took for a noun.
  const bare = has(first, 'Noun') && has(first, 'Singular') && !has(first, 'ProperNoun');
  return bare && !AUXILIARIES.has(next.word) && !(isVerb(next) && !has(next, 'Infinitive'));
}

/** "What does it print", "Which rule fits", "What is a fresco". */
function whQuestion(words: readonly TaggedWord[], start: number): Clause | null {
  const at = words.findIndex((word, i) => i > start && (isVerb(word) || AUXILIARIES.has(word.word)));
  const verb = words[at];
  const next = words[at + 1];
  if (!verb) return null;
  if (!AUXILIARIES.has(verb.word) || (next && isVerb(next) && !BE.has(verb.word)))
    return verbGroup(words, at);
  // "Who did the work": a form of `do` that no other verb follows is the verb.
  const clause = inverted(words, at);
  if (!clause) return DO.has(verb.word) && !BE.has(verb.word) ? { verb: 'do', at } : null;
  // "What fallacy does he commit": the object stands before the verb.
  const asked = start + 1 < at ? directObject(words, { verb: clause.verb, at: start }) : null;
  return asked ? { ...clause, object: asked } : clause;
}

/** After an auxiliary that precedes its subject. */
function inverted(words: readonly TaggedWord[], auxiliary: number): Clause | null {
  const be = BE.has(words[auxiliary]?.word ?? '');
  for (let i = auxiliary + 1; i < words.length; i++) {
    const word = words[i];
    if (!word) break;
    if (isAttribute(words, i) || word.word === 'to') continue;
    if (be ? has(word, 'Gerund') : isVerb(word) || AUXILIARIES.has(word.word)) {
      // "telling" after its subject, not "keeping bread" as the subject itself.
      if (has(word, 'Gerund') && !be) continue;
      return be ? { verb: word.lemma, at: i } : verbGroup(words, i);
    }
    if (/[?;:]/u.test(word.after)) break;
  }
  return be ? null : endOfSubject(words, auxiliary + 1);
}

/** "Does the tale end well": a verb that was taken for a noun is the last word of the nouns before it. */
function endOfSubject(words: readonly TaggedWord[], from: number): Clause | null {
  let nouns = 0;
  let last = -1;
  for (let i = from; i < words.length; i++) {
    const word = words[i];
    if (!word || (i > from && (has(word, 'Determiner') || has(word, 'Pronoun')))) break;
    const nominal = has(word, 'Noun') || has(word, 'Adjective');
    if (!nominal && !has(word, 'Determiner') && !has(word, 'Value')) break;
    if (nominal) {
      nouns++;
      last = i;
    }
    if (word.after.trim() !== '') break;
  }
  const verb = words[last];
  return verb && nouns > 1 ? { verb: verb.word, at: last } : null;
}

/** The first verb of a statement that is neither before a noun nor after "to" or a relative word. */
function finiteVerb(words: readonly TaggedWord[], start: number): number {
  return words.findIndex((word, i) => {
    if (i < start || isAttribute(words, i)) return false;
    const before = words[i - 1]?.word ?? '';
    if (before === 'to' || RELATIVE.has(before)) return false;
    return (isVerb(word) && !has(word, 'Gerund')) || AUXILIARIES.has(word.word);
  });
}

/** From its first word to the verb that carries the meaning: "has finally learned" is learn. */
function verbGroup(words: readonly TaggedWord[], from: number): Clause | null {
  let at = from;
  let passive = false;
  for (let word = words[at]; word; word = words[at]) {
    const next = nextOfGroup(words, at);
    const follows = words[next];
    const verbal = follows !== undefined && (isVerb(follows) || AUXILIARIES.has(follows.word));
    if (BE.has(word.word)) {
      if (!follows || !verbal) return null;
      passive = has(follows, 'PastTense') || has(follows, 'Participle');
      if (!passive && !has(follows, 'Gerund')) return null;
    } else if (!AUXILIARIES.has(word.word) || !verbal) {
      const base = has(word, 'Infinitive') || !isVerb(word) ? word.word : word.lemma;
      return MODALS.has(word.word) ? null : { verb: HAVE.has(word.word) ? 'have' : base, at, passive };
    }
    at = next;
  }
  return null;
}
function nextOfGroup(words: readonly TaggedWord[], at: number): number {
  let next = at + 1;
  for (let word = words[next]; word && (has(word, 'Adverb') || has(word, 'Negative')); word = words[next])
    next++;
  return next;
}

/** A participle before its noun, as in "a dropped hammer". */
function isAttribute(words: readonly TaggedWord[], at: number): boolean {
  const before = words[at - 1];
  const after = words[at + 1];
  if (!before || !after) return false;
  return (
    (has(before, 'Determiner') || has(before, 'Possessive')) && has(after, 'Noun') && !has(after, 'Pronoun')
  );
}

const POLITE = new Set(['please', 'kindly', 'now', 'then', 'first', 'next', 'also', 'so', 'ok', 'okay']);
const FRONTED = new Set(['given', 'if', 'when', 'while', 'because', 'since', 'although', 'once', 'suppose']);
const RELATIVE = new Set(['that', 'who', 'which', 'whose', 'where']);
const HAVE = new Set(['have', 'has', 'had']);
const DO = new Set(['do', 'does', 'did']);
const MODALS = new Set(['can', 'could', 'will', 'would', 'shall', 'should', 'may', 'might', 'must']);
