/** Tagged words, and the closed classes of English words that the verb-noun rule uses. */

export interface TaggedWord {
  /** Lower case, without punctuation. */
  readonly word: string;
  /** Base form by its tag: infinitive of a verb, singular of a noun. */
  readonly lemma: string;
  /** Tags of the tagger compromise: Verb, Infinitive, Gerund, PastTense, Noun, Singular, Pronoun, Determiner, ... */
  readonly tags: ReadonlySet<string>;
  /** Punctuation and space after it. */
  readonly after: string;
}

/** A verb and its place among the words. */
export interface Clause {
  readonly verb: string;
  readonly at: number;
  readonly passive?: boolean;
  /** When it is known already. */
  readonly object?: string;
}

export const has = (word: TaggedWord, tag: string): boolean => word.tags.has(tag);

export const BE = new Set(['be', 'is', 'are', 'was', 'were', 'am', 'been', 'being']);
export const AUXILIARIES = new Set([
  ...BE,
  ...['do', 'does', 'did', 'have', 'has', 'had'],
  ...['can', 'could', 'will', 'would', 'shall', 'should', 'may', 'might', 'must'],
]);
export const QUESTION_WORDS = new Set('what which who whom whose how why when where'.split(' '));
export const PREPOSITIONS = new Set(
  `about above after against among as at before behind below between by during for from in inside into like of off on
  onto over per through to under until using with within without than via`.split(/\s+/u),
);

export const isVerb = (word: TaggedWord): boolean =>
  has(word, 'Verb') && !has(word, 'Particle') && !has(word, 'Hyphenated') && !PREPOSITIONS.has(word.word);

export const isNoun = (word: TaggedWord): boolean => has(word, 'Noun') && !has(word, 'Pronoun');

/** Whether a noun phrase can begin with this word. */
export const opensNounPhrase = (word: TaggedWord): boolean =>
  ['Determiner', 'Possessive', 'Value', 'Adjective', 'Noun'].some((tag) => has(word, tag));
