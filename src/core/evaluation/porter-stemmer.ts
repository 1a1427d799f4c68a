/**
 * Porter's stemmer (1980) with the later rules and exceptions that the rouge_score package gets from NLTK by default:
 * the paper's SuperNI scores are made with it. Takes lower-case words.
 */

/** Exceptions to the rules. */
const EXCEPTIONS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    sky: ['sky', 'skies'],
    die: ['dying'],
    lie: ['lying'],
    tie: ['tying'],
    news: ['news'],
    inning: ['innings', 'inning'],
    outing: ['outings', 'outing'],
    canning: ['cannings', 'canning'],
    howe: ['howe'],
    proceed: ['proceed'],
    exceed: ['exceed'],
    succeed: ['succeed'],
  }).flatMap(([stem, forms]) => forms.map((form) => [form, stem] as const)),
);

const isVowel = (letter: string | undefined): boolean => letter !== undefined && 'aeiou'.includes(letter);
/** A y is a consonant at the beginning and after a vowel; after a consonant it sounds like a vowel. */
function isConsonant(word: string, i: number): boolean {
  let at = i;
  while (at > 0 && word[at] === 'y') at--;
  // In a run of y each turns around what the one before it is.
  return isVowel(word[at]) === ((i - at) % 2 === 1);
}
/** Whether each letter is a consonant, from left to right. */
function* kinds(stem: string): Generator<boolean> {
  let consonant = false;
  for (let i = 0; i < stem.length; i++) {
    const letter = stem[i];
    consonant = letter === 'y' ? i === 0 || !consonant : !isVowel(letter);
    yield consonant;
  }
}

/** Number of vowel groups followed by a consonant group: Porter's m. */
function measure(stem: string): number {
  let groups = 0;
  let afterVowel = false;
  for (const consonant of kinds(stem)) {
    if (consonant && afterVowel) groups++;
    afterVowel = !consonant;
  }
  return groups;
}
function hasVowel(stem: string): boolean {
  for (const consonant of kinds(stem)) if (!consonant) return true;
  return false;
}
const endsInDouble = (word: string): boolean =>
  word.length >= 2 && word.at(-1) === word.at(-2) && isConsonant(word, word.length - 1);
/** Consonant, vowel, consonant other than w, x, y; or a word of a vowel and a consonant. */
function endsShort(word: string): boolean {
  const last = word.length - 1;
  if (last === 1) return !isConsonant(word, 0) && isConsonant(word, 1);
  return (
    last >= 2 &&
    isConsonant(word, last - 2) &&
    !isConsonant(word, last - 1) &&
    isConsonant(word, last) &&
    !'wxy'.includes(word[last] ?? '')
  );
}

type Rule = readonly [suffix: string, replacement: string, applies: (stem: string) => boolean];
const always = (): boolean => true;
const measured = (stem: string): boolean => measure(stem) > 0;
const longMeasured = (stem: string): boolean => measure(stem) > 1;

/** The first matching suffix decides, even when its condition then leaves the word unchanged. */
function byRules(word: string, rules: readonly Rule[]): string {
  for (const [suffix, replacement, applies] of rules) {
    if (!word.endsWith(suffix)) continue;
    const stem = word.slice(0, word.length - suffix.length);
    return applies(stem) ? stem + replacement : word;
  }
  return word;
}

const PLURALS: readonly Rule[] = [
  ['sses', 'ss', always],
  ['ies', 'i', always],
  ['ss', 'ss', always],
  ['s', '', always],
];
const DERIVED: readonly Rule[] = [
  ['ational', 'ate', measured],
  ['tional', 'tion', measured],
  ['enci', 'ence', measured],
  ['anci', 'ance', measured],
  ['izer', 'ize', measured],
  ['bli', 'ble', measured],
  ['alli', 'al', measured],
  ['entli', 'ent', measured],
  ['eli', 'e', measured],
  ['ousli', 'ous', measured],
  ['ization', 'ize', measured],
  ['ation', 'ate', measured],
  ['ator', 'ate', measured],
  ['alism', 'al', measured],
  ['iveness', 'ive', measured],
  ['fulness', 'ful', measured],
  ['ousness', 'ous', measured],
  ['aliti', 'al', measured],
  ['iviti', 'ive', measured],
  ['biliti', 'ble', measured],
  ['fulli', 'ful', measured],
  // The l belongs to the stem that is measured.
  ['logi', 'log', (stem) => measured(`${stem}l`)],
];
const ENDINGS: readonly Rule[] = [
  ['icate', 'ic', measured],
  ['ative', '', measured],
  ['alize', 'al', measured],
  ['iciti', 'ic', measured],
  ['ical', 'ic', measured],
  ['ful', '', measured],
  ['ness', '', measured],
];
const LAST: readonly Rule[] = [
  ...['al', 'ance', 'ence', 'er', 'ic', 'able', 'ible', 'ant', 'ement', 'ment', 'ent'].map((suffix): Rule => [
    suffix,
    '',
    longMeasured,
  ]),
  ['ion', '', (stem) => longMeasured(stem) && /[st]$/u.test(stem)],
  ...['ou', 'ism', 'ate', 'iti', 'ous', 'ive', 'ize'].map((suffix): Rule => [suffix, '', longMeasured]),
];

function withoutPast(word: string): string {
  if (word.endsWith('ied')) return word.slice(0, -3) + (word.length === 4 ? 'ie' : 'i');
  if (word.endsWith('eed')) return byRules(word, [['eed', 'ee', measured]]);
  const suffix = ['ed', 'ing'].find(
    (ending) => word.endsWith(ending) && hasVowel(word.slice(0, -ending.length)),
  );
  if (suffix === undefined) return word;
  const stem = word.slice(0, -suffix.length);
  if (/(?:at|bl|iz)$/u.test(stem)) return `${stem}e`;
  if (endsInDouble(stem)) return /[lsz]$/u.test(stem) ? stem : stem.slice(0, -1);
  return measure(stem) === 1 && endsShort(stem) ? `${stem}e` : stem;
}
function derived(word: string): string {
  if (word.endsWith('alli') && measured(word.slice(0, -4))) return derived(word.slice(0, -2));
  return byRules(word, DERIVED);
}
function withoutFinalE(word: string): string {
  if (!word.endsWith('e')) return word;
  const stem = word.slice(0, -1);
  const m = measure(stem);
  return m > 1 || (m === 1 && !endsShort(stem)) ? stem : word;
}

/** The stem of a lower-case English word, as NLTK gives it. */
export function porterStem(word: string): string {
  const exception = EXCEPTIONS.get(word);
  if (exception !== undefined) return exception;
  if (word.length <= 2) return word;
  let stem = word.endsWith('ies') && word.length === 4 ? word.slice(0, -1) : byRules(word, PLURALS);
  stem = withoutPast(stem);
  if (stem.endsWith('y') && stem.length > 2 && isConsonant(stem, stem.length - 2)) {
    stem = `${stem.slice(0, -1)}i`;
  }
  stem = withoutFinalE(byRules(byRules(derived(stem), ENDINGS), LAST));
  return stem.endsWith('ll') && measure(stem.slice(0, -1)) > 1 ? stem.slice(0, -1) : stem;
}

/** Words of this length and less stay as they are in rouge_score. */
const SHORT = 3;

/** A word as rouge_score compares it when its stemmer is on. */
export const stemmed = (token: string): string => (token.length > SHORT ? porterStem(token) : token);
