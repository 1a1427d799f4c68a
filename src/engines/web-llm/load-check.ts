/**
 * Tests a model before it is trusted on this device: drivers sometimes give nonsense without an error. It must continue a
 * list it has just seen, and a cached prefix must give the same probabilities as a fresh evaluation.
 */
import { AppError } from '../../core/errors';
import type { PrefixReuse } from './prefix-reuse';
import type { TokenOdds } from '../option-odds';
import type { WebLlmEngine } from './web-llm-engine';
import { WORDS } from '../words';

const NUMBERS = 'one two three four five six seven eight nine ten';
const COLOURS = 'red green blue black white brown pink grey gold silver';
const begin = (words: string): string => `${words}\n${words}\n${words}\n`;
/** Any language model repeats what it has seen three times. */
const KNOWN = { prompt: `${begin(NUMBERS)}one two three four five six`, next: 'seven' };
/**
 * Two prefixes, each with three different ends: the second prompt finds its prefix cached and must rewind, the third must
 * do so after the other prefix was evaluated.
 */
const PROMPTS = [
  `${begin(NUMBERS)}six seven eight`,
  `${begin(NUMBERS)}two three four`,
  `${begin(COLOURS)}brown pink grey`,
  `${begin(COLOURS)}green blue black`,
  `${begin(NUMBERS)}four five six`,
  `${begin(COLOURS)}white brown pink`,
];
/** Kernels for one token and for many sum in another order; half precision has three digits. */
const TOLERANCE = 0.03;

/** A check is short, and a load is ended by ending its worker. */
const NEVER = new AbortController().signal;

type Odds = readonly TokenOdds[];

/** @throws AppError self-test-failed */
export async function checkKnownAnswer(engine: WebLlmEngine): Promise<void> {
  const { tokens } = await engine.nextTokens({ prompt: KNOWN.prompt }, NEVER);
  const [best] = [...tokens].sort((a, b) => b.logprob - a.logprob);
  const word = best?.token.trim() ?? '';
  if (word === '' || !KNOWN.next.startsWith(word)) {
    throw new AppError({ kind: 'self-test-failed', expected: KNOWN.next, got: best?.token ?? '' });
  }
}

/** @returns why cached prefixes cannot be used, for the user; null when they are proved right. @throws as a request */
export async function checkReuse(engine: WebLlmEngine, reuse: PrefixReuse): Promise<string | null> {
  const ask = async (): Promise<{ odds: Odds; cached: number }[]> => {
    const answers = [];
    for (const prompt of PROMPTS) {
      const { tokens, cachedTokens } = await engine.nextTokens({ prompt }, NEVER);
      answers.push({ odds: tokens, cached: cachedTokens });
    }
    return answers;
  };
  reuse.enabled = false;
  const fresh = await ask();
  reuse.enabled = true;
  const kept = await ask();
  if (!kept.some(({ cached }) => cached > 0)) return WORDS.webLlm.reuse.notKept;
  const [first, second, third, fourth] = fresh.map(({ odds }) => odds);
  const tellApart = (a: Odds = [], b: Odds = []): boolean => furthest(a, b) > TOLERANCE;
  if (!tellApart(first, second) || !tellApart(third, fourth)) {
    return WORDS.webLlm.reuse.sameAnswers;
  }
  const off = Math.max(...fresh.map(({ odds }, i) => furthest(odds, kept[i]?.odds ?? [])));
  return off <= TOLERANCE ? null : WORDS.webLlm.reuse.differs(off);
}

/** The largest difference of a probability; a token in only one list counts against the smallest of the other. */
function furthest(a: Odds, b: Odds): number {
  const least = (odds: Odds): number => Math.min(1, ...odds.map(({ logprob }) => Math.exp(logprob)));
  const oneWay = (from: Odds, to: Odds): number[] =>
    from.map(({ token, logprob }) => {
      const other = to.find((each) => each.token === token);
      const probability = Math.exp(logprob);
      if (other) return Math.abs(probability - Math.exp(other.logprob));
      return to.length === 0 ? 1 : Math.max(0, probability - least(to));
    });
  return Math.max(0, ...oneWay(a, b), ...oneWay(b, a));
}
