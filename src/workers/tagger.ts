/** Parts of speech by the library compromise. Only the analysis worker loads it. */
import nlp from 'compromise/two';
import type { TaggedWord } from '../core/analysis/words';

/** Longer texts are cut: the rule reads the first sentence alone. */
const LONGEST = 600;

interface Term {
  readonly text: string;
  readonly post: string;
  readonly normal: string;
  readonly implicit?: string;
  readonly root?: string;
  readonly tags: ReadonlySet<string>;
}

type ToInfinitive = (word: string, model: unknown, tense: string) => string;
/** The library's roots leave out irregular participles ("written"). */
const infinitive = (nlp.methods() as { two: { transform: { verb: { toInfinitive: ToInfinitive } } } }).two
  .transform.verb.toInfinitive;

/** The words of the first sentence. */
export function tag(text: string): readonly TaggedWord[] {
  const [sentence] = nlp.tokenize(text.slice(0, LONGEST)).docs as Term[][];
  if (!sentence) return [];
  const doc = nlp(sentence.map((term) => term.text + term.post).join(''));
  doc.compute('root');
  const [terms] = doc.docs as Term[][];
  return (terms ?? []).map(({ normal, implicit, root, tags, post }) => {
    const word = (implicit ?? normal).toLowerCase();
    const lemma = root ?? (tags.has('Participle') ? infinitive(word, nlp.model(), 'Participle') : word);
    return { word, lemma, tags, after: post };
  });
}
