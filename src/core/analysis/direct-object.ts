/** The noun that a verb acts on: the head of the noun phrase right after it. */
import { type Clause, has, isNoun, isVerb, opensNounPhrase, PREPOSITIONS, QUESTION_WORDS } from './words';
import type { TaggedWord } from './words';

/** Null when no noun phrase follows, or when what follows is a clause of its own ("make me laugh"). */
export function directObject(words: readonly TaggedWord[], { verb, at }: Clause): string | null {
  let from = at + 1;
  if (stops(words[at])) return null;
  for (let word = words[from]; word && isBetween(words, from); word = words[from]) {
    if (stops(word)) return null;
    from++;
  }
  const first = words[from];
  if (!first) return null;
  if (has(first, 'Pronoun') && !has(first, 'Possessive') && !has(first, 'Hyphenated')) {
    const next = words[from + 1];
    if (!RECIPIENTS.has(first.word) || stops(first) || !next || !startsPhrase(next)) return null;
    from++;
  }
  const phrase = nounPhrase(words, from);
  if (phrase.head === null) return null;
  const next = words[phrase.end];
  if (next && !stops(words[phrase.end - 1])) {
    if (CAUSING.has(verb) && isVerb(next) && !has(next, 'Gerund')) return null;
    if (TELLING.has(verb) && (QUESTION_WORDS.has(next.word) || CLAUSES.has(next.word))) return null;
    if (GIVING.has(verb) && startsPhrase(next) && !has(next, 'Noun') && !RELATIVE.has(next.word)) {
      return nounPhrase(words, phrase.end).head ?? phrase.head;
    }
  }
  return phrase.head;
}

interface Phrase {
  readonly head: string | null;
  /** Index after its last word. */
  readonly end: number;
}

function nounPhrase(words: readonly TaggedWord[], from: number): Phrase {
  let head: string | null = null;
  let determined = false;
  let i = from;
  for (; i < words.length; i++) {
    const word = words[i];
    if (!word || PREPOSITIONS.has(word.word) || QUESTION_WORDS.has(word.word)) break;
    const next = words[i + 1];
    const ends = !next || stops(word) || !isNominal(next);
    const last: boolean = head !== null;
    if (has(word, 'Possessive') || has(word, 'Determiner') || has(word, 'Value')) {
      if (last && !has(word, 'Possessive')) break;
      determined = true;
      if (has(word, 'Possessive') && last) head = null;
    } else if (isNoun(word)) {
      head = word.lemma;
    } else if (has(word, 'Conjunction')) {
      if (last || !determined) break;
    } else if (has(word, 'Adjective') || has(word, 'Hyphenated')) {
      if (last && ends) break;
      if (ends && determined && !word.after.includes(',')) head = word.word;
    } else if (isVerb(word)) {
      if (last && (has(word, 'Gerund') || has(word, 'PastTense') || !ends || word.word === head)) break;
      if (last && words[i - 1] && !isCompound(next)) break;
      if (ends && (determined || last)) head = has(word, 'Gerund') ? word.word : word.lemma;
      if (ends && !determined && !last) break;
    } else if (!has(word, 'Adverb') || last || !determined) {
      break;
    }
    // A comma between adjectives is part of the phrase, any other mark ends it.
    if (stops(word) && !(head === null && /^,\s*$/u.test(word.after))) {
      i++;
      break;
    }
  }
  return { head, end: i };
}

/** A verb after a noun is the head of a compound ("the chat message") when nothing is left for it to govern. */
const isCompound = (next: TaggedWord | undefined): boolean =>
  !next || PREPOSITIONS.has(next.word) || RELATIVE.has(next.word);

const isNominal = (word: TaggedWord): boolean =>
  !PREPOSITIONS.has(word.word) &&
  (isNoun(word) || has(word, 'Adjective') || has(word, 'Hyphenated') || isVerb(word));

const startsPhrase = (word: TaggedWord): boolean =>
  opensNounPhrase(word) && !has(word, 'Pronoun') && !PREPOSITIONS.has(word.word);

/** Particles and adverbs may stand between a verb and its object. */
function isBetween(words: readonly TaggedWord[], at: number): boolean {
  const word = words[at];
  const next = words[at + 1];
  if (!word || !next) return false;
  if (has(word, 'Particle') || PARTICLES.has(word.word)) return startsPhrase(next) || has(next, 'Determiner');
  return has(word, 'Adverb') && (word.word.endsWith('ly') || FOCUS.has(word.word));
}

const stops = (word: TaggedWord | undefined): boolean =>
  word !== undefined && /[,;:.!?"”(]/u.test(word.after);

const PARTICLES = new Set(['up', 'out', 'down', 'away', 'back']);
const FOCUS = new Set(['only', 'just', 'also', 'then', 'even', 'always', 'never']);
const RECIPIENTS = new Set(['me', 'us', 'you', 'him', 'her', 'them', 'yourself']);
const RELATIVE = new Set(['that', 'which', 'who', 'whose', 'where']);
const CLAUSES = new Set(['whether', 'that', 'if']);
const CAUSING = new Set(['make', 'let', 'help', 'have', 'see', 'watch', 'hear']);
const TELLING = new Set(['tell', 'show', 'teach', 'ask', 'remind', 'advise', 'inform']);
const GIVING = new Set(['give', 'tell', 'show', 'send', 'teach', 'offer', 'write', 'bring', 'buy', 'hand']);
