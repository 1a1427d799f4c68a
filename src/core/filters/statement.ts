/**
 * Tells an English statement from a task: it neither asks nor orders, so nobody could do it ("You are a superhero."). A
 * filter of our own; the paper has none. It reads forms, not meanings, and names a statement only where every sentence is
 * one: what it cannot tell is a task. How often it is right: docs/statements.md.
 */

/** Subjects that no order begins with. */
const SUBJECTS = new Set(
  'i you he she it we they there this that these those someone somebody everyone everybody nobody nothing everything'.split(
    ' ',
  ),
);
/** What opens a subject of several words. */
const DETERMINERS = new Set(
  'a an the my your his her its our their some many most all each every both no another one two three four five six seven eight nine ten'.split(
    ' ',
  ),
);
/** A clause that they open comes before or after the main one. */
const SUBORDINATORS = new Set(
  'if when while because although though since after before as once until unless in on at by for from with without during under'.split(
    ' ',
  ),
);
/** Where they stand after a subject, a sentence is finite. */
const FINITE = new Set(
  `am is are was were has have can could will would may might must shall should does did isn't aren't wasn't weren't hasn't
  haven't hadn't can't cannot couldn't won't wouldn't shouldn't doesn't don't didn't rises runs sleeps grows sits stands flies
  helps lies sings swims keeps loses wins starts ends lives likes loves wants needs goes comes looks makes takes gives says eats
  plays works costs weighs contains means has becomes`.split(/\s+/u),
);
/** The same, unless a form of "have" or "be" stands before them: "who has lost a leg". */
const PAST = new Set(
  `had became began bought broke brought came caught chose fell felt found gave got grew heard kept knew left lost made met ran said
  sat saw sold spent stood thought told took walked went won wrote`.split(/\s+/u),
);
const AUXILIARIES = new Set([
  'has',
  'have',
  'had',
  'is',
  'are',
  'was',
  'were',
  'be',
  'been',
  'not',
  'never',
  'ever',
]);
const PERSONS = new Set(['i', 'you', 'he', 'she', 'it', 'we', 'they']);
const RELATIVES = new Set(['that', 'who', 'which', 'whose', 'whom', 'where', 'when', 'what', 'how', 'to']);

/** Begins a question without a question mark, too. */
const QUESTION =
  /^(?:what|which|who|whom|whose|why|how|is|are|am|was|were|do|does|did|can|could|will|would|should|shall|may|has|have|had|(?:when|where) (?:is|are|was|were|do|does|did|can|could|will|would|should))\b/u;
/** A question or a gap somewhere inside, or a wish of who speaks. */
const ASKS =
  /\?|__|\.\.\.|…|\bplease\b|\b(?:how (?:many|much|long|old|tall|far|often|do|does|can|could|would|should|to)|what (?:is|are|was|were|do|does|did|can|could|will|would|should|kind|type|number))\b|\bi (?:want|need|would like|'d like|am looking|wish)\b|\byour (?:task|job|goal|answer|mission|assignment)\b|\b(?:the|this) (?:task|goal|question|problem|exercise|answer) (?:is|here|asks)\b|\byou(?: are|'re| have been| will be| get| were)? (?:given|asked|told|required)\b|\blet(?:'s| us| me)\b|\bhelp me\b|\btell me\b/u;

/** What may stand between "you" and the verb that orders. */
const BEFORE_ORDER = new Set(
  'are is will would must should shall can could may might need have has going supposed expected allowed to also now first then always only just'.split(
    ' ',
  ),
);
/** Verbs that order something, in the base form. */
const ORDERS = new Set(
  `add advise analyse analyze answer apply arrange ask assume begin brainstorm break build calculate call categorize change check choose
  circle classify combine come compare compile complete compose compute consider construct continue convert copy correct count create
  decide define delete describe design detect determine develop discuss divide do draw draft edit elaborate eliminate estimate evaluate
  examine expand explain extract fill find finish fix follow form formulate generate get give go group guess help highlight identify
  imagine imitate improve include infer insert interpret invent join judge label let list listen locate look make mark match measure
  mention merge move multiply name note offer order organize outline paraphrase pick plan point predict prepare present pretend produce
  prove provide put quote rank rate read rearrange recite recommend record reduce refer remember remove reorder repeat rephrase replace
  reply report research respond restate reverse review revise rewrite round say score search select sentence separate shorten show simplify
  sing solve sort specify spell split start state study subtract suggest sum summarise summarize swap take talk teach tell test think
  transcribe transform translate try turn type underline use verify watch write`.split(/\s+/u),
);

const ENDS = /(?<=[.!;:])\s+|\n+/u;

/**
 * @returns the words that show it, as they stand in the text: a subject with its verb; null for a task
 */
export function statement(text: string): string | null {
  const lower = text.toLowerCase().replace(/[‘’]/gu, "'");
  if (ASKS.test(lower)) return null;
  let found: string | null = null;
  for (const sentence of text.split(ENDS)) {
    if (sentence.trim() === '') continue;
    const shown = statementIn(sentence);
    if (shown === null) return null;
    found ??= shown;
  }
  return found;
}

interface Word {
  readonly word: string;
  /** Offset behind its last letter. */
  readonly end: number;
  /** It is the first word of a clause. */
  readonly first: boolean;
}

/** The subject and verb of one sentence; null when it may be a question, an order, or no sentence. */
function statementIn(sentence: string): string | null {
  const words = wordsOf(sentence);
  const [opener] = words;
  if (ordersYou(words)) return null;
  if (!opener || QUESTION.test(sentence.trim().toLowerCase())) return null;
  if (words.some(({ word, first }) => first && ORDERS.has(word))) return null;
  // Before the main clause: "When it rains, the cat is asleep".
  const subject = SUBORDINATORS.has(opener.word)
    ? words.findIndex((word, i) => i > 0 && word.first && opensSubject(word))
    : 0;
  const start = words[subject];
  if (!start || !opensSubject(start)) return null;
  const several = DETERMINERS.has(start.word);
  const verb = words.findIndex(({ word }, i) => {
    const before = words[i - 1]?.word ?? '';
    // "A poem that has rhymes", "the best thing you have seen": the verb of a relative clause.
    const relative = RELATIVES.has(before) || (several && PERSONS.has(before));
    const finite = FINITE.has(word) || (PAST.has(word) && !AUXILIARIES.has(before));
    return i > subject && finite && !relative;
  });
  const last = words[verb];
  return last ? sentence.slice(0, last.end).trim() : null;
}

/** "You have to write a letter to your aunt." */
function ordersYou(words: readonly Word[]): boolean {
  let you = false;
  for (const { word } of words) {
    if (you && ORDERS.has(word)) return true;
    if (word === 'you') you = true;
    else if (!BEFORE_ORDER.has(word)) you = false;
  }
  return false;
}

const opensSubject = ({ word }: Word): boolean => SUBJECTS.has(word) || DETERMINERS.has(word);

/** "I'm", "there's", "they've": a subject and a finite verb. */
const CONTRACTED = /^(i|you|he|she|it|we|they|there|that|this)'(?:s|re|m|ll|ve|d)$/u;

/** Words of a sentence, lower case; the first one of a clause stands after a comma, a quotation mark or a conjunction. */
function wordsOf(sentence: string): readonly Word[] {
  const words: Word[] = [];
  let end = 0;
  for (const match of sentence.matchAll(/[\p{L}\p{N}][\p{L}\p{N}'’-]*/gu)) {
    const between = sentence.slice(end, match.index);
    const before = words.at(-1)?.word;
    const first =
      end === 0 || /\S/u.test(between) || before === 'and' || before === 'then' || before === 'or';
    end = match.index + match[0].length;
    const word = match[0].toLowerCase().replace(/’/gu, "'");
    const subject = CONTRACTED.exec(word)?.[1];
    if (subject === undefined) words.push({ word, end, first });
    else words.push({ word: subject, end, first }, { word: 'is', end, first: false });
  }
  return words;
}
